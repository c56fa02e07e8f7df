import SpikeSignals
import SpikeSinks

/// SHA-256 as names of files.
enum Digest {
    /// Of `bytes`, in hexadecimal.
    static func of(_ bytes: [UInt8]) -> String { SHA256.hexadecimal(SHA256.hash(bytes)) }

    /// Whether `text` is 64 hexadecimal digits in lower case.
    static func isValid(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}

/// Files in a stream, cut into messages and named by their SHA-256; the library of Debian 12 has no object store.
///
/// A file that is stored twice is stored once, and what comes back is what was stored or an error.
struct ChunkStore {
    /// The size of a chunk in bytes; a quarter of what a server takes by default.
    static let chunk = 256 << 10

    let stream: JetStream
    let fleet: Fleet

    private func subject(_ digest: String, _ index: Int) -> String { fleet.subject("files", "\(digest).\(index)") }

    /// Stores `bytes` and gives their digest.
    func put(_ bytes: [UInt8]) throws(SpikelineError) -> Job.Upload {
        let digest = Digest.of(bytes)
        var index = 0
        for start in stride(from: 0, to: bytes.count, by: ChunkStore.chunk) {
            let part = Array(bytes[start..<min(start + ChunkStore.chunk, bytes.count)])
            _ = try stream.store(part, on: subject(digest, index), id: "\(digest).\(index)", isOnly: true)
            index += 1
        }
        return Job.Upload(digest: digest, bytes: bytes.count)
    }

    /// Fetches what has this digest, if its size is at most `largest`.
    func get(_ upload: Job.Upload, largest: Int) throws(SpikelineError) -> [UInt8] {
        guard upload.bytes <= largest else {
            throw SpikelineError(
                "the recording has \(upload.bytes) bytes, expected at most \(largest)", at: upload.digest,
                hint: "Raise --largest-mb of the worker")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(upload.bytes)
        var index = 0
        while bytes.count < upload.bytes {
            guard let part = try stream.last(of: fleet.files, on: subject(upload.digest, index)), !part.isEmpty else {
                throw SpikelineError(
                    "chunk \(index) of the uploaded recording is not there (any more)", at: upload.digest,
                    hint: "Submit it again")
            }
            guard part.count <= upload.bytes - bytes.count else {
                throw SpikelineError("the uploaded recording is longer than its job says", at: upload.digest)
            }
            bytes += part
            index += 1
        }
        guard Digest.of(bytes) == upload.digest else {
            throw SpikelineError("the uploaded recording is damaged: its SHA-256 is another", at: upload.digest)
        }
        return bytes
    }
}
