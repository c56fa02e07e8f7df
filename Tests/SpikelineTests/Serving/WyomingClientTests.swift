import Foundation
import SpikeSensors
import SpikeTestSupport
import Testing

/// Lets the public Python package `wyoming` talk with the program.
@Suite(
    "spikeline wyoming",
    .enabled(if: WyomingClient.isThere, "no .venv with the Python package wyoming: run Scripts/test-venv"))
struct WyomingClientTests {
    @Test("finds for each of several clients at once what the pipeline finds, over TCP and a Unix socket")
    func detections() throws {
        let folder = try TemporaryFolder()
        let sound = try WyomingClient.sampleWords(in: folder)
        let socket = folder.path + "/w.sock"
        let service = try WyomingService(["--listen", "127.0.0.1:0", "--listen", "unix:" + socket])
        let words = ["on", "off", "left", "go", "stop"]
        for (client, count, names) in [(service.address, 8, []), ("unix://" + socket, 1, ["left", "stop"])] {
            let answers = try WyomingClient.run([client, sound, String(count)] + names)
            #expect(answers.count == count)
            for answer in answers {
                #expect((answer["models"] as? [String])?.count == 10)
                let found = (answer["detections"] as? [[Any]] ?? []).compactMap { $0.first as? String }
                #expect(found == (names.isEmpty ? words : names))
                #expect(answer["not_detected"] as? Int == 0)
                let first = (answer["detections"] as? [[Any]])?.first?.last as? Int ?? 0
                #expect(names.isEmpty ? (1_700...2_100).contains(first) : (5_000...5_600).contains(first))
            }
        }
        let none = try WyomingClient.run([service.address, sound, "1", "yes"])
        #expect(none.first?["not_detected"] as? Int == 1)
        #expect(service.stop() == 0)
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    @Test("lets other machines in only when asked to, and tells what is wrong with an address")
    func refusals() throws {
        let folder = try TemporaryFolder()
        for (address, text) in [
            ("0.0.0.0:10477", "--allow-remote"), ("nonsense", "host:port"), ("127.0.0.1:99999", "host:port"),
        ] {
            let outcome = try Program.run(["wyoming", "--listen", address], in: folder)
            #expect(outcome.code == 2 && outcome.errors.contains(text), "\(outcome.errors)")
        }
    }
}

/// The running service.
private final class WyomingService {
    let address: String
    private let process = Process()

    init(_ arguments: [String]) throws {
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments =
            ["wyoming", "--model", SharedData.packageRoot + "/Pipelines/Models/keywords.nir"] + arguments
        process.standardError = errors
        try process.run()
        // "wyoming: listening at 127.0.0.1:40123, unix:..."
        let line = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
        let words = line.split(whereSeparator: { " ,\n".contains($0) })
        address = "tcp://" + (words.first { $0.hasPrefix("127.0.0.1:") } ?? "")
    }

    /// Asks it to end; its exit code.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -1
    }

    deinit { if process.isRunning { process.terminate() } }
}

/// The Python client of `Scripts/wyoming_client.py`.
private enum WyomingClient {
    static let python = SharedData.packageRoot + "/.venv/bin/python3"

    static let isThere: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", "import wyoming"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// The first twelve seconds of the sample recording, as WAV.
    static func sampleWords(in folder: borrowing TemporaryFolder) throws -> String {
        let path = folder.path + "/words.wav"
        let clip = try AudioClip(path: SharedData.packageRoot + "/SampleData/keywords.flac")
        let samples = clip.samples.prefix(12 * 16_000).map { Int16(truncatingIfNeeded: $0 >> 8) }
        try Data(WAVFile.bytes(samples, rate: 16_000)).write(to: URL(fileURLWithPath: path))
        return path
    }

    static func run(_ arguments: [String]) throws -> [[String: Any]] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [SharedData.packageRoot + "/Scripts/wyoming_client.py"] + arguments
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try bytes.split(separator: UInt8(ascii: "\n")).map {
            try JSONSerialization.jsonObject(with: $0) as? [String: Any] ?? [:]
        }
    }
}
