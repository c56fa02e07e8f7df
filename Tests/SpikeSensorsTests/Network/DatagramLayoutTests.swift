import SpikeSignals
import Testing

@testable import SpikeSensors

@Suite struct DatagramLayoutTests {
    private let size = SensorSize(columns: 128, rows: 128)
    private let events = [
        SeenEvent(time: 1_000, x: 0, y: 0, isOn: true), SeenEvent(time: 1_001, x: 127, y: 3, isOn: false),
        SeenEvent(time: 1_001, x: 5, y: 127, isOn: true),
    ]

    private func decoded(
        _ format: EventDatagramFormat, _ bytes: [[UInt8]], jaer: JAERLayout.Settings = JAERLayout.Settings(),
        size: SensorSize? = nil
    ) -> (events: [SeenEvent], tally: DatagramTally) {
        let decoder = format.makeDecoder(jaer: jaer, size: size ?? self.size)
        let batch = EventBatch()
        for datagram in bytes { #expect(decoder.decodeAll(datagram, into: batch).outcome == .done) }
        return (batch.seen, decoder.tally)
    }

    @Test(arguments: [
        (EventDatagramFormat.t64X16Y16On8, "faery_t64_x16_y16_on8.bin"), (.t32X16Y15On1, "faery_t32_x16_y15_on1.bin"),
    ]) func readsWhatFaerySends(format: EventDatagramFormat, file: String) throws {
        let (seen, tally) = decoded(format, try Recorded.datagrams(file))
        #expect(try seen == Recorded.events())
        #expect(tally[.datagrams] == 3)
        #expect(tally[.malformed] == 0)
    }

    @Test func readsWhatAEStreamSendsWithTimes() throws {
        var datagrams = try Recorded.datagrams("aestream_1.bin")
        let last = datagrams.removeLast()
        // What follows the events in the last one is aestream's memory; see the README of the fixtures.
        let (seen, tally) = decoded(.spif, datagrams + [Array(last[..<208])])
        #expect(try seen == Recorded.events())
        #expect(tally[.malformed] == 0)
    }

    @Test func readsWhatAEStreamSendsWithoutTimes() throws {
        let (seen, _) = decoded(.spif, try Recorded.datagrams("aestream_0.bin"))
        let expected = try Recorded.events().map { SeenEvent(time: 77, x: $0.x, y: $0.y, isOn: $0.isOn) }
        #expect(seen == expected)
    }

    @Test func mixesEventsWithAndWithoutTime() {
        let bytes = DatagramBytes.spif(events[0]) + DatagramBytes.spif(events[1], hasTime: false)
        let decoder = EventDatagramFormat.spif.makeDecoder(jaer: JAERLayout.Settings(), size: size)
        let batch = EventBatch()
        let times = DatagramTimes(arrival: 1_500, accepted: 0...10_000, lateBefore: 0)
        _ = decoder.decodeAll(bytes, into: batch, times: times)
        #expect(batch.seen.map(\.time) == [1_000, 1_500])
    }

    @Test(arguments: [JAERChip.dvs128, .davis346], [true, false])
    func readsEverySettingOfJAER(chip: JAERChip, hasNumbers: Bool) {
        for isTimeFirst in [false, true] {
            for isLowestByteFirst in [false, true] {
                for addressBytes in chip == .dvs128 ? [2, 4] : [4] {
                    let settings = JAERLayout.Settings(
                        chip: chip, hasNumbers: hasNumbers, addressBytes: addressBytes, hasTimes: true,
                        isTimeFirst: isTimeFirst, isLowestByteFirst: isLowestByteFirst)
                    let bytes = DatagramBytes.jaer(events, number: 1, settings)
                    let (seen, tally) = decoded(.jaer, [bytes], jaer: settings, size: chip.size)
                    #expect(seen == events, "\(settings)")
                    #expect(tally[.malformed] == 0)
                }
            }
        }
    }

    @Test func givesJAEREventsWithoutTimeThatOfTheirArrival() {
        let settings = JAERLayout.Settings(addressBytes: 2, hasTimes: false)
        let (seen, _) = decoded(.jaer, [DatagramBytes.jaer(events, number: 1, settings)], jaer: settings)
        #expect(seen.map(\.time) == [77, 77, 77])
        #expect(seen.map(\.x) == events.map(\.x))
    }

    @Test func countsJAERDatagramsThatAreMissing() {
        let settings = JAERLayout.Settings()
        let numbers: [UInt32] = [7, 8, 11, 10, UInt32(Int32.max), 0, 1]
        let (_, tally) = decoded(.jaer, numbers.map { DatagramBytes.jaer([events[0]], number: $0, settings) })
        #expect(tally[.missing] == 2)
        // 10 after 11, and the leap to the largest number.
        #expect(tally[.outOfOrder] == 2)
    }

    @Test func countsSpecialEventsOfJAER() {
        let special = DatagramBytes.big(UInt32(1)) + DatagramBytes.big(UInt32(0x8001)) + DatagramBytes.big(UInt32(5))
        let (seen, tally) = decoded(.jaer, [special])
        #expect(seen.isEmpty)
        #expect(tally[.triggers] == 1)
    }

    @Test(arguments: EventDatagramFormat.allCases) func keepsWhatIsWholeInADatagramThatIsCut(
        format: EventDatagramFormat
    ) {
        let whole: [UInt8]
        switch format {
        case .spif: whole = events.flatMap { DatagramBytes.spif($0) }
        case .jaer: whole = DatagramBytes.jaer(events, number: 1, JAERLayout.Settings())
        case .t64X16Y16On8: whole = events.flatMap(DatagramBytes.t64)
        case .t32X16Y15On1: whole = events.flatMap(DatagramBytes.t32)
        }
        let head = format == .jaer ? 4 : 0
        let length = (whole.count - head) / events.count
        for count in 0..<whole.count {
            let (seen, tally) = decoded(format, [Array(whole[..<count])])
            let complete = max(0, count - head) / length
            #expect(seen == Array(events[..<complete]))
            let isWhole = count > 0 && count >= head && (count - head) % length == 0
            #expect(tally[.malformed] == (isWhole ? 0 : 1), "\(count) bytes")
        }
    }

    @Test func leavesOutWhatIsOutsideTheSensor() {
        let far = [(128, 0), (0, 128), (65_535, 0), (0, 65_535)].map {
            SeenEvent(time: 5, x: $0.0, y: $0.1, isOn: true)
        }
        let (seen, tally) = decoded(.t64X16Y16On8, [far.flatMap(DatagramBytes.t64)])
        #expect(seen.isEmpty)
        #expect(tally[.outsideSensor] == 4)
        // Without a size, what an event can say is the limit.
        let decoder = EventDatagramFormat.t64X16Y16On8.makeDecoder(jaer: JAERLayout.Settings(), size: nil)
        let batch = EventBatch()
        _ = decoder.decodeAll(far.flatMap(DatagramBytes.t64), into: batch)
        #expect(batch.seen.map(\.x) == [128, 0])
        #expect(decoder.tally[.outsideSensor] == 2)
    }

    @Test func leavesOutTimesThatNoSensorReaches() {
        let late = SeenEvent(time: -1, x: 1, y: 1, isOn: true)  // the largest number of 64 bits
        let (seen, tally) = decoded(.t64X16Y16On8, [DatagramBytes.t64(late)])
        #expect(seen.isEmpty)
        #expect(tally[.invalidEvents] == 1)
    }

    @Test func goesOnCountingWhere32BitsBeginAnew() {
        let times: [Int64] = [0xFFFF_FFF0, 0xFFFF_FFFF, 0x1_0000_0002]
        let bytes = times.flatMap { DatagramBytes.t32(SeenEvent(time: $0, x: 1, y: 1, isOn: true)) }
        let (seen, tally) = decoded(.t32X16Y15On1, [bytes])
        #expect(seen.map(\.time) == times)
        #expect(tally[.timeWraps] == 1)
    }

    @Test func leavesOutWhatIsEarlierThanBefore() {
        let times: [Int64] = [10, 30, 20, 30, 40]
        let bytes = times.flatMap { DatagramBytes.t64(SeenEvent(time: $0, x: 1, y: 1, isOn: true)) }
        let (seen, tally) = decoded(.t64X16Y16On8, [bytes])
        #expect(seen.map(\.time) == [10, 30, 30, 40])
        #expect(tally[.eventsOutOfOrder] == 1)
    }
}
