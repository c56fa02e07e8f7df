import Foundation
import SpikeTestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
    @Test(
        "wrong arguments end with 2 and say how to go on",
        arguments: [
            ["nonsense"], ["run"], ["run", "a.yaml", "--set"], ["evaluate", "m.nir"],
            ["evaluate", "m.nir", "--data", "a", "--stream", "b"], ["evaluate", "m.nir", "--stream", "b"],
            ["evaluate", "m.nir", "--data", "a", "--plot-det", "b"],
            ["evaluate", "m.nir", "--stream", "a", "--truth", "b", "--threshold", "7"],
            ["evaluate", "m.nir", "--stream", "a", "--truth", "b", "--threshold", "x"],
            ["graph", "a.yaml", "--format", "png"], ["train", "keyword"], ["bench", "nonsense"],
            ["stages", "nonsense"],
        ])
    func usage(arguments: [String]) throws {
        let outcome = try Program.run(arguments, in: TemporaryFolder())
        #expect(outcome.code == 2)
        #expect(!outcome.errors.isEmpty)
    }

    @Test(
        "help and version end with 0 on standard output",
        arguments: [
            ["--help"], ["--version"], ["help", "run"], ["evaluate", "--help"], ["stages"], ["stages", "keyword"], [],
        ])
    func help(arguments: [String]) throws {
        let outcome = try Program.run(arguments, in: TemporaryFolder())
        #expect(outcome.code == 0)
        #expect(!outcome.output.isEmpty)
        #expect(outcome.errors.isEmpty)
    }

    @Test("help says defaults as one would type them, and no values of the program")
    func defaults() throws {
        let outcome = try Program.run(["--experimental-dump-help"], in: TemporaryFolder())
        let defaults = outcome.output.split(separator: "\n").filter { $0.contains("\"defaultValue\" :") }
        #expect(defaults.count > 30)
        for line in defaults { #expect(!line.contains("("), "\(line)") }
    }

    @Test("a reader that goes away is no failure")
    func noReader() throws {
        #expect(try Program.runWithoutReader(["stages"]) == 0)
    }

    @Test(
        "files that cannot be read are named",
        arguments: [
            (["run", "nosuch.yaml"], "nosuch.yaml: error: there is no such file"),
            (
                ["evaluate", "nosuch.nir", "--data", "."],
                "error: nosuch.nir: the file cannot be opened: No such file or directory. Check the path"
            ),
            (
                ["evaluate", "model.nir", "--data", "nosuch"],
                "error: nosuch: expected a folder: No such file or directory"
            ),
            (
                ["evaluate", "model.nir", "--data", "."],
                "error: .: expected a folder for each word with .wav, .flac or .ogg files in it, found none"
            ),
            (
                ["evaluate", "model.nir", "--stream", "nosuch.wav", "--truth", "truth.csv"],
                "error: nosuch.wav: there is no such file. Check the path"
            ),
            (
                ["evaluate", "model.nir", "--stream", "sound.wav", "--truth", "nosuch.csv"],
                "error: nosuch.csv: the file cannot be opened: No such file or directory. Check the path"
            ),
            (
                ["evaluate", "model.nir", "--stream", "sound.wav", "--truth", "model.nir"],
                "error: model.nir: expected text in UTF-8, found other bytes"
            ),
            (
                ["evaluate", "model.nir", "--stream", "sound.wav", "--truth", "bad.csv"],
                "error: bad.csv:2: \"end\" expects seconds, 0 or more, found \"x\""
            ),
            (
                ["evaluate", "model.nir", "--stream", "sound.wav", "--truth", "truth.csv", "--plot-det", "no/det.svg"],
                "error: no/det.svg: the file cannot be written: No such file or directory"
            ),
            (
                ["run", "listen.yaml", "--summary", "no/summary.json"],
                "error: no/summary.json: the file cannot be written: No such file or directory"
            ),
            (
                ["run", "listen.yaml", "--set", "eer.x=1"],
                "--set eer.x=1: error: there is no stage \"eer\". Did you mean \"ear\"?"
            ),
            (
                ["test", "listen.yaml"],
                "error: listen.yaml: expected at least one test, found none. Add some under \"tests:\""
            ),
        ])
    func files(arguments: [String], message: String) throws {
        let folder = try folder()
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.code == 2)
        #expect(outcome.errors == message + "\n")
    }

    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("model.nir", Samples.model())
        try folder.write("sound.wav", Samples.silence(seconds: 2))
        try folder.write("listen.yaml", Array(Samples.pipeline.utf8))
        try folder.write("truth.csv", Array("start,end,word\n0.5,1.0,yes\n".utf8))
        try folder.write("bad.csv", Array("start,end,word\n0.5,x,yes\n".utf8))
        return folder
    }

    @Test("a run writes the summary that the manual promises")
    func summary() throws {
        let folder = try folder()
        let outcome = try Program.run(["run", "listen.yaml", "--summary", "summary.json"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
        let summary = try object(String(contentsOfFile: folder.path + "/summary.json", encoding: .utf8))
        #expect(
            Set(summary.keys) == [
                "v", "wall_s", "stream_s", "real_time_factor", "cpu_s", "peak_resident_mb", "records", "stages",
            ])
        #expect(summary["stream_s"] as? Double == 2)
        #expect(summary["records"] as? Int == 0)
        let stages = try #require(summary["stages"] as? [String: [String: Any]])
        #expect(Set(stages.keys) == ["recording", "ear", "brain", "words", "console"])
        #expect(stages["ear"]?["in"] as? Int == 32_000)
        #expect(stages["ear"]?["out"] as? Int == 100)
        #expect(Set(stages["ear"]?.keys.map { $0 } ?? []) == ["in", "out", "dropped", "ns_per_item"])
    }

    @Test("sound may come through standard input")
    func standardInput() throws {
        let folder = try folder()
        let outcome = try Program.run(
            ["run", "listen.yaml", "--input", "-", "--summary", "-"], in: folder, input: folder.path + "/sound.wav")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try object(outcome.output)["stream_s"] as? Double == 2)
    }

    @Test("clips: a model that knows only silence finds all of it and no word")
    func clips() throws {
        let folder = try folder()
        for word in ["yes", "silence"] {
            try FileManager.default.createDirectory(
                atPath: folder.path + "/clips/" + word, withIntermediateDirectories: true)
            try folder.write("clips/\(word)/a.wav", Samples.silence(seconds: 1))
        }
        let report = try object(
            Program.run(["evaluate", "model.nir", "--data", "clips", "--json"], in: folder).output)
        #expect(report["clips"] as? Int == 2)
        #expect(report["accuracy"] as? Double == 0.5)
        let classes = try #require(report["classes"] as? [String: [String: Any]])
        #expect(classes["silence"]?["recall"] as? Double == 1)
        #expect(classes["silence"]?["precision"] as? Double == 0.5)
        #expect(classes["yes"]?["recall"] as? Double == 0)
    }

    @Test("stream: a model that reports nothing misses the word and raises no alarm, and pictures are drawn")
    func stream() throws {
        let folder = try folder()
        let outcome = try Program.run(
            [
                "evaluate", "model.nir", "--stream", "sound.wav", "--truth", "truth.csv", "--false-alarms", "sound.wav",
                "--plot-det", "det.svg", "--plot-raster", "raster.svg", "--json",
            ], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let report = try object(outcome.output)
        #expect(report["words"] as? Int == 1)
        #expect(report["hits"] as? Int == 0)
        #expect(report["false_alarms"] as? Int == 0)
        #expect(report["threshold"] as? Double == 0.8)
        #expect((report["false_alarm_streams"] as? [String: Any])?["false_alarms"] as? Int == 0)
        for picture in ["det.svg", "raster.svg"] {
            let text = try String(contentsOfFile: folder.path + "/" + picture, encoding: .utf8)
            #expect(text.hasPrefix("<svg ") && text.hasSuffix("</svg>\n"))
        }
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}
