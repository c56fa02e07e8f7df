import Glibc
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSinks

/// Files that are replaced when they are full, and files that fail.
struct RotationTests {
    private let folder: String

    init() throws { folder = try Scratch.folder() }

    private func sink(_ values: [String: OptionValue]) throws -> AnySink {
        let context = StageContext(pipeline: "p", stage: "log", folder: folder)
        let options = Options(["path": .string("a.jsonl")].merging(values) { $1 })
        guard case .sink(let sink) = try JSONLinesSink.descriptor.make(options, context) else {
            throw SpikelineError("not a sink")
        }
        return sink
    }

    private func sequences(_ name: String) -> [Int] {
        TemporaryFolder.text(of: folder + "/" + name).split(separator: "\n").compactMap { line in
            line.split(separator: "\"seq\": ").last.flatMap { Int($0.prefix { $0.isNumber }) }
        }
    }

    @Test("A full file becomes .1, older ones move on, the oldest goes, and no line is cut")
    func rotation() throws {
        defer { Scratch.remove(folder) }
        let line = SampleRecords.keyword(10).json.utf8.count + 1
        let options: [String: OptionValue] = [
            "rotate_mb": .number(Double(10 * line + 5) / 1e6), "keep_files": .integer(2),
        ]
        for start in [1, 31] {
            let sink = try sink(options)
            for number in start..<start + 30 { try sink.consume(SampleRecords.batch([number])) }
            try sink.finish()
        }
        #expect(Scratch.names(folder) == ["a.jsonl", "a.jsonl.1", "a.jsonl.2"])
        let all = ["a.jsonl.2", "a.jsonl.1", "a.jsonl"].map(sequences)
        #expect(all[0].count == 10 && all[1].count == 10 && !all[2].isEmpty)
        #expect(Array(all.joined()) == Array((60 - all.joined().count + 1)...60))
    }

    @Test("Nothing is kept where nothing is to be kept, and a batch longer than a file is whole")
    func keepNone() throws {
        defer { Scratch.remove(folder) }
        let sink = try sink(["rotate_mb": .number(0.001), "keep_files": .integer(0)])
        for start in [1, 101, 201] { try sink.consume(SampleRecords.batch(start..<start + 100)) }
        try sink.finish()
        #expect(Scratch.names(folder) == ["a.jsonl"])
        #expect(sequences("a.jsonl") == Array(201...300))
    }

    @Test(
        "Only files can be replaced",
        arguments: [
            (["path": OptionValue.string("-"), "rotate_mb": .integer(1)], "expects a file, found standard output"),
            (["path": .string("/dev/null"), "rotate_mb": .integer(1)], "expects a file, found a pipe or device"),
            (["keep_files": .integer(1)], "\"keep_files\" expects \"rotate_mb\" beside it, found none"),
        ])
    func refusals(values: [String: OptionValue], message: String) {
        defer { Scratch.remove(folder) }
        let found = complaint { _ = try sink(values) }
        #expect(found.text.contains(message))
        #expect(found.cause == .input)
    }

    @Test("With drop a full disk loses records and not the run; with queue they wait", arguments: ["drop", "queue"])
    func fullDisk(policy: String) throws {
        defer { Scratch.remove(folder) }
        let sink = try sink(["path": .string("/dev/full"), "when_unavailable": .string(policy)])
        try sink.consume(SampleRecords.batch(1...3))
        func count(_ name: String) -> Int? { sink.counters.counts.first { $0.name == name }?.value }
        #expect(Tool.wait { count("failed_attempts") ?? 0 > 0 })
        try sink.finish()
        #expect(count(policy == "drop" ? "dropped" : "waiting") == 3)
    }
}
