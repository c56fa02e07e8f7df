import Foundation
import SpikeTestSupport
import Testing

@Suite("spikeline evaluate with gestures") struct GestureEvaluationTests {
    private func evaluate(_ arguments: [String], in folder: borrowing TemporaryFolder) throws -> [String: Any] {
        let outcome = try Program.run(["evaluate", "toy.nir", "--json"] + arguments, in: folder)
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        return try #require(GestureSamples.objects(outcome.output).first)
    }

    @Test("a folder for each class, of mixed formats")
    func folders() throws {
        let folder = try GestureSamples.folder([
            ("data/left/a.aedat4", GestureSamples.events(0, from: 0, to: 1)),
            ("data/left/b.raw", GestureSamples.events(0, from: 5, to: 6)),
            ("data/right/a.dat", GestureSamples.events(1, from: 0, to: 1)),
            ("data/right/wrong.aedat4", GestureSamples.events(0, from: 1, to: 2)),
            ("more/left/a.raw", GestureSamples.events(0, from: 1, to: 2)),
            ("more/jump/a.raw", GestureSamples.events(0, from: 1, to: 2)),
        ])
        let report = try evaluate(["--data", "data"], in: folder)
        #expect(report["clips"] as? Int == 4 && report["accuracy"] as? Double == 0.75 && report["v"] as? Int == 1)
        let classes = try #require(report["classes"] as? [String: [String: Any]])
        #expect(classes["left"]?["recall"] as? Double == 1 && classes["right"]?["recall"] as? Double == 0.5)
        #expect(classes["left"]?["precision"] as? Double == 0.6667 && classes["left"]?["clips"] as? Int == 2)
        let confusion = try #require(report["confusion"] as? [String: Any])
        #expect(confusion["labels"] as? [String] == ["left", "right", "other", "unknown"])
        #expect((confusion["counts"] as? [[Int]])?[1] == [1, 1, 0, 0])
        let windows = try #require(report["windows"] as? [String: Any])
        #expect(windows["count"] as? Int == 20)
        let times = try #require(report["time_to_decision_ms"] as? [String: Any])
        #expect(times["decided"] as? Int == 3 && times["of"] as? Int == 4)
        #expect((100...500).contains(times["median"] as? Double ?? 0))
        #expect(report["synaptic_ops_per_s"] as? Double ?? 0 > 1_000)
        let layers = try #require(report["layers"] as? [[String: Any]])
        #expect(layers.map { $0["name"] as? String } == ["relay", "readout"] && layers[0]["neurons"] as? Int == 2)
        let operations = layers.compactMap { $0["synaptic_ops_per_s"] as? Double }
        #expect(operations.count == 2 && operations.allSatisfy { $0 > 0 })
        #expect(abs(operations.reduce(0, +) - (report["synaptic_ops_per_s"] as? Double ?? 0)) < 1)
        #expect(layers[0]["spikes_per_s"] as? Double == report["spikes_per_s"] as? Double)

        let refused = try Program.run(["evaluate", "toy.nir", "--data", "more"], in: folder)
        #expect(refused.code == 2 && refused.errors.contains("the model has no label for \"jump\""))
        #expect(try evaluate(["--data", "more", "--skip-unknown"], in: folder)["clips"] as? Int == 1)
        let table = try Program.run(["evaluate", "toy.nir", "--data", "data"], in: folder)
        #expect(table.output.hasPrefix("accuracy  75.0 % of 4 recordings"))
    }

    @Test("recordings that do not say the size of their sensor are taken for a usual one, or what --size says")
    func unknownSize() throws {
        let folder = try GestureSamples.folder([("data/right/a.csv", GestureSamples.events(1, from: 0, to: 1))])
        let guessed = try Program.run(["evaluate", "toy.nir", "--data", "data"], in: folder)
        // The right half of 64 columns is in the left half of 128.
        #expect(guessed.code == 0 && guessed.output.hasPrefix("accuracy  0.0 % of 1 recordings"), "\(guessed.output)")
        #expect(guessed.errors.contains("1 recordings do not say the size of the sensor"))
        #expect(guessed.errors.contains("data/right/a.csv, taken for 128 x 128"), "\(guessed.errors)")
        let report = try evaluate(["--data", "data", "--size", "64x64"], in: folder)
        #expect(report["accuracy"] as? Double == 1)
    }

    @Test("options for gestures are refused for other models", arguments: ["--skip-unknown", "--size", "--crop"])
    func otherModels(option: String) throws {
        let folder = try TemporaryFolder()
        let value = ["--size": ["64x64"], "--crop": ["whole"]][option] ?? []
        let keywords = SharedData.packageRoot + "/Pipelines/Models/keywords.nir"
        let outcome = try Program.run(["evaluate", keywords, "--data", ".", option] + value, in: folder)
        #expect(outcome.code == 2 && outcome.errors.contains("\(option) is for gesture models"), "\(outcome.errors)")
    }

    @Test("of a large sensor the part in which something happens is looked at, or what --crop says")
    func part() throws {
        func recordings(_ corner: (x: Int, y: Int)) -> String {
            GestureSamples.events(0, from: 10, to: 11.5, corner: corner)
                + GestureSamples.events(1, from: 12, to: 13.5, corner: corner)
        }
        let (high, low) = ((x: 20, y: 10), (x: 500, y: 400))
        let folder = try GestureSamples.folder(
            [
                ("classes/left/a.raw", GestureSamples.events(0, from: 0, to: 1, corner: high)),
                ("classes/right/a.dat", GestureSamples.events(1, from: 0, to: 1, corner: low)),
                ("classes/other/a.dat", recordings(low)), ("trials/user01_led.raw", recordings(high)),
            ], size: "640x480")
        let labels = "class,startTime_usec,endTime_usec\n1,10000000,11400000\n2,12000000,13400000\n"
        try folder.write("trials/user01_led_labels.csv", Array(labels.utf8))
        // One side alone is a window of 32 x 64 pixels, whose middle is neither left nor right: only "other" is found.
        #expect(try evaluate(["--data", "classes"], in: folder)["accuracy"] as? Double == 0.3333)
        let right = try evaluate(["--data", "classes", "--crop", "500,400,64,64"], in: folder)
        let classes = try #require(right["classes"] as? [String: [String: Any]])
        #expect(classes["right"]?["recall"] as? Double == 1 && classes["left"]?["recall"] as? Double == 0)
        let model = try GestureSamples.model(labels: ["hand_clapping", "right_hand_wave", "other"])
        try folder.write("toy.nir", model)
        #expect(try evaluate(["--data", "trials"], in: folder)["accuracy"] as? Double == 1)
        #expect(try evaluate(["--data", "trials", "--crop", "whole"], in: folder)["accuracy"] as? Double != 1)
    }

    @Test("the layout of DVS128 Gesture: labels beside recordings, and a list of those that count")
    func trials() throws {
        // The classes of the data set are hand_clapping (1) and right_hand_wave (2); the toy model sees left and right.
        let text = GestureSamples.events(0, from: 10, to: 11.5) + GestureSamples.events(1, from: 12, to: 13.5)
        let folder = try GestureSamples.folder([("data/user01_led.raw", text), ("data/user02_led.raw", text)])
        let labels = "class,startTime_usec,endTime_usec\n1,10000000,11400000\n2,12000000,13400000\n"
        for user in ["user01_led", "user02_led"] { try folder.write("data/\(user)_labels.csv", Array(labels.utf8)) }
        try folder.write("data/trials_to_test.txt", Array("user02_led.aedat\n".utf8))
        let refused = try Program.run(["evaluate", "toy.nir", "--data", "data"], in: folder)
        #expect(refused.errors.contains("no label for \"hand_clapping\", \"right_hand_wave\""), "\(refused.errors)")
        let model = try GestureSamples.model(labels: ["hand_clapping", "right_hand_wave", "other"])
        try folder.write("toy.nir", model)
        let report = try evaluate(["--data", "data"], in: folder)
        #expect(report["clips"] as? Int == 2 && report["accuracy"] as? Double == 1)
        let all = try evaluate(["--data", "data", "--trials", "none"], in: folder)
        #expect(all["clips"] as? Int == 4 && all["accuracy"] as? Double == 1)
        try folder.write("data/user01_led_labels.csv", Array("class,a,b\n12,1,2\n".utf8))
        let wrong = try Program.run(["evaluate", "toy.nir", "--data", "data", "--trials", "none"], in: folder)
        #expect(wrong.code == 2 && wrong.errors.contains("user01_led_labels.csv:2: expected class (1 to 11)"))
    }

    @Test(
        "recordings of another emulator are read and counted",
        .enabled(if: SharedData.has("gestures-dev"), "needs the shared recordings"))
    func shared() throws {
        let folder = try TemporaryFolder()
        let model = try GestureSamples.model(labels: ["left_hand_wave", "right_hand_wave", "other"])
        try folder.write("toy.nir", model)
        let data = try #require(SharedData.path("gestures-dev"))
        let report = try evaluate(["--data", data, "--skip-unknown"], in: folder)
        #expect(report["clips"] as? Int == 46)
    }

    @Test("a pipeline reports gestures, and tests expect them")
    func pipeline() throws {
        let text = GestureSamples.events(0, from: 0, to: 1.5) + GestureSamples.events(1, from: 1.5, to: 3)
        let folder = try GestureSamples.folder([("a.raw", text)])
        let yaml = """
            sources:
              camera: {type: event_file, path: a.raw}
            transforms:
              grid:  {type: event_grid, inputs: [camera]}
              brain: {type: network, inputs: [grid], model: toy.nir}
              hands: {type: gesture, inputs: [brain], report: both}
            sinks:
              console: {type: jsonl, inputs: [hands], path: "-"}
            tests:
              - name: sees left, then right
                insert: {at: grid, file: a.raw}
                expect:
                  - {from: hands, gesture: left, between_ms: [1500, 2200]}
                  - {from: hands, gesture: right, count: 2}
            """
        try folder.write("gesture.yaml", Array(yaml.utf8))
        let run = try Program.run(["run", "gesture.yaml"], in: folder)
        #expect(run.code == 0, "\(run.errors)")
        let records = try GestureSamples.objects(run.output)
        #expect(records.map { $0["gesture"] as? String } == ["left", "left", "right", "right"])
        #expect(records.map { $0["state"] as? String } == ["onset", "end", "onset", "end"])
        let test = try Program.run(["test", "gesture.yaml"], in: folder)
        #expect(test.code == 0, "\(test.output)\(test.errors)")
    }
}
