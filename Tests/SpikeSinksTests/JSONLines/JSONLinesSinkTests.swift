import Glibc
import SpikeSignals
import SpikeSinks
import SpikeTestSupport
import Testing

/// Records as lines of a file, and what happens when the file cannot take them.
struct JSONLinesSinkTests {
    let folder = TemporaryFolder()
    private let line =
        #"{"v": 1, "kind": "keyword", "word": "yes", "score": 0.930, "at_s": 1.240, "from_s": 0.700, "to_s": 1.150, "#
        + #""level_db": null, "pipeline": "p", "stage": "words", "seq": "#

    private func message(_ body: () throws -> Void) -> (text: String, cause: SpikelineError.Cause?) {
        do {
            try body()
            return ("no error", nil)
        } catch let error as SpikelineError {
            return (error.description.replacing(folder.path + "/", with: ""), error.cause)
        } catch { return ("\(error)", nil) }
    }

    @Test("Each record is one line, in the file before the next batch comes")
    func lines() throws {
        let path = folder.file("a.jsonl")
        let sink = try JSONLinesSink(path: path)
        try sink.consume(batch([1, 2]))
        #expect(TemporaryFolder.text(of: path) == line + "1}\n" + line + "2}\n")
        try sink.consume(batch([]))
        try sink.consume(batch([3]))
        try sink.finish()
        try sink.finish()
        #expect(TemporaryFolder.text(of: path) == line + "1}\n" + line + "2}\n" + line + "3}\n")
    }

    @Test("What a file held goes with the first record, unless it is appended to")
    func existing() throws {
        let path = folder.file("a.jsonl")
        try JSONLinesSink(path: path).consume(batch([1]))
        let second = try JSONLinesSink(path: path)
        #expect(TemporaryFolder.text(of: path) == line + "1}\n")
        try second.consume(batch([2]))
        #expect(TemporaryFolder.text(of: path) == line + "2}\n")
        try JSONLinesSink(path: path, append: true).consume(batch([3]))
        #expect(TemporaryFolder.text(of: path) == line + "2}\n" + line + "3}\n")
        try JSONLinesSink(path: path).finish()
        #expect(TemporaryFolder.text(of: path) == "")
    }

    @Test("A full disk is a loss")
    func fullDisk() throws {
        let sink = try JSONLinesSink(path: "/dev/full")
        let (text, cause) = message { try sink.consume(batch([1])) }
        #expect(text == "/dev/full: there is no room left to write to. Free some, or write to another disk")
        #expect(cause == .lost)
    }

    @Test("A reader that has gone is a loss, and no signal ends the program")
    func brokenPipe() throws {
        let path = folder.file("pipe")
        unsafe mkfifo(path, 0o600)
        let reader = unsafe open(path, O_RDONLY | O_NONBLOCK)
        let sink = try JSONLinesSink(path: path)
        try sink.consume(batch([1]))
        close(reader)
        let (text, cause) = message { try sink.consume(batch([2])) }
        #expect(text == "pipe: the reader has gone; nobody takes the records any more")
        #expect(cause == .lost)
        var pending = sigset_t()
        unsafe sigpending(&pending)
        #expect(unsafe sigismember(&pending, SIGPIPE) == 0)
    }

    @Test("A slow reader is waited for, and no byte is lost")
    func slowReader() throws {
        let path = folder.file("pipe")
        unsafe mkfifo(path, 0o600)
        let reader = unsafe open(path, O_RDONLY | O_NONBLOCK)
        inThread {
            let sink = try? JSONLinesSink(path: path)
            for _ in 0..<20 { try? sink?.consume(batch(Array(1...100))) }
            try? sink?.finish()
        }
        var total = 0
        var buffer = [UInt8](repeating: 0, count: 5_000)
        for _ in 0..<5_000 {
            let count = unsafe read(reader, &buffer, buffer.count)
            if count == 0, total > 0 { break }
            if count > 0 { total += count }
            usleep(1_000)
        }
        close(reader)
        #expect(total == (1...100).reduce(0) { $0 + (line + "\($1)}\n").utf8.count } * 20)
    }

    @Test("A path that cannot be written is an error of the input")
    func unwritable() {
        let missing = message { _ = try JSONLinesSink(path: folder.path + "/none/a.jsonl") }
        #expect(missing.text == "none/a.jsonl: the folder does not exist. Make it first (mkdir -p)")
        #expect(missing.cause == .input)
        let directory = message { _ = try JSONLinesSink(path: folder.path) }
        #expect(directory.text.hasSuffix(": expected a file, found a folder. Name a file in it"))
    }

    @Test("The stage is made with its options, and relative paths start in the pipeline's folder")
    func descriptor() throws {
        let path = folder.file("b.jsonl")
        let context = StageContext(pipeline: "p", stage: "console", folder: folder.path)
        for _ in 0..<2 {
            let options = Options(["path": .string("b.jsonl"), "append": .bool(true)])
            guard case .sink(let sink) = try JSONLinesSink.descriptor.make(options, context) else {
                Issue.record("not a sink")
                return
            }
            #expect(sink.input == .records)
            try sink.consume(batch([1]))
            try sink.finish()
        }
        #expect(TemporaryFolder.text(of: path) == line + "1}\n" + line + "1}\n")
    }
}

private func batch(_ sequence: [Int]) -> RecordBatch {
    let batch = RecordBatch()
    batch.records = sequence.map {
        .keyword(
            KeywordRecord(
                word: "yes", score: 0.93, at: time(1_240), from: time(700), to: time(1_150), levelDecibels: nil,
                pipeline: "p", stage: "words", sequence: $0))
    }
    return batch
}

private func time(_ milliseconds: Int64) -> StreamTime { StreamTime(nanoseconds: milliseconds * 1_000_000) }
