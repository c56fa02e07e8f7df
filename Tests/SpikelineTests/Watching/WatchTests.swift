import Foundation
import SpikeTestSupport
import Testing

@Suite("spikeline watch") struct WatchTests {
    /// An accelerometer that is well for 60 s, and one with a whistle from 10 to 15 s.
    private static func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("well.wav", WatchSamples.shaking(seconds: 60, seed: 1))
        try folder.write("odd.wav", WatchSamples.shaking(seconds: 30, fault: 10..<15, seed: 2))
        return folder
    }

    private func watch(_ arguments: String..., in folder: borrowing TemporaryFolder) throws -> Program.Outcome {
        try Program.run(["watch"] + arguments, in: folder)
    }

    @Test("learns from a recording and tells what is odd in another, as JSON where nobody looks") func json() throws {
        let folder = try Self.folder()
        let outcome = try watch("odd.wav", "--learn", "well.wav", in: folder)
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        let records = try GestureSamples.objects(outcome.output)
        #expect(records.allSatisfy { $0["kind"] as? String == "anomaly" && $0["v"] as? Int == 1 }, "\(outcome.output)")
        #expect(records.map { $0["state"] as? String } == ["onset", "clear"])
        let (onset, clear) = (records[0], records[1])
        #expect((10...12).contains(onset["at_s"] as? Double ?? 0))
        #expect((14...20).contains(clear["to_s"] as? Double ?? 0))
        #expect(onset["id"] as? String == "vibration/watch/1" && clear["id"] as? String == "vibration/watch/1")
        let cause = try #require((onset["causes"] as? [[String: Any]])?.first)
        let band = try #require(cause["band_hz"] as? [Double])
        #expect(cause["axis"] as? Int == 1 && cause["direction"] as? String == "more" && band.count == 2)
        #expect(band[0] < 36 && band[1] > 26, "\(band)")
        #expect(onset["provisional"] as? Bool == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 4)
    }

    @Test("learns from the beginning where nothing else is given, and speaks to people") func text() throws {
        let folder = try TemporaryFolder()
        try folder.write("all.wav", WatchSamples.shaking(seconds: 80, fault: 60..<65, seed: 3))
        let outcome = try watch("all.wav", "--text", in: folder)
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 6, "\(outcome.output)")
        #expect(lines[0].hasSuffix(" s  learning what is normal ..."))
        #expect(lines[1].hasSuffix(" s  learned from 20.0 s; finding thresholds ..."))
        #expect(lines[2].hasSuffix(" s  armed"))
        #expect(lines[3].contains(" s  ALERT 1  score ") && lines[3].hasSuffix(", provisional"))
        #expect(lines[4].contains(" Hz of channel 1 more"))
        #expect(lines[5].contains(" s  alert 1 is over after ") && lines[5].contains(", highest score "))
    }

    @Test("draws what it saw", arguments: ["plot.svg", "plot.png"]) func plot(name: String) throws {
        let folder = try Self.folder()
        let outcome = try watch("odd.wav", "--learn", "well.wav", "--plot", name, in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let bytes = try #require(FileManager.default.contents(atPath: folder.path + "/" + name))
        #expect(bytes.count > 3_000)
        if name.hasSuffix(".svg") {
            let text = String(decoding: bytes, as: UTF8.self)
            for part in ["odd.wav", "1 alert, 0 sensor faults, 2", "armed", " Hz, 1", "score / threshold"] {
                #expect(text.contains(part), "\(part)")
            }
        } else {
            #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        }
    }

    @Test("keeps what was learned, uses it, forgets it and adds to it") func state() throws {
        let folder = try Self.folder()
        var outcome = try watch("--learn", "well.wav", "--state", "mill", in: folder)
        #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome.errors)")
        let state = folder.path + "/mill"
        let learned = try #require(FileManager.default.contents(atPath: state))
        func phases(_ text: String) throws -> [String] {
            try GestureSamples.objects(text).compactMap {
                $0["phase"] as? String == "armed" && $0["id"] != nil ? nil : $0["phase"] as? String
            }
        }
        func onsets(_ text: String) throws -> Int {
            try GestureSamples.objects(text).count { $0["state"] as? String == "onset" }
        }
        // The state is used: nothing is learned again, also if --learn is given.
        outcome = try watch("odd.wav", "--state", "mill", in: folder)
        #expect(try phases(outcome.output) == [] && onsets(outcome.output) == 1, "\(outcome.output)")
        #expect(FileManager.default.contents(atPath: state) != learned)
        try learned.write(to: URL(fileURLWithPath: state))
        outcome = try watch("odd.wav", "--learn", "odd.wav", "--state", "mill", in: folder)
        #expect(try phases(outcome.output) == [] && onsets(outcome.output) == 1, "\(outcome.output)")
        // Forgotten: it learns from the recording itself.
        try folder.write("long.wav", WatchSamples.shaking(seconds: 60, fault: 0..<60, seed: 4))
        try learned.write(to: URL(fileURLWithPath: state))
        outcome = try watch("long.wav", "--state", "mill", in: folder)
        #expect(try onsets(outcome.output) == 1)
        try learned.write(to: URL(fileURLWithPath: state))
        outcome = try watch("long.wav", "--state", "mill", "--relearn", in: folder)
        #expect(try phases(outcome.output) == ["learning", "calibrating", "armed"] && onsets(outcome.output) == 0)
        // Or from another recording.
        try learned.write(to: URL(fileURLWithPath: state))
        outcome = try watch("well.wav", "--learn", "long.wav", "--state", "mill", "--relearn", in: folder)
        #expect(try phases(outcome.output) == [] && onsets(outcome.output) == 1, "\(outcome.output)")
        // Added: the whistle becomes normal, and what was normal stays it.
        try learned.write(to: URL(fileURLWithPath: state))
        outcome = try watch("long.wav", "--state", "mill", "--accept", in: folder)
        #expect(outcome.code == 0)
        #expect(try phases(outcome.output).contains("armed") && onsets(outcome.output) == 0, "\(outcome.output)")
        for name in ["long.wav", "well.wav"] {
            outcome = try watch(name, "--state", "mill", in: folder)
            #expect(try outcome.code == 0 && onsets(outcome.output) == 0, "\(name): \(outcome.output)")
        }
    }

    @Test("sound of one channel and events have their own pipelines") func kinds() throws {
        let folder = try TemporaryFolder()
        var dice = Dice(state: 5)
        let hiss = (0..<8_000 * 42).map {
            Int16(1_000 * dice.normal() + ($0 > 8_000 * 37 ? 3_000 * sin(Double($0)) : 0))
        }
        try folder.write("sound.wav", WatchSamples.wav(hiss, channels: 1, rate: 8_000))
        let sound = try watch("sound.wav", in: folder)
        let records = try GestureSamples.objects(sound.output)
        #expect(
            sound.code == 0 && records.allSatisfy { $0["pipeline"] as? String == "machine-sound" }, "\(sound.errors)")
        let onset = try #require(records.first { $0["state"] as? String == "onset" })
        let cause = try #require((onset["causes"] as? [[String: Any]])?.first)
        // One radian a sample at 8 kHz.
        #expect(abs((cause["centre_hz"] as? Double ?? 0) - 1_273) < 150, "\(cause)")

        var text = "t,x,y,p\n"
        for time in stride(from: 0, to: 38_000_000, by: 500) where !(36_000_000..<37_800_000).contains(time) {
            text += "\(time),\(dice.pick(0...63)),\(dice.pick(0...63)),\(dice.pick(0...1))\n"
        }
        try folder.write("text.csv", Array(text.utf8))
        _ = try Program.run(["convert", "text.csv", "scene.aedat4", "--size", "64x64"], in: folder)
        let scene = try watch("scene.aedat4", in: folder)
        let faults = try GestureSamples.objects(scene.output).filter { $0["kind"] as? String == "sensor_fault" }
        #expect(
            scene.code == 0 && faults.contains { $0["fault"] as? String == "stalled" }, "\(scene.errors)\(scene.output)"
        )
        #expect(try GestureSamples.objects(scene.output).allSatisfy { $0["pipeline"] as? String == "scene" })
    }

    @Test(
        "what is wrong is said",
        arguments: [
            (["none.wav"], "none.wav"), ([], "expected a recording to look into, found none"),
            (["-"], "expected a recording to look into, found standard input, which can be read only once"),
            (["well.wav", "--accept"], "--accept needs --state."),
            (["well.wav", "--accept", "--relearn", "--state", "s"], "--accept and --relearn exclude each other."),
            (["well.wav", "--json", "--text"], "--json and --text exclude each other."),
            (["well.wav", "--plot", "a.gif"], "--plot expects a name that ends in .svg or .png, found a.gif."),
            (["well.wav", "--false-alarms-per-day", "0"], "--false-alarms-per-day expects 0.001 to 10000, found 0.0."),
            (["well.wav", "--set", "watch.fast_ticks=3"], "\"fast_ticks\" expects a power of two, found 3"),
            (["well.wav", "--set", "watch.none=3"], "\"watch\" (anomaly) has no option \"none\""),
            (["well.wav", "--pipeline", "none.yaml"], "none.yaml"),
            (["well.wav", "--pipeline", "plain.yaml"], "expected a pipeline with one stage of type anomaly, found 0"),
            (["well.wav", "--state", "text"], "expected a learned state of this version, found something else"),
            (["well.wav", "--state", "none/s"], "none/s: the file cannot be written"),
            (["well.wav", "--plot", "none/a.svg"], "none/a.svg: the file cannot be written"),
            (["well.wav", "--learn", "short.wav"], "expected more of what is normal to learn from, found 2."),
            (["text"], "text"),
        ] as [([String], String)])
    func faults(arguments: [String], message: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("well.wav", WatchSamples.shaking(seconds: 5, seed: 1))
        try folder.write("short.wav", WatchSamples.shaking(seconds: 4, seed: 1))
        try folder.write("text", Array("this is a text and no state".utf8))
        let plain = """
            sources:
              shaker: {type: audio_file, path: well.wav, channel: all, sample_rate_hz: native}
            transforms:
              faults: {type: sound_watchdog, inputs: [shaker]}
            sinks:
              console: {type: jsonl, inputs: [faults], path: "-"}
            """
        try folder.write("plain.yaml", Array(plain.utf8))
        let outcome = try Program.run(["watch"] + arguments, in: folder)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test("a state of another sensor is refused") func mismatch() throws {
        let folder = try Self.folder()
        _ = try watch("--learn", "well.wav", "--state", "mill", in: folder)
        var dice = Dice(state: 6)
        let samples = (0..<200 * 20 * 2).map { _ in Int16(300 * dice.normal()) }
        try folder.write("two.wav", WatchSamples.wav(samples, channels: 2, rate: 200))
        let outcome = try watch("two.wav", "--state", "mill", in: folder)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("learned with another encoder, sensor or other options"), "\(outcome.errors)")
    }

    @Test("a run that is killed at any moment goes on with what it knew") func killed() throws {
        let folder = try TemporaryFolder()
        try folder.write("well.wav", WatchSamples.shaking(seconds: 400, seed: 7))
        let arguments = ["watch", "well.wav", "--state", "mill", "--set", "watch.save_s=0.1"]
        let state = folder.path + "/mill"
        var dice = Dice(state: 8)
        var (kills, isLearned) = (0, false)
        for round in 0..<14 {
            // First while it learns, then from a state that is armed.
            if round == 7 {
                isLearned = true
                #expect(
                    try Program.run(["watch", "--learn", "well.wav", "--state", "mill", "--relearn"], in: folder).code
                        == 0)
            }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Program.path)
            process.arguments = arguments
            process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
            try folder.write("records", [])
            process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path + "/records"))
            try folder.write("errors", [])
            process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path + "/errors"))
            try process.run()
            usleep(UInt32(dice.pick(1_000...250_000)))
            if process.isRunning {
                kill(process.processIdentifier, SIGKILL)
                kills += 1
            }
            process.waitUntilExit()
            let errors = try String(contentsOfFile: folder.path + "/errors", encoding: .utf8)
            #expect(errors.isEmpty, "\(errors)")
            if isLearned {
                let records = try String(contentsOfFile: folder.path + "/records", encoding: .utf8)
                #expect(!records.contains("\"kind\": \"phase\""), "\(records)")
                #expect(FileManager.default.fileExists(atPath: state))
            }
        }
        #expect(kills >= 5, "\(kills)")
        let last = try Program.run(Array(arguments.prefix(4)), in: folder)
        #expect(last.code == 0 && last.errors.isEmpty && !last.output.contains("\"kind\": \"phase\""), "\(last.errors)")
    }

    @Test("pipelines of machines carry tests of alerts, phases and faults") func pipeline() throws {
        let folder = try TemporaryFolder()
        try folder.write("odd.wav", WatchSamples.shaking(seconds: 60, fault: 45..<50, seed: 9))
        var dead = WatchSamples.shaking(seconds: 20, seed: 10)
        // The second half of the recording is one and the same value.
        for index in (44 + 200 * 6 * 10)..<dead.count { dead[index] = 1 }
        try folder.write("dead.wav", dead)
        let yaml = """
            sources:
              shaker: {type: audio_file, path: odd.wav, channel: all, sample_rate_hz: native}
            transforms:
              bands:  {type: bands, inputs: [shaker], bands: 16}
              watch:  {type: anomaly, inputs: [bands], warm_up_s: 20, calibrate_s: 13}
              faults: {type: sound_watchdog, inputs: [shaker]}
            sinks:
              console: {type: jsonl, inputs: [watch, faults], path: "-"}
            tests:
              - name: hears the whistle
                insert: {at: bands, file: odd.wav}
                expect:
                  - {from: watch, anomaly: onset, between_ms: [45000, 48000]}
                  - {from: watch, anomaly: clear, count: 1}
                  - {from: watch, phase: armed, between_ms: [39000, 45000]}
                  - {from: watch, phase: learning}
                  - {from: watch, phase: calibrating}
                expect_nothing_else: true
              - name: tells the dead channels
                insert: {at: faults, file: dead.wav}
                expect:
                  - {from: faults, fault: dead, count: 3}
                expect_nothing_else: true
            """
        try folder.write("mill.yaml", Array(yaml.utf8))
        let outcome = try Program.run(["test", "mill.yaml"], in: folder)
        #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
        let wrong = yaml.replacingOccurrences(of: "anomaly: clear, count: 1", with: "anomaly: clear, count: 2")
            .replacingOccurrences(of: "fault: dead, count: 3", with: "fault: clipped")
        try folder.write("wrong.yaml", Array(wrong.utf8))
        let failed = try Program.run(["test", "wrong.yaml"], in: folder)
        #expect(failed.code != 0)
        #expect(failed.output.contains("expected 2 of anomaly clear from \"watch\", found 1; came: phase \"learning\""))
        #expect(failed.output.contains("expected fault \"clipped\" from \"faults\"; came: fault \"dead\" at 1"))
    }

    @Test("what cannot be watched or drawn is told before anything runs")
    func refusals() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.txt", Array("hello".utf8))
        let sound = SharedData.packageRoot + "/SampleData/machine.flac"
        for (arguments, text) in [
            (["a.txt"], "no sound that can be played and no recording of events"),
            (["none.wav"], "there is no such file"),
            (["-"], "standard input, which can be read only once"), ([], "found none"),
            ([sound, "--plot", "nowhere/p.svg"], "nowhere"),
        ] {
            let outcome = try Program.run(["watch"] + arguments, in: folder)
            #expect(outcome.code == 2 && outcome.output.isEmpty, "\(outcome.output)")
            #expect(
                outcome.errors.contains(text) && outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        }
    }
}
