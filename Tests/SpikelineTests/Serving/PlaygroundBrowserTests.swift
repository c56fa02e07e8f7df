import Foundation
import SpikeTestSupport
import Testing

/// Plays in the playground with a real browser.
@Suite(
    "spikeline playground in Chromium",
    .enabled(
        if: PageBrowser.isThere,
        "no chromium, or no .venv with selenium: run Scripts/install-dependencies test and Scripts/test-venv"))
struct PlaygroundBrowserTests {
    /// The address that a program serves; it ends with the value.
    private final class Served {
        let process = Process()
        let address: String

        init(_ arguments: [String]) throws {
            let errors = Pipe()
            process.executableURL = URL(fileURLWithPath: Program.path)
            process.arguments = arguments
            process.standardOutput = FileHandle.nullDevice
            process.standardError = errors
            try process.run()
            // "page: http://127.0.0.1:40123/?token=..."
            let line = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
            address = String(line.dropFirst("page: ".count).prefix { $0 != "?" && $0 != "\n" })
        }

        deinit { process.terminate() }
    }

    @Test("every knob changes drawing and numbers; a phone, a token, and a pipeline beside it")
    func page() throws {
        let folder = try TemporaryFolder()
        let token = "a-token-of-these-tests"
        let file = try folder.write("token", Array((token + "\n").utf8))
        let alone = try Served(["playground", "--page", "127.0.0.1:0"])
        let beside = try Served([
            "serve", SharedData.packageRoot + "/Pipelines/keywords.yaml", "--page", "127.0.0.1:0", "--page-token", file,
        ])
        let pictures = SharedData.packageRoot + "/.build-pictures"
        try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
        let result = try PageBrowser.drive(
            "drive_playground.py", [alone.address, beside.address + "playground?token=" + token, pictures])

        for (name, paper) in [("desk", "rgb(251, 250, 247)"), ("phone", "rgb(18, 22, 26)")] {
            let seen = try #require(result[name] as? [String: Any])
            #expect(seen["cards"] as? [String] == ["neuron", "coding", "stdp", "population"])
            let ink = try #require(seen["ink"] as? [String: Int])
            #expect(ink.count == 4 && ink.values.allSatisfy { $0 > 3_000 }, "\(ink)")
            #expect(
                (seen["numbers"] as? [String: String])?.values.allSatisfy { $0.contains(where: \.isNumber) } == true)
            #expect(seen["overflows"] as? Bool == false && seen["paper"] as? String == paper)
            #expect((seen["foreign"] as? [Any])?.isEmpty == true)
            let complaints = try #require(seen["complaints"] as? [String])
            // The browser notes the one refusal that the script asks for.
            #expect(complaints.allSatisfy { $0.contains("/playground/coding") && $0.contains("400") }, "\(complaints)")
            #expect(complaints.count <= (name == "desk" ? 1 : 0))
        }
        let desk = try #require(result["desk"] as? [String: Any])
        let turned = try #require(desk["turned"] as? [[String: Any]])
        #expect(Set(turned.compactMap { $0["knob"] as? String }) == Set(try #require(desk["knobs"] as? [String])))
        for knob in turned {
            #expect(knob["answered"] as? Bool == true && knob["complaint"] as? String == "", "\(knob)")
            #expect(knob["drawn"] as? Bool == true && knob["counted"] as? Bool == true, "\(knob)")
        }
        let chosen = try #require(desk["chosen"] as? [[String: Any]])
        #expect(chosen.count == 16)
        for choice in chosen {
            #expect(choice["drawn"] as? Bool == true && choice["complaint"] as? String == "", "\(choice)")
        }
        let far = try #require(desk["far"] as? [String: Any])
        let value = try #require(far["value"] as? String)
        #expect((far["asked"] as? String)?.contains("drive_mv=\(value)&") == true)
        #expect((far["told"] as? String)?.contains("a threshold that a value of 1 reaches in the window") == true)
        #expect(far["undone"] as? Bool == true)
    }
}
