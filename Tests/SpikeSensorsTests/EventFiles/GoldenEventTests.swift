import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// Recordings by independent writers, and damaged ones, against the events that independent readers or the stated rules
/// give: every event, by digest.
struct GoldenEventTests {
    static let readable = EventFixtures.manifest.filter { $0.kind != .hdf5 }

    /// The files that do not say how large the sensor is.
    static let sizeless: Set = [
        "evutils.csv", "expelliarmus.dat", "own_dat_2d.dat", "own_nmnist.bin", "own_txyp.csv", "own_signed.csv",
        "own_xypt.csv",
    ]

    @Test func everyFileIsListed() {
        #expect(EventFixtures.manifest.count >= 50)
        #expect(EventFixtures.robustness.count >= 45)
        #expect(EventFixtures.manifest.allSatisfy { $0.kind != nil })
        let formats = Set(GoldenEventTests.readable.compactMap(\.kind))
        #expect(formats == Set(EventFileFormat.allCases).subtracting([.hdf5]))
    }

    @Test(arguments: readable) func independentWriter(fixture: EventFixture) throws {
        let path = EventFixtures.folder + "/" + fixture.file
        let reader = try EventFileReader(path: path)
        #expect(reader.format == fixture.kind)
        let reading = try expect(reader, fixture)
        var counted: [EventTally.Item: Int] = [:]
        if fixture.file.contains("wrap") || fixture.file == "own_evt3_pause.raw" { counted = [.timeWraps: 1] }
        if fixture.file.hasPrefix("dv_streams") { counted = [.triggers: 3, .frames: 3, .imuSamples: 12] }
        #expect(reading.counts == counted)
        #expect(reading.damage.isEmpty)
        // Where the file says its size, it is that of the manifest.
        let told = fixture.width.flatMap { width in fixture.height.flatMap { SensorSize(width: width, height: $0) } }
        #expect(reader.size == (GoldenEventTests.sizeless.contains(fixture.file) ? nil : told))
    }

    @Test(arguments: EventFixtures.robustness) func damagedOrUnusual(fixture: EventFixture) throws {
        var options = EventFileReader.Options()
        options.format = fixture.hints?["format"].flatMap(EventFileFormat.init(rawValue:))
        let reader = try EventFileReader(path: EventFixtures.folder + "/" + fixture.file, options: options)
        #expect(reader.format == fixture.kind)
        let found = GoldenEventTests.findings[fixture.file] ?? Finding()
        var fixture = fixture
        found.correct(&fixture)
        let reading = try expect(reader, fixture)
        #expect(reading.counts == found.counts)
        #expect(reading.damage.map(\.description) == found.damage)
    }

    /// Compares all that `reader` gives with what the manifest says.
    @discardableResult
    private func expect(_ reader: EventFileReader, _ fixture: EventFixture, turned: Bool = false) throws -> EventReading
    {
        var reading = try EventReading(reader)
        if turned, let height = fixture.height {
            for index in reading.events.indices {
                reading.events[index].y = UInt16(height - 1) - reading.events[index].y
            }
        }
        let events = reading.events
        #expect(events.count == fixture.events)
        #expect(events.count { $0.isOn } == fixture.on)
        #expect(events.first == fixture.first.map(PlainEvent.init))
        #expect(events.last == fixture.last.map(PlainEvent.init))
        #expect(events.reduce(0) { $0 &+ $1.time } == fixture.sumOfTimes)
        #expect(events.reduce(0) { $0 + Int($1.x) } == fixture.sumOfColumns)
        #expect(events.reduce(0) { $0 + Int($1.y) } == fixture.sumOfRows)
        #expect(reading.digest == fixture.digest)
        return reading
    }

    @Test(
        .enabled(if: SharedData.has("events/manifest.json"), "the shared data with real recordings is not here"),
        arguments: EventFixtures.shared)
    func realRecording(fixture: EventFixture) throws {
        let reader = try EventFileReader(path: try #require(SharedData.path("events/" + fixture.file)))
        #expect(reader.format == fixture.kind)
        // This one is listed as the file has it, with rows from the bottom.
        let reading = try expect(reader, fixture, turned: fixture.file == "faery_dvs.es")
        #expect(reading.counts == (fixture.file == "tonic_sample.aedat4" ? [.imuSamples: 475] : [:]))
    }
}

extension PlainEvent {
    /// As manifests write it: t, x, y, p.
    init(_ fields: [Int64]) { self.init(fields[0], Int(fields[1]), Int(fields[2]), fields[3] == 1) }
}
