import Foundation
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeFleet

/// Boards, workers and what one machine makes of the same, for the tests of live streams.
extension LiveStreamTests {
    static let keywords = SharedData.packageRoot + "/Pipelines/keywords.yaml"
    static let sample = SharedData.packageRoot + "/SampleData/keywords.flac"
    static let model = SharedData.packageRoot + "/Pipelines/Models/keywords.nir"

    /// A board: sound to spikes, to each of `sensors`; `more` are options of its sinks.
    static func board(_ url: String, _ sensors: [String], _ more: String = "", source: String = sample)
        -> String
    {
        """
        name: board
        sources:
          microphone: {type: audio_file, path: "\(source)"}
        transforms:
          ear: {type: cochlea, inputs: [microphone]}
        sinks:
        """
            + sensors.map {
                "\n  \($0): {type: nats, inputs: [ear], url: \"\(url)\", kind: spikes, sensor: \($0)\(more)}"
            }
            .joined() + "\n"
    }

    /// A worker's pipeline.
    static func words(_ url: String, output: String = "*", more: String = "") -> String {
        """
        name: keywords
        sources:
          boards: {type: nats, url: "\(url)", kind: spikes, sensor: "*"}
        transforms:
          brain: {type: network, inputs: [boards], model: "\(model)"}
          words: {type: keyword, inputs: [brain]\(more)}
        sinks:
          records: {type: nats, inputs: [words], url: "\(url)", kind: records, sensor: "\(output)"}
        """
    }

    /// What one machine makes of one sensor's stream.
    static func single(_ url: String, _ sensor: String) -> String {
        """
        name: keywords
        sources:
          board: {type: nats, url: "\(url)", kind: spikes, sensor: \(sensor), end_after_quiet_s: 3}
        transforms:
          brain: {type: network, inputs: [board], model: "\(model)"}
          words: {type: keyword, inputs: [brain]}
        sinks:
          console: {type: jsonl, inputs: [words]}
        """
    }

    /// Plays the minute of the sample in ten seconds, and drops nothing if the machine is busy.
    static let sixfold = [
        "--set", "microphone.pace=realtime", "--set", "microphone.speed=6", "--set", "microphone.block_ms=500",
    ]

    static func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    /// The records of the sample, heard on one machine with its own ear.
    static func expected(in folder: borrowing TemporaryFolder) throws -> [String] {
        let alone = try Program.run(["run", keywords, "--input", sample], in: folder)
        return lines(alone.output)
    }

    static func stream(_ server: NATSServer) throws -> JetStream {
        JetStream(connection: try NATSConnection(try NATSSettings(server.url)))
    }

    /// The records of all sensors, in the order in which they are stored; and whether they are numbered from 1 without a gap.
    static func records(_ stream: JetStream) throws -> [String: [String]] {
        let fleet = try Fleet()
        var records: [String: [String]] = [:]
        let feeds = try LiveFeeds(stream)
        let info = try stream.ask(
            "STREAM.INFO.\(fleet.records)", .object([("subjects_filter", .string("spikeline.live.records.*"))]))
        guard case .object(let subjects)? = info?["state"]?["subjects"] else { return [:] }
        let total = info?["state"]?["messages"]?.integerValue ?? 0
        for (subject, _) in subjects { feeds.open(subject, of: fleet.records, after: 0) }
        var count = 0
        while count < total, let arrival = try feeds.next(milliseconds: 5_000) {
            count += 1
            let message = try LiveMessage(arrival.data)
            let sensor = String(arrival.subject.split(separator: ".").last ?? "")
            records[sensor, default: []].append(String(decoding: message.body, as: UTF8.self))
            #expect(Int(message.number) == records[sensor]?.count, "record numbers of \(sensor)")
        }
        #expect(count == total)
        return records
    }
}
