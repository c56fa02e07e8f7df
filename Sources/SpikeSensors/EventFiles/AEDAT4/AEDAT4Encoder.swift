import CLZ4
import CZstd
import SpikeSignals

/// Writes AEDAT 4, see ``AEDAT4Header`` and ``AEDAT4Packet``: one stream of events, a packet for each batch, and the table
/// of packets at the end, which other readers rely on.
final class AEDAT4Encoder: EventEncoder {
    private(set) var losses = EventWriteLosses()

    private let size: SensorSize?
    private let compression: EventFileWriter.Compression
    private var written: Int64 = 0
    private var packets: [[FlatBuilder.Field]] = []
    private var hasHeader = false

    /// The packets that the table at the end lists; those beyond are read without it.
    private static let mostListed = 1 << 20

    init(_ size: SensorSize?, _ compression: EventFileWriter.Compression) {
        self.size = size
        self.compression = compression
    }

    func encode(_ batch: EventBatch, into out: inout [UInt8]) throws(SpikelineError) {
        let start = out.count
        if !hasHeader {
            hasHeader = true
            out.append(text: "\(AEDAT4Header.magic)")
            out.append(contentsOf: header(tablePlace: -1))
        }
        if batch.count > 0 { try appendPacket(batch, to: &out, at: written + Int64(out.count - start)) }
        written += Int64(out.count - start)
    }

    private func appendPacket(_ batch: EventBatch, to out: inout [UInt8], at place: Int64) throws(SpikelineError) {
        var events: [UInt8] = []
        events.reserveCapacity(batch.count * AEDAT4Packet.eventBytes)
        var count: Int64 = 0
        var times: (first: Int64, last: Int64) = (.max, .min)
        for event in batch {
            guard event.x < 1 << 15 else {
                losses.outsideFormat += 1
                continue
            }
            let time = batch.time(of: event)
            times = (min(times.first, time), max(times.last, time))
            events.append(number: time)
            events.append(number: event.x)
            events.append(number: event.y)
            events.append(number: UInt32(event.isOn ? 1 : 0))
            count += 1
        }
        guard count > 0 else { return }
        let packed = try compressed(FlatBuilder.buffer("EVTS", [.structs(count: Int(count), bytes: events)]))
        let bytes = Int32(packed.count)
        out.append(number: Int32(0))
        out.append(number: bytes)
        out.append(contentsOf: packed)
        guard packets.count < AEDAT4Encoder.mostListed else { return }
        // The table points behind the header of a packet.
        packets.append([
            .int64(place + Int64(AEDAT4Decoder.headerBytes)), .pair(0, bytes), .int64(count), .int64(times.first),
            .int64(times.last),
        ])
    }

    func finish(into out: inout [UInt8]) throws(SpikelineError) -> (bytes: [UInt8], offset: Int64)? {
        let place = written
        out.append(contentsOf: try compressed(FlatBuilder.buffer("FTAB", [.tables(packets)])))
        return (header(tablePlace: place), Int64(AEDAT4Header.magic.utf8CodeUnitCount))
    }

    private func header(tablePlace: Int64) -> [UInt8] {
        let codes: [EventFileWriter.Compression: Int32] = [.none: 0, .lz4: 1, .zstd: 3]
        return FlatBuilder.buffer(
            "IOHE", [.int32(codes[compression] ?? 0), .int64(tablePlace), .text(description)])
    }

    /// The streams in XML, with the attributes that DV's own files have.
    private var description: String {
        let info =
            size.map {
                """
                            <attr key="sizeX" type="int">\($0.width)</attr>
                            <attr key="sizeY" type="int">\($0.height)</attr>

                """
            } ?? ""
        return """
            <dv version="2.0">
                <node name="outInfo" path="/mainloop/Recorder/outInfo/">
                    <node name="0" path="/mainloop/Recorder/outInfo/0/">
                        <attr key="compression" type="string">\(compression.rawValue.uppercased())</attr>
                        <attr key="originalModuleName" type="string">spikeline</attr>
                        <attr key="originalOutputName" type="string">events</attr>
                        <attr key="typeDescription" type="string">Array of events (polarity ON/OFF).</attr>
                        <attr key="typeIdentifier" type="string">EVTS</attr>
                        <node name="info" path="/mainloop/Recorder/outInfo/0/info/">
            \(info)                <attr key="source" type="string">spikeline</attr>
                        </node>
                    </node>
                </node>
            </dv>

            """
    }

    private func compressed(_ data: [UInt8]) throws(SpikelineError) -> [UInt8] {
        let room: Int
        switch compression {
        case .none: return data
        case .lz4: room = LZ4F_compressFrameBound(data.count, nil)
        case .zstd: room = ZSTD_compressBound(data.count)
        }
        var made = 0
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            unsafe data.withUnsafeBytes { source in
                made =
                    compression == .lz4
                    ? unsafe LZ4F_compressFrame(buffer.baseAddress, room, source.baseAddress, source.count, nil)
                    : unsafe ZSTD_compress(buffer.baseAddress, room, source.baseAddress, source.count, 3)
            }
            count = LZ4F_isError(made) == 0 && ZSTD_isError(made) == 0 ? made : 0
        }
        guard !packed.isEmpty else {
            throw SpikelineError(
                "a packet of \(data.count.grouped) bytes cannot be compressed", at: "AEDAT 4", cause: .defect)
        }
        return packed
    }
}
