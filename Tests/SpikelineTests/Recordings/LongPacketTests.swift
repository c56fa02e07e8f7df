import Foundation
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// Packets of AEDAT 4 that expand to thousands of times their length, as an attacker makes them, in many threads.
@Suite("Packets that stand for many bytes") struct LongPacketTests {
    /// A packet of `events` events at pixel (0, 0) and time 0, as a Zstandard frame of zeros (RFC 8878, section 3.1.1).
    private static func packet(events: Int) -> [UInt8] {
        let data = FlatBuilder.buffer(
            "EVTS", [.structs(count: events, bytes: Array(repeating: 0, count: 16 * events))])
        let head = (data.lastIndex { $0 != 0 } ?? 0) + 1
        var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xA0]
        frame.append(number: UInt32(data.count))
        /// Three bytes: last, kind (0 as it is, 1 repeated), and length.
        func block(_ bytes: [UInt8], kind: Int, length: Int, isLast: Bool) {
            let header = (isLast ? 1 : 0) | kind << 1 | length << 3
            frame += [UInt8(header & 255), UInt8(header >> 8 & 255), UInt8(header >> 16)] + bytes
        }
        block(Array(data[..<head]), kind: 0, length: head, isLast: false)
        var left = data.count - head
        while left > 0 {
            let length = min(left, 1 << 17)
            left -= length
            block([0], kind: 1, length: length, isLast: left == 0)
        }
        var packet: [UInt8] = []
        packet.append(number: Int32(0))
        packet.append(number: Int32(frame.count))
        return packet + frame
    }

    /// A file of `packets`, behind one of a single event.
    private static func file(_ packets: [[UInt8]]) throws -> [UInt8] {
        let encoder = AEDAT4Encoder(SensorSize(width: 64, height: 64), .zstd)
        let batch = EventBatch()
        #expect(batch.append(time: 0, x: 1, y: 1, isOn: true))
        var bytes: [UInt8] = []
        try encoder.encode(batch, into: &bytes)
        return bytes + packets.joined()
    }

    @Test("are read by any number of threads, long and short ones in their order", arguments: [1, 2, 5])
    func order(threads: Int) throws {
        let folder = try TemporaryFolder()
        let sizes = [3, 262_000, 263_000, 1, 700_000, 2, 262_144, 5]
        let path = try folder.write("a.aedat4", Self.file(sizes.map(Self.packet)))
        var options = EventFileReader.Options()
        options.threads = threads
        let reader = try EventFileReader(path: path, options: options)
        let batch = EventBatch()
        var events = 0
        while try reader.read(into: batch) {
            events += batch.count
            batch.removeAll()
        }
        #expect(events == 1 + sizes.reduce(0, +) && reader.log.damage.isEmpty)
    }

    @Test("do not take the memory of all that they stand for") func memory() throws {
        let folder = try TemporaryFolder()
        // 20 kB that stand for 640 MiB.
        let bytes = try Self.file(Array(repeating: Self.packet(events: 2 << 20), count: 20))
        #expect(bytes.count < 32_000)
        _ = try folder.write("a.aedat4", bytes)
        _ = try folder.write(
            "a.yaml",
            """
            sources:
              camera: {type: event_file, path: a.aedat4, threads: 2}
            transforms:
              cut: {type: crop, inputs: [camera], x: 1, y: 1, width: 1, height: 1}
            sinks:
              out: {type: event_recording, inputs: [cut], path: out.csv}
            """.utf8)
        let run = try Program.run(["run", "a.yaml", "--summary", "s.json"], in: folder)
        #expect(run.code == 0, "\(run.errors)")
        let summary = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: folder.path + "/s.json")))
        let peak = try #require((summary as? [String: Any])?["peak_resident_mb"] as? Double)
        print("packets that stand for 640 MiB: \(peak) MB")
        #expect(peak < 160)
    }
}
