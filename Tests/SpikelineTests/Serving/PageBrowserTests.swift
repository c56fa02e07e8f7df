import Foundation
import SpikeTestSupport
import Testing

/// Drives the page of a running pipeline with a real browser.
@Suite(
    "spikeline serve in Chromium",
    .enabled(
        if: PageBrowser.isThere,
        "no chromium, or no .venv with selenium: run Scripts/install-dependencies test and Scripts/test-venv"))
struct PageBrowserTests {
    @Test("rasters move, words appear, on a desk and a phone, in light and dark; a wrong token is refused")
    func page() throws {
        let folder = try TemporaryFolder()
        let token = "a-token-of-these-tests"
        let file = try folder.write("token", Array((token + "\n").utf8))
        let errors = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = [
            "serve", SharedData.packageRoot + "/Pipelines/keywords.yaml", "--page", "127.0.0.1:0", "--page-token", file,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        defer { process.terminate() }
        // "page: http://127.0.0.1:40123/?token=..."
        let line = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
        let address = String(line.dropFirst("page: ".count).prefix { $0 != "?" })
        let pictures = SharedData.packageRoot + "/.build-pictures"
        try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
        let result = try PageBrowser.drive(
            "drive_page.py", [address + "?token=" + token, pictures, address + "?token=wrong"])
        for (name, paper) in [("desk", "rgb(251, 250, 247)"), ("phone", "rgb(18, 22, 26)")] {
            let seen = try #require(result[name] as? [String: Any])
            let layers = (1...4).map { "stage-brain: layer\($0)" }
            #expect(seen["moves"] as? [String] == ["stage-recording", "stage-ear"] + layers + ["stage-brain"])
            #expect((seen["records"] as? [String])?.last == "on" && seen["status"] as? String == "live")
            #expect(Set(seen["records"] as? [String] ?? []).count == (seen["records"] as? [String])?.count)
            #expect(seen["overflows"] as? Bool == false && seen["paper"] as? String == paper)
            #expect((seen["foreign"] as? [Any])?.isEmpty == true && (seen["complaints"] as? [Any])?.isEmpty == true)
        }
        #expect((result["refused"] as? String)?.hasPrefix("A token is needed") == true)
    }
}
