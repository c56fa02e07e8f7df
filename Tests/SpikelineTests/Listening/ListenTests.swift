import Foundation
import SpikeSensors
import SpikeTestSupport
import Testing

@testable import spikeline

/// `spikeline listen` and `spikeline devices` as people call them.
@Suite struct ListenTests {
    private let sample = SharedData.packageRoot + "/SampleData/keywords.flac"

    private func lines(_ text: String) -> [[String: Any]] {
        text.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    private func wavs(_ path: String) -> [String] { Scratch.names(path).filter { $0.hasSuffix(".wav") } }

    @Test func aFileGivesTheRecordsThatThePipelineGives() throws {
        let folder = try TemporaryFolder()
        let heard = try Program.run(["listen", "--input", sample], in: folder)
        #expect(heard.code == 0, "\(heard.errors)")
        let ran = try Program.run(["run", SharedData.packageRoot + "/Pipelines/keywords.yaml"], in: folder)
        #expect(lines(heard.output).count == lines(ran.output).count && !heard.output.isEmpty)
        #expect(heard.output == ran.output.replacing("\"keywords\"", with: "\"listen\""))
        #expect(heard.errors.isEmpty)
    }

    @Test func aThresholdAndAModelAreTaken() throws {
        let folder = try TemporaryFolder()
        let all = lines(try Program.run(["listen", "--input", sample, "--threshold", "0.3"], in: folder).output)
        let few = lines(try Program.run(["listen", "--input", sample, "--threshold", "0.97"], in: folder).output)
        #expect(few.count < all.count)
        #expect(few.allSatisfy { ($0["score"] as? Double ?? 0) >= 0.97 })
        try folder.write("model.nir", Samples.model())
        let none = try Program.run(["listen", "--input", sample, "--model", "model.nir"], in: folder)
        #expect(none.code == 0 && none.output.isEmpty, "\(none.errors)")
    }

    @Test func clipsOfWordsAndNearMissesAreSaved() throws {
        let folder = try TemporaryFolder()
        let arguments = [
            "listen", "--input", sample, "--threshold", "0.9", "--near-miss", "0.4", "--save-clips", "clips",
        ]
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let words = lines(outcome.output)
        let names = wavs(folder.path + "/clips")
        let near = names.filter { $0.hasSuffix("_near.wav") }
        #expect(names.count - near.count == words.count, "\(names)")
        #expect(!near.isEmpty)
        // The name says when, what and how sure.
        let first = try #require(words.first)
        let word = try #require(first["word"] as? String)
        let name = try #require(names.first { $0.contains("_\(word)_") && !$0.hasSuffix("_near.wav") })
        #expect(name.wholeMatch(of: /\d{5}\.\d{3}s_[a-z]+_0\.\d\d\.wav/) != nil, "\(name)")
        // The clip is the sound of the recording from a second before the word to half a second after it.
        let clip = try AudioClip(path: folder.path + "/clips/" + name).pcm16
        let whole = try AudioClip(path: sample).pcm16
        let from = Int(((first["from_s"] as? Double ?? 0) - 1) * 16_000)
        let to = Int(((first["to_s"] as? Double ?? 0) + 0.5) * 16_000)
        #expect(clip == Array(whole[max(0, from)..<to]))
        // A second run overwrites nothing.
        _ = try Program.run(arguments, in: folder)
        #expect(wavs(folder.path + "/clips").count == 2 * names.count)
    }

    @Test func theNumberOfClipsIsBounded() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(
            ["listen", "--input", sample, "--save-clips", "clips", "--max-clips", "3"], in: folder)
        #expect(outcome.code == 0)
        #expect(wavs(folder.path + "/clips").count == 3)
        #expect(outcome.errors == "clips: holds as many clips as it may; no more are saved\n")
        #expect(lines(outcome.output).count > 3)
    }

    @Test(arguments: [
        (["listen", "--device", "a", "--input", "b"], "--device and --input exclude each other"),
        (["listen", "--threshold", "2"], "--threshold expects a number from 0.01 to 1, found 2.0."),
        (["listen", "--save-clips", "c", "--pre-roll-ms", "99999"], "--pre-roll-ms expects 0 to 10000, found 99999."),
        (["listen", "--device", "no: such"], "no: such: there is no such capture device"),
        (["listen", "--input", "no.wav"], "no.wav: there is no such file"),
    ]) func whatIsWrongIsTold(arguments: [String], complaint: String) throws {
        let outcome = try Program.run(arguments, in: try TemporaryFolder())
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
    }

    @Test func aTerminalGetsWordsForPeople() throws {
        var master: Int32 = 0
        var slave: Int32 = 0
        try #require(unsafe openpty(&master, &slave, nil, nil, nil) == 0)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = ["listen", "--input", sample]
        let terminal = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = terminal
        process.standardError = terminal
        try process.run()
        close(slave)
        // A terminal whose far end has been closed reads as an error.
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while case let count = unsafe read(master, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        close(master)
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(process.terminationStatus == 0)
        #expect(text.contains("    1.96 s  on      0.93  -17 dB"), "\(text)")
        #expect(text.contains(" dB ["))
        #expect(!text.contains("\"kind\""))
    }

    @Test func devicesAreListed() throws {
        var environment = ProcessInfo.processInfo.environment
        environment["ALSA_CONFIG_PATH"] = SoundDevices.configuration
        let folder = try TemporaryFolder()
        let table = try Program.run(["devices"], in: folder, environment: environment)
        #expect(table.code == 0)
        #expect(table.output.contains("quiet ") && table.output.contains("A microphone that hears nothing"))
        let json = try Program.run(["devices", "--json"], in: folder, environment: environment)
        let object = try #require(lines(json.output).first)
        let devices = try #require(object["devices"] as? [[String: String]])
        #expect(devices.contains { $0["name"] == "quiet" && $0["description"] == "A microphone that hears nothing" })
    }
}
