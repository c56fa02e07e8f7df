import Glibc
import SpikeSignals
import Testing

@testable import SpikeSensors

/// Hostile files: whatever the bytes are, the result is samples within full scale or an error, in bounded memory.
struct AudioFileFuzzTests {
    let folder = TemporaryFolder()

    /// Plays at most 64 blocks; true if every sample was in range.
    private func survives(_ bytes: [UInt8], name: String) -> Bool {
        let path = folder.write(bytes, to: name)
        guard let source = try? AudioFileSource(path: path) else { return true }
        let block = AudioBatch()
        for _ in 0..<64 {
            block.removeAll()
            guard (try? source.read(into: block)) == true else { return true }
            guard block.count <= 1_600, block.samples.allSatisfy({ abs($0) <= AudioBatch.fullScale }) else {
                return false
            }
        }
        return true
    }

    /// Resident memory in bytes.
    private var resident: Int {
        let text = String(decoding: TemporaryFolder.bytes(ofStream: "/proc/self/statm"), as: UTF8.self)
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4_096
    }

    @Test("Mutated headers", arguments: Encoder.formats.keys.sorted())
    func mutations(format: String) throws {
        let whole = folder.file("whole")
        try #require(Encoder.write(noise16(3_000), as: format, to: whole))
        let original = TemporaryFolder.bytes(of: whole)
        var generator = SplitMix64(state: UInt64(format.utf8.reduce(7) { $0 &* 31 &+ Int($1) }))
        let before = resident
        for _ in 0..<150 {
            var bytes = original
            let reach = Bool.random(using: &generator) ? min(bytes.count, 120) : bytes.count
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let edge: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]
                bytes[Int.random(in: 0..<reach, using: &generator)] =
                    Bool.random(using: &generator)
                    ? edge.randomElement(using: &generator) ?? 0 : UInt8.random(in: 0...255, using: &generator)
            }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
            }
            #expect(survives(bytes, name: "mutant"))
        }
        #expect(resident - before < 100_000_000)
    }

    @Test("Random bytes, bare and behind the magic words of each format")
    func randomBytes() {
        var generator = SplitMix64(state: 99)
        let magics = [
            "", "RIFF", "RIFX", "RF64", "fLaC", "OggS", "FORM", "caff", ".snd", "riff", "ID3", "NIST_1A", "Creative",
        ]
        for _ in 0..<100 {
            for magic in magics {
                let count = Int.random(in: 0..<600, using: &generator)
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
                #expect(survives(Array(magic.utf8) + bytes, name: "random"))
            }
        }
    }
}
