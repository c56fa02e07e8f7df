import Foundation
import SpikeSensors
import SpikeTestSupport
import Testing

@testable import spikeline

/// Words that come through a real sound server, live.
@Suite(.enabled(if: SoundServer.isThere, "\(SoundServer.lack ?? "")"), .serialized)
struct ListenLiveTests {
    private func lines(_ path: String) -> [[String: Any]] {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    private func wait(seconds: Double, until isDone: () -> Bool) {
        for _ in 0..<Int(seconds * 20) where !isDone() { usleep(50_000) }
    }

    @Test func wordsAreHeardBeforeAndAfterThePlugIsPulled() throws {
        let server = try SoundServer()
        let number = try server.plugIn()
        let folder = try TemporaryFolder()
        let output = try folder.write("out.jsonl", [])
        let errors = try folder.write("errors.txt", [])
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = ["listen", "--device", server.microphone, "--save-clips", folder.path + "/clips"]
        process.environment = server.environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        // The first 12 seconds of the sample: on, off, left, go, stop.
        let sample = SharedData.packageRoot + "/SampleData/keywords.flac"
        let speech = folder.path + "/speech.wav"
        try cut(sample, seconds: 12, to: speech)
        sleep(1)
        try server.play(speech)
        func words() -> [String] { lines(output).compactMap { $0["word"] as? String } }
        wait(seconds: 5) { words().contains("stop") }
        let before = words()
        // Under load a server may drop sound, so not every word has to be heard.
        #expect(Set(before).intersection(["on", "off", "left", "go", "stop"]).count >= 3, "\(before)")

        func faults() -> [String] {
            lines(output).compactMap { line in
                (line["fault"] as? String).map { $0 + " " + (line["state"] as? String ?? "") }
            }
        }
        try server.pullOut(number)
        wait(seconds: 5) { faults().contains("dead onset") }
        #expect(faults().contains("dead onset"), "\(faults())")
        _ = try server.plugIn()
        wait(seconds: 15) { faults().contains("dead clear") }
        #expect(faults().contains("dead clear"), "\(faults())")
        try server.play(speech)
        wait(seconds: 5) { words().count >= before.count + 3 }
        #expect(words().count >= before.count + 3, "\(words())")

        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let told = try String(contentsOfFile: errors, encoding: .utf8)
        #expect(told.contains("microphone: \(server.microphone) is gone ("), "\(told)")
        #expect(told.contains(" is back after "))
        let clips = Scratch.names(folder.path + "/clips")
        #expect(
            clips.contains { $0.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z_[a-z]+_0\.\d\d\.wav/) != nil })
    }

    private func cut(_ file: String, seconds: Int, to path: String) throws {
        let clip = try AudioClip(path: file)
        let samples = clip.pcm16.prefix(16_000 * seconds)
        try Data(WAVFile.bytes(Array(samples), rate: 16_000)).write(to: URL(fileURLWithPath: path))
    }
}
