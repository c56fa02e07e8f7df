import SpikeContainers
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite("The anomaly head") struct AnomalyHeadTests {
    private static let context = StageContext(pipeline: "mill", stage: "watch", folder: "")
    private static let centres = (0..<6).map { 100.0 * Double($0 + 1) }

    /// Normal for 3,000 ticks, but faults of band 3 of axis 1 between these.
    private static func stream(
        _ faults: [Range<Int>], ticks: Int = 3_000, seed: UInt64 = 1, channels: Int = 12
    ) -> SpikeStream {
        var machine = Machine(channels: channels, seed: seed)
        var stream = SpikeStream()
        if channels == 12 { stream.legend = ChannelLegend(.bands(centres: centres, axes: 2)) }
        for tick in 0..<ticks {
            machine.fault[min(9, channels - 1)] = faults.contains { $0.contains(tick) } ? 14 : 0
            stream.ticks.append(machine.tick())
        }
        return stream
    }

    private static func head(_ store: AnomalyHead.Store? = nil) throws -> AnomalyHead {
        try AnomalyHead(quickParameters, context: context, store: store)
    }

    @Test("reports phases, onset and end of an alert, with place and times", arguments: [1, 50, 3_000])
    func records(most: Int) throws {
        let records = try Self.stream([1_800..<2_300]).records(of: Self.head(), 0..<3_000, most: most)
        #expect(records.phases == ["learning", "calibrating", "armed"])
        #expect(zip(records, records.dropFirst()).allSatisfy { $0.at <= $1.at })
        let alerts = records.anomalies
        #expect(alerts.map(\.state) == [.onset, .clear])
        let (onset, clear) = (try #require(alerts.first), try #require(alerts.last))
        #expect(onset.id == "mill/watch/1" && clear.id == onset.id && onset.sequence == 1 && clear.sequence == 2)
        #expect((18...19).contains(onset.at.seconds) && (18...onset.at.seconds).contains(onset.from.seconds))
        #expect(onset.at.seconds - onset.from.seconds >= 0.29)
        #expect(onset.to == nil && onset.score >= onset.threshold && onset.isProvisional)
        #expect(clear.score > onset.score && clear.from == onset.from && clear.causes == onset.causes)
        let end = try #require(clear.to)
        #expect((22.9...25).contains(end.seconds) && abs(clear.at.seconds - end.seconds - 0.5) < 0.02)
        let cause = try #require(onset.causes.first)
        #expect(cause.place == .band(low: 350, centre: 400, high: 450, axis: 1) && cause.isMore)
        #expect(onset.causes.count <= 3 && [40, 320].contains(cause.scaleMilliseconds))
        #expect(onset.targetFalseAlarmsPerDay == 1 && onset.pipeline == "mill" && onset.stage == "watch")
        if case .phase(let phase) = records[2] {
            #expect(phase.learnedSeconds == 5.12)
            // 40 ticks are left out, 64 settle.
            #expect(abs(phase.at.seconds - (0.4 + 0.64 + 10.24)) < 0.001)
        }
    }

    @Test("channels that stand for something else than before are refused") func otherChannels() throws {
        let head = try Self.head()
        var stream = Self.stream([], ticks: 300)
        _ = try stream.records(of: head, 0..<100)
        // The same in another object, or none, is no change.
        stream.legend = ChannelLegend(.bands(centres: Self.centres, axes: 2))
        _ = try stream.records(of: head, 100..<150)
        stream.legend = nil
        _ = try stream.records(of: head, 150..<200)
        stream.legend = ChannelLegend(.bands(centres: Self.centres.map { $0 + 1 }, axes: 2))
        #expect(
            message { _ = try stream.records(of: head, 200..<300) }
                == "mill: stage \"watch\": the channels stand for other bands or pixels than before. What is normal is learned of "
                + "each channel: leave out \"framing: action\" of the event_grid")
    }

    @Test("the same records and state come however the stream is cut") func cuts() throws {
        let stream = Self.stream([1_500..<1_700, 2_000..<2_600])
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        var expected: (records: [Record], state: [UInt8])?
        for (most, seed) in [(1, 1), (7, 2), (300, 3), (3_000, 4)] {
            var store = AnomalyHead.Store(path: folder + "/\(seed)")
            store.everySeconds = 1_000
            let head = try Self.head(store)
            let records = try stream.records(of: head, 0..<3_000, most: most, seed: UInt64(seed))
            try head.finish(into: RecordBatch())
            let state = try WholeFile.read(store.path, limit: 1 << 20, expecting: "a state")
            #expect(records.anomalies.count >= 4)
            if let expected { #expect(records == expected.records && state == expected.state) }
            expected = (records, state)
        }
    }

    @Test("a head that stopped and went on gives what one gives that never stopped", arguments: 0..<3)
    func resume(seed: Int) throws {
        let stream = Self.stream([1_500..<1_800, 2_200..<2_700], seed: UInt64(seed))
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let (one, two) = (AnomalyHead.Store(path: folder + "/one"), AnomalyHead.Store(path: folder + "/two"))
        let whole = try Self.head(one)
        let expected = try stream.records(of: whole, 0..<3_000)
        try whole.finish(into: RecordBatch())
        var dice = Dice(state: UInt64(seed))
        var (seen, next): ([Record], Int) = ([], 0)
        var openCuts = 0
        while next < 3_000 {
            let end = min(3_000, next + dice.pick(1...200))
            let head = try Self.head(two)
            seen += try stream.records(of: head, next..<end)
            try head.finish(into: RecordBatch())
            if seen.anomalies.last?.state == .onset { openCuts += 1 }
            next = end
        }
        #expect(openCuts > 1)
        #expect(seen == expected)
        // Only the first stretch is left out, so the states agree too.
        #expect(
            try WholeFile.read(two.path, limit: 1 << 20, expecting: "")
                == WholeFile.read(one.path, limit: 1 << 20, expecting: ""))
    }

    @Test("the state is written at every change and now and then, whole, and nothing is left beside it")
    func store() throws {
        let stream = Self.stream([1_500..<1_700])
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        var store = AnomalyHead.Store(path: folder + "/state")
        store.everySeconds = 1
        let head = try Self.head(store)
        var versions: Set<UInt64> = []
        let output = RecordBatch()
        for tick in 0..<3_000 {
            let before = output.count
            try head.process(stream.batch(tick..<tick + 1), into: output)
            guard tick > 40 else { continue }
            let bytes = try WholeFile.read(store.path, limit: 1 << 20, expecting: "a state")
            try AnomalySnapshot.check(bytes)
            let isNew = versions.insert(Checksum.of(bytes)).inserted
            if output.count > before { #expect(isNew, "\(tick)") }
        }
        #expect((29...45).contains(versions.count), "\(versions.count)")
        #expect(Scratch.names(folder) == ["state"])
    }

    @Test("what was kept is used, forgotten, or added to") func starts() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        var store = AnomalyHead.Store(path: folder + "/state")
        let first = try Self.head(store)
        _ = try Self.stream([]).records(of: first, 0..<3_000)
        try first.finish(into: RecordBatch())
        let kept = try WholeFile.read(store.path, limit: 1 << 20, expecting: "")
        // Another stretch, all of it faulty, of a stream that begins anew.
        let faulty = Self.stream([0..<3_000], seed: 2)
        var seen: [AnomalyHead.Start: [Record]] = [:]
        for start in AnomalyHead.Start.allCases {
            try WholeFile.write(kept, to: store.path)
            store.start = start
            seen[start] = try faulty.records(of: Self.head(store), 0..<3_000)
        }
        #expect(seen[.resume]?.phases == [] && seen[.resume]?.anomalies.first?.state == .onset)
        #expect(seen[.relearn]?.phases == ["learning", "calibrating", "armed"])
        #expect(seen[.relearn]?.anomalies == [])
        #expect(seen[.accept]?.anomalies == [], "\(seen[.accept] ?? [])")
    }

    @Test("a jump of the tick counter lets filters settle and is no fault") func jump() throws {
        let stream = Self.stream([])
        let head = try Self.head()
        _ = try stream.records(of: head, 0..<2_000)
        let output = RecordBatch()
        // After the jump come forty ticks that are wild.
        var wild = SpikeStream()
        wild.ticks = Array(repeating: Array(repeating: 200, count: 12), count: 40)
        try head.process(wild.batch(0..<40, jump: 5_000), into: output)
        try head.process(stream.batch(2_000..<3_000, jump: 3_040), into: output)
        #expect(output.records.isEmpty)
        // Without a jump they are alerted.
        wild.ticks += wild.ticks
        try head.process(wild.batch(0..<80, jump: 6_040), into: output)
        #expect(output.records.anomalies.first?.state == .onset)
    }

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "nothing is wrong"
    }

    @Test("parameters that do not fit together are refused") func parameters() {
        var parameters = AnomalyParameters()
        parameters.fastTicks = 6
        #expect(
            message { _ = try AnomalyHead(parameters, context: Self.context) }
                == "mill: stage \"watch\": \"fast_ticks\" expects a power of two, found 6")
        (parameters.fastTicks, parameters.slowTicks) = (64, 64)
        #expect(
            message { _ = try AnomalyHead(parameters, context: Self.context) }
                == "mill: stage \"watch\": \"slow_ticks\" expects more than \"fast_ticks\", found 64 and 64")
    }

    @Test("encoders that change and too many channels are refused") func encoders() throws {
        let head = try Self.head()
        _ = try Self.stream([], ticks: 10).records(of: head, 0..<10)
        let other = Self.stream([], ticks: 20, channels: 11)
        #expect(
            message { try head.process(other.batch(10..<20), into: RecordBatch()) }.contains("found 11 and 10000000"))
        var wide = SpikeStream()
        wide.ticks = [Array(repeating: 0, count: 1_025)]
        #expect(
            message { try Self.head().process(wide.batch(0..<1), into: RecordBatch()) }
                == "mill: stage \"watch\": expected 1 to 1024 channels, found 1025. Choose fewer bands or cells")
    }

    @Test("a state of another encoder, a damaged one and something else are refused with what to do")
    func states() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let store = AnomalyHead.Store(path: folder + "/state")
        let head = try Self.head(store)
        _ = try Self.stream([], ticks: 100).records(of: head, 0..<100)
        try head.finish(into: RecordBatch())
        let mismatch =
            "\(store.path): the state was learned with another encoder, sensor or other options than these. "
            + "Use the same as then, name another file, or learn again (relearn)"
        var other = Self.stream([], ticks: 100)
        other.tickNanoseconds = 20_000_000
        #expect(message { _ = try other.records(of: Self.head(store), 0..<100) } == mismatch)
        other = Self.stream([], ticks: 100)
        other.legend = ChannelLegend(.bands(centres: Self.centres.map { $0 + 1 }, axes: 2))
        #expect(message { _ = try other.records(of: Self.head(store), 0..<100) } == mismatch)
        var bytes = try WholeFile.read(store.path, limit: 1 << 20, expecting: "")
        bytes[100] ^= 1
        try WholeFile.write(bytes, to: store.path)
        #expect(
            message { _ = try Self.head(store) }
                == "\(store.path): expected a learned state, found a damaged one. Delete it, or learn again (relearn)")
        try WholeFile.write(Array("hello, I am a text".utf8), to: store.path)
        #expect(
            message { _ = try Self.head(store) }
                == "\(store.path): expected a learned state of this version, found something else. Name another file; what an earlier version "
                + "learned has to be learned again")
        // Who learns again does not look into it.
        var again = store
        again.start = .relearn
        #expect(message { _ = try Self.head(again) } == "nothing is wrong")
        #expect(message { _ = try Self.head(AnomalyHead.Store(path: folder)) }.contains("this is a folder"))
        let none = AnomalyHead.Store(path: folder + "/none/state")
        #expect(
            message {
                let head = try Self.head(none)
                _ = try Self.stream([], ticks: 100).records(of: head, 0..<100)
            }.contains("/none/state: the file cannot be written: No such file or directory"))
    }

    @Test("the stage is made with its options") func descriptor() throws {
        let options: [String: OptionValue] = [
            "warm_up_s": .number(5), "fast_ticks": .integer(2), "slow_ticks": .integer(16), "causes": .integer(1),
            "report_phases": .bool(false), "release_ratio": .number(0.5), "adapt_s": .number(10),
            "memory_s": .number(100), "calibrate_s": .number(2), "false_alarms_per_day": .number(24),
            "on_delay_ms": .integer(100), "off_delay_ms": .integer(200), "minimum_ms": .integer(300),
            "rearm_ms": .integer(400), "update_s": .number(0.5),
        ]
        for (name, value) in options {
            let spec = try #require(AnomalyHead.specs.first { $0.name == name }, "\(name)")
            #expect(spec.complaint(about: value) == nil && spec.complaint(about: .string("x")) != nil)
        }
        guard case .transform(let stage) = try AnomalyHead.descriptor.make(Options(options), Self.context) else {
            Issue.record("not a transform")
            return
        }
        let output = RecordBatch()
        let stream = Self.stream([1_500..<2_400])
        for start in stride(from: 0, to: 3_000, by: 100) {
            try stage.process(stream.batch(start..<start + 100), output)
        }
        #expect(output.records.phases.isEmpty)
        let states = output.records.anomalies.map(\.state)
        #expect(states.first == .onset && states.contains(.update) && states.contains(.clear))
        #expect(output.records.anomalies.allSatisfy { $0.causes.count == 1 && $0.targetFalseAlarmsPerDay == 24 })
        #expect(Set(AnomalyHead.specs.map(\.name)).count == AnomalyHead.specs.count)
    }

    @Test("who looks on sees every tick and the legend") func observers() throws {
        let head = try Self.head()
        var (times, legends): ([StreamTime], [ChannelLegend]) = ([], [])
        head.observe = { detector, time in
            times.append(time)
            #expect(detector.deviations.count == 12)
        }
        head.observeLegend = { legends.append($0) }
        let stream = Self.stream([], ticks: 100)
        _ = try stream.records(of: head, 0..<100)
        #expect(times.count == 60 && times.first == StreamTime(nanoseconds: 410_000_000))
        #expect(legends == [stream.legend])
    }
}
