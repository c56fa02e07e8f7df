import Foundation
import SpikeEncoders
import SpikeInterchange
import SpikeSensors
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import spikeline

@Suite("spikeline code") struct CodeTests {
    static let sound = SharedData.packageRoot + "/SampleData/keywords.flac"

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("a value comes back within the bound that is printed", arguments: CodingParameters.Method.allCases)
    func value(method: CodingParameters.Method) throws {
        for value in ["0", "0.3", "1"] {
            let outcome = try Program.run(
                ["code", method.rawValue, "--value", value, "--json"], in: TemporaryFolder())
            #expect(outcome.code == 0, "\(outcome.errors)")
            let result = try object(outcome.output)
            #expect(result["method"] as? String == method.rawValue && result["ticks"] as? Int == 512)
            if let bound = result["bound"] as? Double {
                let error = try #require(result["largest_error"] as? Double)
                #expect(error <= bound + 1e-4)
            }
            #expect(result["snr_db"] is NSNull)
        }
    }

    @Test("the text says what was coded, and what came back") func text() throws {
        let outcome = try Program.run(
            ["code", "latency", "--value", "0.3", "--ticks", "128"], in: TemporaryFolder())
        #expect(
            outcome.output == """
                coding    latency: window 32 ticks of 1 ms
                values    0.3000 at rest: 128 ticks, 1 value
                spikes    4, 31.3 per second
                decoded   48 ticks late; rms error 0.0125, largest 0.0125, SNR - dB
                bound     0.0156 for a value that rests
                at last   value 0.3000, decoded 0.3125

                tick  channel  spikes
                  22        0       1
                  54        0       1
                  86        0       1
                 118        0       1

                """)
    }

    @Test("signals, spikes and values as files", arguments: ["sine", "step", "ramp"]) func files(signal: String) throws
    {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(
            [
                "code", "delta", "--signal", signal, "--threshold", "0.03125", "--spikes", "s.csv", "--values", "v.csv",
                "--plot", "p.svg", "--plot", "p.png", "--json",
            ], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let result = try object(outcome.output)
        func rows(_ name: String) throws -> [[Double]] {
            let lines = try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8).split(separator: "\n")
            return lines.dropFirst().map { $0.split(separator: ",").compactMap { Double($0) } }
        }
        // A reader who adds up the steps gets the decoded values.
        let spikes = try rows("s.csv")
        #expect(spikes.reduce(0) { $0 + $1[2] } == Double(result["spikes"] as? Int ?? -1))
        var sums = [Double](repeating: 0, count: 512)
        for spike in spikes { sums[Int(spike[0])] += (spike[1] == 1 ? 1 : -1) * spike[2] / 32 }
        var level = 0.0
        for row in try rows("v.csv") {
            level += sums[Int(row[0])]
            #expect(abs(row[3] - level) < 2e-6 && abs(row[2] - row[3]) < 0.0313)
        }
        #expect((result["snr_db"] as? Double).map { $0 > 20 } == true)
        let svg = try String(contentsOfFile: folder.path + "/p.svg", encoding: .utf8)
        #expect(svg.contains("delta: step 0.0313") && svg.contains("2 channels of spikes"))
        let png = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/p.png"))
        #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test("a sound is coded as the stage in a pipeline does it") func stage() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(
            [
                "code", "phase", "--audio", Self.sound, "--seconds", "2", "--bands", "8", "--window-ticks", "20",
                "--top-dbfs", "-40", "--spikes", "s.csv", "--json",
            ], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let options = Options([
            "method": .string("phase"), "bands": .integer(8), "window_ticks": .integer(20), "top_dbfs": .number(-40),
        ])
        let stage = try CodingStage(CodingStage.Settings(options, place: "code"))
        let clip = try AudioClip(path: Self.sound)
        let (block, spikes) = (AudioBatch(), SpikeBatch())
        block.samples = Array(clip.samples[..<32_000])
        try stage.process(block, into: spikes)
        var text = "tick,channel,count\n"
        for tick in 0..<spikes.count {
            for spike in spikes.spikes[spikes.range(ofTick: tick)] {
                text += "\(tick),\(spike.channel),\(spike.count)\n"
            }
        }
        #expect(try String(contentsOfFile: folder.path + "/s.csv", encoding: .utf8) == text)
        #expect(text.count > 500)
    }

    @Test("a pipeline may put a coding before a network") func pipeline() throws {
        let folder = try TemporaryFolder()
        try folder.write("sound.wav", Samples.silence(seconds: 1))
        func model(_ options: [String: OptionValue], inputs: Int = 16) throws -> [UInt8] {
            let map = options.merging(["method": .string("regular"), "tick_ms": .integer(20)]) { a, _ in a }
            return try Samples.model(inputs: inputs, encoder: .init(type: "coding", options: map))
        }
        try folder.write("model.nir", model([:]))
        // The model brings the settings of its coding along.
        let text = """
            sources:
              recording: {type: audio_file, path: sound.wav}
            transforms:
              code:  {type: coding, inputs: [recording]}
              brain: {type: network, inputs: [code], model: model.nir}
              words: {type: keyword, inputs: [brain]}
            sinks:
              console: {type: jsonl, inputs: [words], path: "-"}
            """
        try folder.write("code.yaml", Array(text.utf8))
        let outcome = try Program.run(["run", "code.yaml", "--summary", "s.json"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let summary = try object(String(contentsOfFile: folder.path + "/s.json", encoding: .utf8))
        #expect(((summary["stages"] as? [String: [String: Any]])?["words"])?["in"] as? Int == 50)
        for (options, inputs, expected) in [
            ([:], 17, "the network has 17 inputs, expected 16, the channels of its coding"),
            (["tick_ms": .integer(10)], 16, "expected 10000000, the tick of its coding"),
            (
                ["rate_hz": .number(1_000)], 16,
                "at most 15 spikes of a channel in a tick, but its coding makes up to 21"
            ),
            (["method": .string("morse")], 16, "\"method\" expects one of poisson, regular"),
            (["bands": .integer(.max)], 16, "\"bands\" expects a whole number from 1 to 128"),
            (["bnads": .integer(3)], 16, "unknown option \"bnads\". Did you mean \"bands\"?"),
        ] as [([String: OptionValue], Int, String)] {
            try folder.write("model.nir", model(options, inputs: inputs))
            let wrong = try Program.run(["run", "code.yaml"], in: folder)
            #expect(wrong.code == 2 && wrong.errors.contains(expected), "\(wrong.errors)")
        }
    }

    @Test("the comparison has a row for every setting, and its figures hang together") func comparison() throws {
        let folder = try TemporaryFolder()
        let clip = try AudioClip(path: Self.sound)
        let wav = Samples.wav(
            format: 1,
            data: clip.pcm16[..<96_000].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
        try folder.write("six.wav", wav)
        let outcome = try Program.run(
            ["code", "compare", "six.wav", "--bands", "6", "--json", "--plot", "c.svg", "--plot", "c.png"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let result = try object(outcome.output)
        #expect(result["seconds"] as? Double == 6 && result["bands"] as? Int == 6)
        let rows = try #require(result["codings"] as? [[String: Any]])
        #expect(Set(rows.compactMap { $0["method"] as? String }).count == CodingParameters.Method.allCases.count)
        #expect(rows.count == CodingComparison.settings.count)
        for row in rows {
            let (spikes, bits) = (row["spikes_per_s"] as? Double ?? 0, row["bits_per_s"] as? Double ?? -1)
            let perSpike = try #require(row["bits_per_spike"] as? Double)
            #expect(spikes > 0 && bits >= 0 && abs(perSpike * spikes - bits) < 0.01 * bits + 0.1, "\(row)")
        }
        func bits(_ method: String) -> [Double] {
            rows.filter { $0["method"] as? String == method }.compactMap { $0["bits_per_s"] as? Double }
        }
        // More spikes of a rate keep more; regular ones more than random ones; smaller steps more than large ones.
        for method in ["poisson", "regular"] {
            #expect(zip(bits(method), bits(method).dropFirst()).allSatisfy { $0 < $1 })
        }
        #expect(zip(bits("poisson"), bits("regular")).allSatisfy { $0 < $1 })
        #expect((bits("delta").first ?? 0) < (bits("delta").last ?? 0))
        let svg = try String(contentsOfFile: folder.path + "/c.svg", encoding: .utf8)
        #expect(svg.contains("bits per spike") && svg.contains("weighted_phase"))
        let table = try Program.run(["code", "compare", "six.wav", "--bands", "6"], in: folder)
        #expect(table.output.split(separator: "\n").count == rows.count + 2)
    }

    @Test("the page shows what the command prints") func page() throws {
        let page = try String(contentsOfFile: SharedData.packageRoot + "/Documentation/codings.md", encoding: .utf8)
        let outcome = try Program.run(["code", "compare", Self.sound], in: TemporaryFolder())
        let shown = page.split(separator: "\n").map { $0.split(separator: " ") }
        for line in outcome.output.split(separator: "\n") {
            let words = line.split(separator: " ")
            // The last digit of a floating-point sum may differ between libraries.
            let isShown = shown.contains { row in
                row.count == words.count
                    && zip(row, words).allSatisfy { a, b in
                        if let a = Double(a), let b = Double(b) { return abs(a - b) <= 0.01 * abs(b) + 0.011 }
                        return a == b
                    }
            }
            #expect(isShown, "\(line)")
        }
        #expect(page.contains("synthetic speech"))
    }

    @Test("a hidden pattern is found, and not where there is none") func pattern() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(
            ["code", "pattern", "--seconds", "10", "--json", "--plot", "p.svg", "--plot", "p.png"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let result = try object(outcome.output)
        #expect(result["hits"] as? Int == 50 && result["patterns"] as? Int == 50 && result["false_alarms"] as? Int == 0)
        // One neuron of 200 and a jitter as long as the pattern: nothing to be found reliably.
        let lost = try object(
            Program.run(["code", "pattern", "--involved", "1", "--jitter-us", "10000", "--json"], in: folder).output)
        #expect((lost["hits"] as? Int ?? 100) < 90 || (lost["false_alarms"] as? Int ?? 0) > 100)
    }

    @Test(
        "what is wrong ends with 2 and says what was expected",
        arguments: [
            (["code", "morse"], "error: coding: \"method\" expects one of poisson, regular, latency"),
            (
                ["code", "latency", "--neurons", "5"],
                "error: coding: \"neurons\" belongs to population, not to latency"
            ),
            (
                ["code", "latency", "--window-ticks", "1"],
                "error: coding: \"window_ticks\" expects a whole number from 2 to 4096, found 1"
            ),
            (["code", "poisson", "--rate-hz", "nan"], "error: coding: \"rate_hz\" expects a number from 0.1"),
            (
                ["code", "poisson", "--rate-hz", "2000"],
                "error: coding: expected a rate of 0.1 Hz to 1 spikes in a tick"
            ),
            (["code", "poisson", "--seed", "-1"], "seed"),
            (["code", "delta", "--value", "1.5"], "--value expects a value from 0 to 1, found 1.5."),
            (["code", "delta", "--value", "nan"], "--value expects a value from 0 to 1, found nan."),
            (["code", "delta", "--ticks", "0"], "--ticks expects 1 to 100000, found 0."),
            (["code", "delta", "--value", "1", "--signal", "sine"], "exclude one another"),
            (["code", "delta", "--plot", "a.pdf"], "--plot expects a name that ends in .svg or .png, found a.pdf."),
            (["code", "delta", "--bands", "3"], "are for --audio."),
            (["code", "delta", "--audio", "nosuch.wav"], "error: nosuch.wav: there is no such file"),
            (["code", "delta", "--audio", "s.wav", "--band", "16"], "expected a band from 0 to 15, found 16"),
            (["code", "delta", "--audio", "s.wav", "--from-s", "9"], "expected sound of a tick or more from 9.0 s on"),
            (["code", "delta", "--audio", "s.wav", "--ticks", "9"], "use --seconds."),
            (["code", "delta", "--spikes", "no/s.csv"], "error: no/s.csv: the file cannot be written"),
            (["code", "compare", "s.wav"], "error: s.wav: expected at least 2464 ms of sound, found 2000"),
            (["code", "compare", "s.wav", "--bands", "0"], "--bands expects 1 to 64, found 0."),
            (["code", "compare", "s.wav", "--bandwidth-hz", "1"], "--bandwidth-hz expects 2 to 250, found 1.0."),
            (["code", "pattern", "--neurons", "63"], "--neurons expects 64 to 2000, found 63."),
            (["code", "pattern", "--involved", "201"], "expected a number of neurons in the pattern from 1 to 200"),
            (["code", "pattern", "--jitter-us", "-1"], "jitter"),
        ])
    func refusals(arguments: [String], expected: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("s.wav", Samples.silence(seconds: 2))
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains(expected), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }
}
