import Foundation
import SpikeTestSupport
import Testing

/// The program and the broker killed at random moments: nothing that was reported is lost.
@Suite(.enabled(if: Broker.isInstalled, "mosquitto, mosquitto-clients and openssl are not installed"))
struct KillTests {
    /// A pipeline whose records go to the broker first and then to a file: what is in the file was queued before.
    private static func pipeline(port: Int) -> String {
        """
        name: killed
        sources:
          recording: {type: audio_file, path: \(SharedData.packageRoot)/SampleData/keywords.flac}
        transforms:
          ear:   {type: cochlea, inputs: [recording]}
          brain: {type: network, inputs: [ear], model: \(SharedData.packageRoot)/Pipelines/Models/keywords.nir}
          words: {type: keyword, inputs: [brain]}
        sinks:
          home: {type: mqtt, inputs: [words], url: "mqtt://127.0.0.1:\(port)", when_unavailable: queue, retry_max_s: 0.3}
          file: {type: jsonl, inputs: [words], path: records.jsonl, append: true}

        """
    }

    private static func start(in folder: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = ["run", "pipeline.yaml"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    @Test("Killed at random moments, with the broker up, down and killed: every record arrives")
    func kills() throws {
        let folder = try TemporaryFolder()
        let broker = try Broker()
        try folder.write("pipeline.yaml", Self.pipeline(port: broker.port).utf8)
        try broker.start()
        try broker.subscribe()
        var brokerKills = 0
        for _ in 0..<Environment.kills {
            let process = try Self.start(in: folder.path)
            usleep(.random(in: 0..<500_000))
            switch Int.random(in: 0..<5) {
            case 0 where broker.isRunning:
                broker.stop(signal: SIGKILL)
                brokerKills += 1
                usleep(.random(in: 0..<100_000))
            case 1 where broker.isRunning: broker.stop()
            case 2, 3:
                if !broker.isRunning {
                    try broker.start()
                    usleep(.random(in: 0..<200_000))
                }
            default: break
            }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            if broker.isRunning { broker.waitForSubscriber() }
        }
        // One run to its end takes what is left along.
        try broker.start()
        broker.waitForSubscriber()
        let last = try Program.run(["run", "pipeline.yaml", "--set", "home.flush_s=60"], in: folder)
        #expect(last.code == 0, "\(last.errors)")
        #expect(!last.errors.contains("stay in"))
        broker.waitForSubscriber()

        var received: [String: Int] = [:]
        var arrivals = 0
        for message in broker.messages where message.topic == "spikeline/killed/keyword" {
            arrivals += 1
            received[try Self.field("id", of: message.payload), default: 0] += 1
        }
        // Records of the file, of which each was queued before it was written, are counted by what they say; those of a
        // run have ids from 1 without a gap.
        var runs: [Substring: Set<Int>] = [:]
        for id in received.keys {
            let parts = id.split(separator: "-")
            runs[parts[0], default: []].insert(try #require(Int(parts[1])))
        }
        let gaps = runs.values.reduce(0) { $0 + ($1.max() ?? 0) - $1.count }
        let text = try String(contentsOfFile: folder.path + "/records.jsonl", encoding: .utf8)
        // The kill may have cut the last line of a run.
        var written: [String: Int] = [:]
        for line in text.split(separator: "\n") { written[String(line.prefix(80)), default: 0] += 1 }
        var arrived: [String: Int] = [:]
        for message in Dictionary(grouping: broker.messages.filter { $0.topic.hasSuffix("/keyword") }, by: \.payload)
            .keys
        {
            arrived[String(message.prefix(80)), default: 0] += 1
        }
        let lost = gaps + written.reduce(0) { $0 + max(0, $1.value - arrived[$1.key, default: 0]) }
        print(
            """
            kills: \(Environment.kills) of the program, \(brokerKills) of the broker; records: \(received.count) from \
            \(runs.count) runs; lost: \(lost); duplicates: \(arrivals - received.count)
            """)
        #expect(lost == 0)
        #expect(received.count >= 19)
        #expect(try FileManager.default.attributesOfItem(atPath: folder.path + "/killed-home.outbox")[.size] != nil)
    }

    private static func field(_ name: String, of json: String) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        return try #require(object?[name] as? String)
    }
}
