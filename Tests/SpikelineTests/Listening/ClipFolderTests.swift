import Foundation
import SpikeSensors
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import spikeline

@Suite struct ClipFolderTests {
    private func files(_ path: String) -> [String] { Scratch.names(path).filter { $0.hasSuffix(".wav") } }

    @Test func aClipIsAWAVFileThatOthersRead() throws {
        let folder = try TemporaryFolder()
        let clips = try ClipFolder(folder.path + "/a/b", limit: 10)
        let samples: [Int16] = [0, 1, -1, 32_767, -32_768, 1_234]
        let path = try clips.save(samples, rate: 16_000, name: "yes")
        #expect(path == folder.path + "/a/b/yes.wav")
        #expect(try AudioClip(path: path).pcm16 == samples)
    }

    @Test func nothingIsOverwritten() throws {
        let folder = try TemporaryFolder()
        try folder.write("yes.wav", Array("mine".utf8))
        let clips = try ClipFolder(folder.path, limit: 10)
        for _ in 0..<2 { _ = try clips.save([1], rate: 16_000, name: "yes") }
        #expect(files(folder.path) == ["yes-2.wav", "yes-3.wav", "yes.wav"])
        #expect(try String(contentsOfFile: folder.path + "/yes.wav", encoding: .utf8) == "mine")
    }

    @Test func clipsOfEarlierRunsCount() throws {
        let folder = try TemporaryFolder()
        for name in ["a.wav", "b.wav", "c.txt"] { try folder.write(name, [1]) }
        let clips = try ClipFolder(folder.path, limit: 3)
        #expect(!clips.isFull)
        _ = try clips.save([1], rate: 16_000, name: "d")
        #expect(clips.isFull)
        #expect(try ClipFolder(folder.path, limit: 3).isFull)
    }

    @Test func aFileInThePlaceOfTheFolderIsRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write("clips", [1])
        #expect(throws: SpikelineError.self) { try ClipFolder(folder.path + "/clips/in", limit: 3) }
    }

    @Test func namesAreInTheOrderOfTimeAndPlain() {
        #expect(ClipRecorder.streamTime(StreamTime(nanoseconds: 12_340_000_000)) == "00012.340s")
        #expect(ClipRecorder.streamTime(StreamTime(nanoseconds: 123_456_789_000_000)) == "123456.789s")
        #expect(ClipRecorder.plain("../ä b") == "___ä_b")
        #expect(ClipRecorder.plain(String(repeating: "x", count: 99)).count == 40)
    }
}
