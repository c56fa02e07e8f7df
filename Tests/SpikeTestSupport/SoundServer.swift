import Foundation
import SpikeSignals

/// Capture devices of ALSA that need no hardware, for this process and those it starts.
public enum SoundDevices {
    /// The configuration with the devices `raw:FILE`, `rate48:FILE`, `stereo:FILE` and `monitor:SERVER=...,DEVICE=...`.
    public static let configuration = SharedData.packageRoot + "/Tests/SpikeSensorsTests/Fixtures/asound.conf"

    /// Makes ALSA in this process read that configuration, and no other; call it before ALSA is used.
    public static let areSetUp: Void = {
        unsafe setenv("ALSA_CONFIG_PATH", configuration, 1)
    }()
}

/// A PulseAudio server of its own, with a sink that plays into nothing and whose monitor is a microphone that keeps time.
///
/// Unloading the sink pulls the plug of that microphone.
public final class SoundServer {
    /// What is missing to run one; nil if nothing is.
    public static let lack: String? = {
        for program in ["pulseaudio", "pactl", "paplay"] where path(of: program) == nil {
            return "\(program) is not installed: Scripts/install-dependencies test"
        }
        let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/lib64"]
        let plugin = "/alsa-lib/libasound_module_pcm_pulse.so"
        guard folders.contains(where: { FileManager.default.fileExists(atPath: $0 + plugin) }) else {
            return "ALSA has no plugin for PulseAudio: Scripts/install-dependencies test"
        }
        return nil
    }()

    /// Whether one can be run; for `.enabled(if:)` traits.
    public static var isThere: Bool { lack == nil }

    private let folder: String
    private var number: Int32

    /// Starts a server without any sink.
    public init() throws {
        folder = try Scratch.folder()
        try FileManager.default.createDirectory(atPath: folder + "/pulse", withIntermediateDirectories: true)
        // The server wants its folder for itself.
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder + "/pulse")
        let script = folder + "/server.pa"
        try "load-module module-native-protocol-unix auth-anonymous=1\n".write(
            toFile: script, atomically: true, encoding: .utf8)
        number = 0
        try start()
    }

    /// Starts the server, or starts it again after it was stopped.
    public func start() throws {
        // The server closes all files that it inherits. Foundation would take that for its end and then wait for it, and for
        // no other process meanwhile; so a shell starts it and goes. One that is forgotten ends by itself.
        let command = "pulseaudio -n -F \(folder)/server.pa --exit-idle-time=60 --daemonize=no --log-target=null"
        let shell = try run("sh", ["-c", command + " </dev/null >/dev/null 2>&1 & echo $!"])
        number = Int32(shell.filter(\.isNumber)) ?? 0
        for _ in 0..<200 {
            if FileManager.default.fileExists(atPath: socket), (try? control(["info"])) != nil { return }
            usleep(50_000)
        }
        throw SpikelineError("the sound server does not start")
    }

    /// Ends the server at once, as if it had crashed.
    public func stop() {
        guard number > 0 else { return }
        kill(number, SIGKILL)
        for _ in 0..<100 where kill(number, 0) == 0 { usleep(20_000) }
        number = 0
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Where the server listens.
    public var socket: String { folder + "/pulse/native" }

    /// What ALSA calls the microphone that hears what is played.
    public var microphone: String { "monitor:SERVER=\(socket),DEVICE=spike.monitor" }

    /// Plugs the microphone in; the number to pull it out with.
    public func plugIn() throws -> Int {
        let text = try control(["load-module", "module-null-sink", "sink_name=spike", "rate=48000"])
        return Int(text.filter(\.isNumber)) ?? -1
    }

    /// Pulls the microphone out.
    public func pullOut(_ number: Int) throws { _ = try control(["unload-module", String(number)]) }

    /// Plays a sound file and waits for its end.
    public func play(_ file: String) throws {
        _ = try run("paplay", ["--server=" + socket, "--device=spike", "--latency-msec=50", file])
    }

    /// What programs need to know that use ALSA with this server.
    public var environment: [String: String] {
        var variables = ProcessInfo.processInfo.environment
        variables["XDG_RUNTIME_DIR"] = folder
        variables["HOME"] = folder
        variables["PULSE_RUNTIME_PATH"] = folder + "/pulse"
        variables["ALSA_CONFIG_PATH"] = SoundDevices.configuration
        return variables
    }

    @discardableResult
    private func control(_ arguments: [String]) throws -> String { try run("pactl", ["-s", socket] + arguments) }

    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = SoundServer.path(of: program)
        process.arguments = arguments
        process.environment = environment
        process.standardError = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw SpikelineError(
                "\(program) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func path(of program: String) -> URL? {
        ["/usr/bin/", "/usr/local/bin/", "/bin/"].map { $0 + program }
            .first { FileManager.default.isExecutableFile(atPath: $0) }.map { URL(fileURLWithPath: $0) }
    }
}
