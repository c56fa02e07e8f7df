import Foundation
import SpikeTestSupport
import Testing

/// What signals do to `spikeline run`, and what it tells a service manager, which is a socket of the test's.
@Suite("spikeline run as a service") struct ServiceTests {
    @Test(
        "HUP takes up a changed file if it is right, keeps what runs if it is wrong, and TERM ends it within a second")
    func reload() throws {
        let folder = try TemporaryFolder()
        let service = try Service(folder.path, pipeline: Service.pipeline(name: "first"))
        #expect(service.waits(for: "READY=1\nSTATUS=running first"))
        #expect(service.waits(for: "WATCHDOG=1"))

        try Service.pipeline(name: "second").replacingOccurrences(of: "jsonl", with: "jsonlines")
            .write(toFile: folder.path + "/p.yaml", atomically: true, encoding: .utf8)
        kill(service.process.processIdentifier, SIGHUP)
        #expect(service.waits(for: "RELOADING=1\nMONOTONIC_USEC="))
        #expect(service.waits(for: "the last reload was refused"))
        service.forget()
        #expect(service.waits(for: "WATCHDOG=1"), "the old pipeline has stopped")

        try Service.pipeline(name: "second").write(toFile: folder.path + "/p.yaml", atomically: true, encoding: .utf8)
        kill(service.process.processIdentifier, SIGHUP)
        #expect(service.waits(for: "READY=1\nSTATUS=running second"))
        service.forget()
        #expect(service.waits(for: "WATCHDOG=1"))

        let before = Date()
        service.process.terminate()
        service.process.waitUntilExit()
        #expect(service.process.terminationReason == .exit && service.process.terminationStatus == 0)
        #expect(Date().timeIntervalSince(before) < 1)
        #expect(service.waits(for: "STOPPING=1"))
        let errors = try String(contentsOfFile: folder.path + "/errors", encoding: .utf8)
        #expect(errors.contains("jsonlines") && errors.contains("the file is wrong; what runs goes on"))
        #expect(errors.contains("reload: second runs as its file says now"))
    }

    @Test("a paced run ends within a second of TERM and INT", arguments: [SIGTERM, SIGINT])
    func ending(signal: Int32) throws {
        let folder = try TemporaryFolder()
        let service = try Service(folder.path, pipeline: Service.pipeline(name: "only"))
        #expect(service.waits(for: "READY=1"))
        let before = Date()
        kill(service.process.processIdentifier, signal)
        service.process.waitUntilExit()
        #expect(service.process.terminationReason == .exit && service.process.terminationStatus == 0)
        #expect(Date().timeIntervalSince(before) < 1)
    }

    @Test(
        "a run that waits on a pipe which says nothing ends within a second of TERM, for sound and for events",
        arguments: ["keywords.yaml", "gesture.yaml"])
    func silentPipe(pipeline: String) throws {
        let silence = Pipe()
        let errors = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = ["run", SharedData.packageRoot + "/Pipelines/" + pipeline, "--input", "-"]
        process.standardInput = silence
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        // A signal before it listens would end it in another way; then it waits for its first byte.
        for _ in 0..<1_000 where !Self.catches(SIGTERM, process.processIdentifier) { usleep(10_000) }
        usleep(200_000)
        let before = Date()
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        #expect(Date().timeIntervalSince(before) < 1)
        #expect(errors.fileHandleForReading.availableData.isEmpty)
        withExtendedLifetime(silence) {}
    }

    /// Whether a process has a handler for a signal, as /proc tells.
    private static func catches(_ signal: Int32, _ process: Int32) -> Bool {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
        let mask = line.flatMap { UInt64($0.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16) } ?? 0
        return mask >> UInt64(signal - 1) & 1 == 1
    }

    @Test("doctor tells what is wrong with a pipeline, as text and JSON, with exit code 2")
    func doctor() throws {
        let folder = try TemporaryFolder()
        let good = try folder.write("good.yaml", Array(Service.pipeline(name: "good").utf8))
        let outcome = try Program.run(["doctor", good, "--json"], in: folder)
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(report["problems"] as? Int == 0 && outcome.code == 0, "\(outcome.output)")
        #expect((report["findings"] as? [Any])?.isEmpty == false)

        let faults = [
            ("type: cochlea", "type: cochlear", "cochlea"),
            ("keywords.flac", "nobody.flac", "nobody.flac"),
            ("keywords.nir", "nobody.nir", "nobody.nir"),
        ]
        for (right, wrong, told) in faults {
            let text = Service.pipeline(name: "bad").replacingOccurrences(of: right, with: wrong)
            let bad = try folder.write("bad.yaml", Array(text.utf8))
            let outcome = try Program.run(["doctor", bad], in: folder)
            #expect(outcome.code == 2 && outcome.output.contains("problem"), "\(wrong): \(outcome.output)")
            #expect(outcome.output.contains(told))
        }
    }
}

/// A paced run whose service manager is the test.
private final class Service {
    let process = Process()
    private let socket: Int32
    private var heard = ""

    /// The sample recording at the speed of life, which takes a minute.
    static func pipeline(name: String) -> String {
        """
        name: \(name)
        sources:
          sound: {type: audio_file, path: \(SharedData.packageRoot)/SampleData/keywords.flac}
        transforms:
          ear:   {type: cochlea, inputs: [sound]}
          brain: {type: network, inputs: [ear], model: \(SharedData.packageRoot)/Pipelines/Models/keywords.nir}
          words: {type: keyword, inputs: [brain]}
        sinks:
          out: {type: jsonl, inputs: [words], path: "-"}

        """
    }

    init(_ folder: String, pipeline: String) throws {
        try pipeline.write(toFile: folder + "/p.yaml", atomically: true, encoding: .utf8)
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = folder + "/notify"
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        _ = FileManager.default.createFile(atPath: folder + "/errors", contents: nil)
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = ["run", "--paced", folder + "/p.yaml"]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"]
        ) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: folder + "/errors"))
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        close(socket)
    }

    /// Forgets what was heard.
    func forget() {
        hear()
        heard = ""
    }

    /// Whether the service says `text` within ten seconds, or has said it since it was last forgotten.
    func waits(for text: String) -> Bool {
        for _ in 0..<500 {
            hear()
            if heard.contains(text) { return true }
            usleep(20_000)
        }
        return false
    }

    private func hear() {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
            }
            guard count > 0 else { return }
            heard += String(decoding: buffer.prefix(count), as: UTF8.self) + "\n"
        }
    }
}
