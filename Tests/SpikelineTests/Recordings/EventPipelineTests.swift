import Foundation
import SpikeTestSupport
import Testing

@Suite("Pipelines of events") struct EventPipelineTests {
    private func folder(_ tests: String = "", options: String = "", out: String = "out.aedat4") throws
        -> TemporaryFolder
    {
        let folder = try Recordings.folder("own_evt3.raw", "own_txyp.csv", "evt3_back_by_one.raw", "dat_cut.dat")
        let text = """
            sources:
              camera: {type: event_file, path: own_evt3.raw\(options)}
            sinks:
              file: {type: event_recording, inputs: [camera], path: \(out)}
            \(tests)
            """
        try folder.write("events.yaml", Array(text.utf8))
        return folder
    }

    @Test("A recording goes through and comes out the same", arguments: ["out.aedat4", "out.raw", "out.dat", "out.es"])
    func copies(out: String) throws {
        let folder = try folder(out: out)
        let outcome = try Program.run(["run", "events.yaml", "--summary", "-"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let summary = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let stages = try #require(summary["stages"] as? [String: [String: Any]])
        #expect(stages["camera"]?["out"] as? Int == 304 && stages["file"]?["in"] as? Int == 304)
        let object = try Recordings.inspect([out], in: folder)
        #expect(object["events"] as? Int == 304 && object["on"] as? Int == 240)
        #expect(object["sum_t_us"] as? Int == 4_864_743_298 && object["sum_x"] as? Int == 196_285)
        #expect(object["width"] as? Int == 1_280 && object["sum_y"] as? Int == 123_046)
    }

    @Test("--input takes the place of the recording")
    func input() throws {
        let folder = try folder()
        let outcome = try Program.run(["run", "events.yaml", "--input", "own_txyp.csv"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try Recordings.inspect(["out.aedat4"], in: folder)["events"] as? Int == 154)
    }

    @Test("Damage is an error unless the pipeline says otherwise; late events are left out")
    func damage() throws {
        let folder = try folder()
        var outcome = try Program.run(["run", "events.yaml", "--input", "evt3_back_by_one.raw"], in: folder)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("expected no time steps back, found 1 up to byte 176"), "\(outcome.errors)")
        outcome = try Program.run(
            ["run", "events.yaml", "--input", "evt3_back_by_one.raw", "--set", "camera.when_damaged=keep"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let object = try Recordings.inspect(["out.aedat4"], in: folder)
        #expect((object["steps_back"] as? [String: Any])?["count"] as? Int == 0)
        let events = object["events"] as? Int ?? 0
        #expect((1..<9).contains(events))
    }

    @Test("What was met besides events is in the summary, on standard error, and in the records")
    func counts() throws {
        let folder = try folder()
        let text = """
            sources:
              camera: {type: event_file, path: evt3_back_by_one.raw, when_damaged: keep}
            transforms:
              watch: {type: event_watchdog, inputs: [camera]}
            sinks:
              out: {type: jsonl, inputs: [watch], path: out.jsonl}
            """
        try folder.write("watch.yaml", Array(text.utf8))
        for (input, counter, fault) in [
            ("evt3_back_by_one.raw", "time_steps_back", "clock_jump"), ("dat_cut.dat", "damaged_places", "damaged"),
        ] {
            let outcome = try Program.run(["run", "watch.yaml", "--input", input, "--summary", "-"], in: folder)
            #expect(outcome.code == 0, "\(outcome.errors)")
            let summary = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            let stages = try #require(summary["stages"] as? [String: [String: Any]])
            let counters = try #require(stages["camera"]?["counters"] as? [String: Int])
            let inspected = try Recordings.inspect([input], in: folder)["counts"] as? [String: Int]
            #expect(counters.filter { $0.key != "events_out_of_order" } == inspected)
            #expect(counters[counter] == 1)
            let words = counter.split(separator: "_").joined(separator: " ")
            #expect(outcome.errors.contains("spikeline: camera: ") && outcome.errors.contains("1 \(words)"))
            let records = try String(contentsOfFile: folder.path + "/out.jsonl", encoding: .utf8)
            #expect(records.contains("\"kind\": \"sensor_fault\", \"fault\": \"\(fault)\", \"state\": \"passed\""))
            #expect(records.contains("\"stage\": \"camera\""))
        }
    }

    @Test("A file that is none, and a name that says no format, are told at the line")
    func faults() throws {
        var folder = try folder(options: ", format: avi")
        var outcome = try Program.run(["validate", "events.yaml"], in: folder)
        #expect(outcome.code == 2 && outcome.errors.contains("events.yaml:2:"), "\(outcome.errors)")
        folder = try self.folder(out: "out.mp4")
        outcome = try Program.run(["run", "events.yaml"], in: folder)
        #expect(outcome.code == 2)
        #expect(
            outcome.errors.contains(
                "out.mp4: the name does not tell a format that can be written. Say it, as in format: evt3"),
            "\(outcome.errors)")
    }
}
