import Glibc
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSinks

/// Programs that are run for records.
struct CommandTests {
    private let folder: String

    init() throws { folder = try Scratch.folder() }

    private func sink(_ words: [String], _ values: [String: OptionValue] = [:]) throws -> AnySink {
        var options: [String: OptionValue] = [
            "command": .list(words.map { .string($0) }), "retry_max_s": .number(0.1),
        ]
        options.merge(values) { $1 }
        let context = StageContext(pipeline: "p", stage: "run", folder: folder)
        guard case .sink(let sink) = try CommandSink.descriptor.make(Options(options), context) else {
            throw SpikelineError("not a sink")
        }
        return sink
    }

    /// A program in the folder, in the language of the shell.
    private func program(_ text: String) throws -> String {
        let file = unsafe open(folder + "/program", O_WRONLY | O_CREAT, 0o700)
        let bytes = "#!/bin/sh\ncd \"$(dirname \"$0\")\"\n" + text + "\n"
        unsafe write(file, bytes, bytes.utf8.count)
        close(file)
        return "./program"
    }

    private func lines(_ name: String) -> [Substring] {
        TemporaryFolder.text(of: folder + "/" + name).split(separator: "\n")
    }

    private func counts(of sink: AnySink) -> [String: Int] {
        Dictionary(sink.counters.counts.map { ($0.name, $0.value) }) { $1 }
    }

    /// Whether a process runs; one that has ended and that nobody has asked about does not.
    private func isAlive(_ process: pid_t) -> Bool {
        let text = TemporaryFolder.text(of: "/proc/\(process)/stat")
        return !text.isEmpty && !text.contains(") Z")
    }

    @Test("A program gets the JSON at standard input and the fields in the environment, and no shell reads a word")
    func fields() throws {
        defer { Scratch.remove(folder) }
        let text = #"cat >> in; echo "$SPIKELINE_KIND $SPIKELINE_WORD $SPIKELINE_SEQ $SPIKELINE_ID $1" >> out"#
        let sink = try sink([program(text), "$(touch x); `id` *"])
        let hostile = SampleRecords.keyword(2, word: "$(touch \(folder)/y)\"\n")
        try sink.consume(SampleRecords.batch([SampleRecords.keyword(1), hostile]))
        try sink.finish()
        #expect(lines("in").count == 2)
        #expect(lines("in").allSatisfy { $0.hasPrefix(#"{"v": 1, "kind": "keyword""#) })
        let out = TemporaryFolder.text(of: folder + "/out")
        #expect(out.hasPrefix("keyword yes 1 "))
        #expect(out.contains("-1 $(touch x); `id` *\n"))
        #expect(out.contains("keyword $(touch \(folder)/y)\"\n 2 "))
        #expect(Scratch.names(folder) == ["in", "out", "program"])
    }

    @Test("A program that fails gets the record again; 65 means never")
    func failures() throws {
        defer { Scratch.remove(folder) }
        let text =
            #"echo "$SPIKELINE_SEQ" >> out; n=$(wc -l < out); [ $n = 2 ] && exit 1; [ $n = 3 ] && exit 65; exit 0"#
        let sink = try sink([program(text)], ["when_unavailable": .string("queue")])
        try sink.consume(SampleRecords.batch(1...4))
        #expect(Tool.wait { counts(of: sink)["waiting"] == 0 && lines("out").count == 5 })
        try sink.finish()
        #expect(lines("out") == ["1", "2", "2", "3", "4"])
        #expect(counts(of: sink)["refused"] == 1)
        #expect(counts(of: sink)["failed_attempts"] == 1)
    }

    @Test("A program that takes too long is ended with all that it started")
    func timeout() throws {
        defer { Scratch.remove(folder) }
        let text = "trap '' TERM; sleep 60 & echo $! >> out; wait; sleep 60"
        let sink = try sink([program(text)], ["timeout_s": .number(0.2), "when_unavailable": .string("drop")])
        try sink.consume(SampleRecords.batch([1]))
        #expect(Tool.wait { counts(of: sink)["failed_attempts"] == 1 })
        let child = try #require(lines("out").first.flatMap { Int32($0) })
        #expect(Tool.wait { !isAlive(child) })
        try sink.finish()
    }

    @Test("The end of a run does not wait for a program beyond its time")
    func end() throws {
        defer { Scratch.remove(folder) }
        let sink = try sink(["sleep", "60"], ["flush_s": .number(0.3), "when_unavailable": .string("drop")])
        try sink.consume(SampleRecords.batch(1...3))
        usleep(100_000)
        let begin = MonotonicClock.nanoseconds()
        try sink.finish()
        #expect(MonotonicClock.nanoseconds() - begin < 5_000_000_000)
    }

    @Test("No more programs run at once than are allowed")
    func concurrency() throws {
        defer { Scratch.remove(folder) }
        let text = "mkdir r$$; ls -d r* | wc -l >> out; sleep 0.05; rmdir r$$"
        let sink = try sink([program(text)], ["concurrency": .integer(3)])
        try sink.consume(SampleRecords.batch(1...12))
        try sink.finish()
        let most = lines("out").compactMap { Int($0) }.max()
        #expect(lines("out").count == 12)
        #expect(most == 3 || most == 2)
    }

    @Test(
        "A program that cannot be run is refused before anything runs",
        arguments: [
            ([], "expects a program, found an empty list"),
            (["nosuchprogram"], "there is no program \"nosuchprogram\""),
            (["./none"], "there is no program \"./none\""), (["/etc/passwd"], "there is no program \"/etc/passwd\""),
            (["/tmp"], "there is no program \"/tmp\""),
        ])
    func missing(words: [String], message: String) {
        defer { Scratch.remove(folder) }
        let found = complaint { _ = try sink(words) }
        #expect(found.text.contains(message))
        #expect(found.cause == .input)
    }
}
