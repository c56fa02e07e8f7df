import Glibc
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// Sound from pipes, and the limits of the temporary copy.
@Suite(.serialized)
struct SoundInputTests {
    let folder = TemporaryFolder()

    /// The reading end of a pipe that a thread fills with `bytes`.
    private func pipe(of bytes: [UInt8]) -> Int32 {
        var ends: [Int32] = [0, 0]
        _ = unsafe Glibc.pipe(&ends)
        let writer = ends[1]
        inThread {
            _ = unsafe bytes.withUnsafeBytes { unsafe write(writer, $0.baseAddress, $0.count) }
            close(writer)
        }
        return ends[0]
    }

    @Test("Standard input delivers what the file delivers, from a pipe and from a file")
    func standardInput() throws {
        let samples = noise16(60_000)
        let path = folder.file("a.flac")
        try #require(Encoder.write(samples, as: "flac", to: path))
        let saved = dup(0)
        defer {
            dup2(saved, 0)
            close(saved)
        }
        let reading = pipe(of: TemporaryFolder.bytes(of: path))
        dup2(reading, 0)
        close(reading)
        #expect(try AudioClip(path: "-").pcm16 == samples)
        let file = unsafe open(path, O_RDONLY)
        dup2(file, 0)
        close(file)
        #expect(try AudioClip(path: "-").pcm16 == samples)
        let null = unsafe open("/dev/null", O_RDONLY)
        dup2(null, 0)
        close(null)
        #expect(
            message { _ = try AudioClip(path: "-") }
                == "standard input: expected a sound file, found a device. Give a file, or pipe one into standard input"
        )
    }

    @Test("A named pipe is read like a file")
    func namedPipe() throws {
        let bytes = WAVBytes.pcm16(noise16(1_000))
        let path = folder.file("pipe")
        unsafe mkfifo(path, 0o600)
        inThread {
            let writer = unsafe open(path, O_WRONLY)
            _ = unsafe bytes.withUnsafeBytes { unsafe write(writer, $0.baseAddress, $0.count) }
            close(writer)
        }
        #expect(try AudioClip(path: path).pcm16 == noise16(1_000))
    }

    @Test("A pipe of nothing, and one of more than the limit, are told apart")
    func limits() throws {
        let none = pipe(of: [])
        #expect(
            message { _ = try Spool.copy(of: none, name: "standard input") }
                == "standard input: expected a sound file, found nothing (0 bytes). Copy or record it again")
        let much = pipe(of: Array(repeating: 1, count: 2_000))
        #expect(
            message { _ = try Spool.copy(of: much, name: "standard input", limit: 1_000) }
                == "standard input: expected at most 1,000 bytes from a pipe, found more. "
                + "Save it to a file and give its path")
        close(none)
        close(much)
        let fits = pipe(of: Array(repeating: 7, count: 2_000))
        let copy = try Spool.copy(of: fits, name: "standard input", limit: 2_000)
        #expect(lseek(copy, 0, SEEK_END) == 2_000)
        close(copy)
        close(fits)
    }
}
