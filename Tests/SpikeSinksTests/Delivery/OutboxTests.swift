import Glibc
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSinks

/// Records on the disk.
struct OutboxTests {
    private let folder: String

    init() throws { folder = try Scratch.folder() }

    private func path(_ name: String = "q.outbox") -> String { folder + "/" + name }

    @Test("What was appended is there after the end of the process, in order, with ids and fields")
    func survives() throws {
        defer { Scratch.remove(folder) }
        let records = SampleRecords.outgoing(5)
        do { _ = try Outbox(path: path(), limit: 10).append(records) }
        let outbox = try Outbox(path: path(), limit: 10)
        #expect(outbox.count == 5)
        let found = try outbox.first(3)
        #expect(found.map(\.id) == records.prefix(3).map(\.id))
        #expect(found.map(\.json) == records.prefix(3).map(\.json))
        #expect(found[0].kind == "keyword")
        #expect(found[0].fields["word"] == "yes")
        #expect(found[0].fields["level_db"] == nil)
        try outbox.remove([found[0].key, found[2].key, found[2].key])
        #expect(outbox.count == 3)
        #expect(try outbox.first(9).map(\.id) == [1, 3, 4].map { records[$0].id })
        try outbox.remember("1", as: "a")
        try outbox.remember("2", as: "a")
        #expect(try outbox.recall("a") == "2")
        #expect(try outbox.recall("b") == nil)
    }

    @Test("Of more records than there is room for the oldest go", arguments: [true, false])
    func bound(onDisk: Bool) throws {
        defer { Scratch.remove(folder) }
        let queue: any RecordQueue = onDisk ? try Outbox(path: path(), limit: 4) : MemoryQueue(limit: 4)
        let records = SampleRecords.outgoing(12)
        #expect(try queue.append(Array(records[..<3])) == 0)
        #expect(try queue.append(Array(records[3..<6])) == 2)
        #expect(try queue.first(.max).map(\.id) == records[2..<6].map(\.id))
        #expect(try queue.append(Array(records[6...])) == 6)
        #expect(try queue.first(.max).map(\.id) == records[8...].map(\.id))
        #expect(queue.count == 4)
    }

    @Test("Only one program at a time uses an outbox")
    func inUse() throws {
        defer { Scratch.remove(folder) }
        let outbox = try Outbox(path: path(), limit: 4)
        _ = try outbox.append(SampleRecords.outgoing(1))
        let (text, cause) = complaint { _ = try Outbox(path: path(), limit: 4) }
        #expect(
            text == path() + ": the database is in use by another program. Stop that program, or name another file")
        #expect(cause == .input)
    }

    @Test("A file that is no outbox is refused and stays as it is")
    func foreign() throws {
        defer { Scratch.remove(folder) }
        let words = Array(repeating: UInt8(ascii: "x"), count: 5_000)
        let file = unsafe open(path("text"), O_WRONLY | O_CREAT, 0o600)
        unsafe write(file, words, words.count)
        close(file)
        let text = complaint { _ = try Outbox(path: path("text"), limit: 4) }
        #expect(text.text.hasSuffix("expected an SQLite database, found another kind of file. Name another file"))
        #expect(text.cause == .input)
        do { _ = try SQLiteLogPeer(path: path("log"), limit: nil) }
        let log = complaint { _ = try Outbox(path: path("log"), limit: 4) }
        #expect(log.text.contains("expected a database that spikeline made for this purpose, found another one"))
        let missing = complaint { _ = try Outbox(path: path("none/q"), limit: 4) }
        #expect(missing.text.contains("the database cannot be opened"))
        #expect(missing.cause == .input)
    }

    @Test("A damaged outbox is an error and no trap, wherever the damage is")
    func damage() throws {
        defer { Scratch.remove(folder) }
        do { _ = try Outbox(path: path(), limit: 1_000).append(SampleRecords.outgoing(200)) }
        var generator = Dice(state: 5)
        for round in 0..<60 * Environment.fuzz {
            let copy = path("copy")
            unsafe unlink(copy + "-wal")
            try Tool.run(["cp", path(), copy])
            let file = unsafe open(copy, O_RDWR)
            let size = Int(lseek(file, 0, SEEK_END))
            for _ in 0..<1 + round % 20 {
                var byte = UInt8.random(in: .min ... .max, using: &generator)
                unsafe pwrite(file, &byte, 1, off_t(Int.random(in: 0..<size, using: &generator)))
            }
            close(file)
            do throws(SpikelineError) {
                let outbox = try Outbox(path: copy, limit: 1_000)
                let records = try outbox.first(50)
                try outbox.remove(records.map(\.key))
                _ = try outbox.append(SampleRecords.outgoing(3))
            } catch {
                #expect(error.cause != .defect)
            }
        }
    }
}
