import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// The words of our EVT 3.0 files, taken apart one by one and held against what Prophesee's decoders demand.
struct EVT3WordTests {
    /// A reader of EVT 3.0 that accepts only what a strict one would.
    struct StrictReader {
        var events: [PlainEvent] = []
        var complaints: [String] = []
        var vectors = 0
        private var high: Int64?
        private var wraps: Int64 = 0
        private var low: Int64?
        private var row: Int?
        private let width: Int

        init(_ words: [UInt16], width: Int) {
            self.width = width
            var index = 0
            while index < words.count { index += take(words, at: index) }
        }

        private mutating func take(_ words: [UInt16], at index: Int) -> Int {
            let (kind, value) = (words[index] >> 12, Int(words[index] & 0xFFF))
            switch kind {
            case 0x0:
                row = value
                if value >= 2_048 { complaints.append("word \(index): row \(value)") }
            case 0x2: add([value & 0x7FF], value & 0x800 != 0, index)
            case 0x3: return vector(words, at: index)
            case 0x6: low = Int64(value)
            case 0x8:
                if let high, Int64(value) + 2_048 <= high { wraps += 1 }
                if high != Int64(value) { low = nil }
                high = Int64(value)
            default: complaints.append("word \(index): kind \(kind)")
            }
            return 1
        }

        /// A base, two words of 12 columns and one of 8.
        private mutating func vector(_ words: [UInt16], at index: Int) -> Int {
            let (base, isOn) = (Int(words[index] & 0x7FF), words[index] & 0x800 != 0)
            let triple = words[(index + 1)...].prefix(3).map { $0 }
            guard triple.map({ $0 >> 12 }) == [4, 4, 5], triple[2] & 0xF00 == 0 else {
                complaints.append("word \(index): a base without a whole triple")
                return 1
            }
            if !base.isMultiple(of: 32) || base + 32 > width { complaints.append("word \(index): base \(base)") }
            let mask = Int(triple[0] & 0xFFF) | Int(triple[1] & 0xFFF) << 12 | Int(triple[2]) << 24
            vectors += 1
            add((0..<32).filter { mask >> $0 & 1 == 1 }.map { base + $0 }, isOn, index)
            return 4
        }

        private mutating func add(_ columns: [Int], _ isOn: Bool, _ index: Int) {
            guard let high, let low, let row else {
                complaints.append("word \(index): an event without time or row")
                return
            }
            for x in columns { events.append(PlainEvent((wraps << 12 + high) << 12 + low, x, row, isOn)) }
        }
    }

    private func words(_ bytes: [UInt8]) throws -> [UInt16] {
        let payload = bytes.suffix(from: try EventSamples.headerBytes(of: bytes, .evt3)).map { UInt16($0) }
        #expect(payload.count.isMultiple(of: 2))
        return stride(from: 0, to: payload.count, by: 2).map { payload[$0] | payload[$0 + 1] << 8 }
    }

    @Test("Streams as strict decoders want them", arguments: [1280, 640, 346, 33, 32, 31])
    func strict(width: Int) throws {
        var dice = Dice(state: UInt64(width))
        let events = EventStreams(columns: width, rows: 260, pauses: (100, 90_000_000)).events(20_000, &dice)
        let size = SensorSize(width: width, height: 260)
        let (bytes, losses) = try EventSamples.written(events, as: EventFileWriter.Options(format: .evt3, size: size))
        #expect(losses.sentences.isEmpty)
        let reader = StrictReader(try words(bytes), width: width)
        #expect(reader.complaints.isEmpty, "\(reader.complaints.prefix(5))")
        #expect(reader.events == events)
        #expect(width < 32 ? reader.vectors == 0 : reader.vectors > 100, "\(reader.vectors)")
    }

    @Test func vectorsKeepTheOrderOfEvents() throws {
        // Columns that descend, or repeat, cannot share a vector.
        let columns = [9, 8, 7, 6, 5, 5, 6, 7, 8, 9, 10, 10]
        let events = columns.map { PlainEvent(1, $0, 3, true) }
        let size = SensorSize(width: 64, height: 8)
        let bytes = try EventSamples.written(events, as: EventFileWriter.Options(format: .evt3, size: size)).bytes
        let reader = StrictReader(try words(bytes), width: 64)
        #expect(reader.events == events && reader.complaints.isEmpty && reader.vectors == 1)
    }

    @Test func theStrictReaderIsStrict() {
        func complaints(_ words: [UInt16]) -> Int { StrictReader(words, width: 64).complaints.count }
        #expect(complaints([0x8001, 0x6002, 0x0003, 0x2004]) == 0)
        #expect(complaints([0x6002, 0x0003, 0x2004]) == 1)
        #expect(complaints([0x8001, 0x6002, 0x0003, 0x8002, 0x2004]) == 1)
        #expect(complaints([0x8001, 0x6002, 0x2004]) == 1)
        #expect(complaints([0x8001, 0x6002, 0x0003, 0x3020, 0x4001, 0x4001, 0x5001]) == 0)
        #expect(complaints([0x8001, 0x6002, 0x0003, 0x3021, 0x4001, 0x4001, 0x5001]) == 1)
        #expect(complaints([0x8001, 0x6002, 0x0003, 0x3040, 0x4001, 0x4001, 0x5001]) == 1)
        #expect(complaints([0x8001, 0x6002, 0x0003, 0x3020, 0x4001, 0x5001]) == 3)
        #expect(complaints([0x9999]) == 1)
    }

    @Test func headerSaysVersionAndSize() throws {
        let size = SensorSize(width: 640, height: 480)
        let bytes = try EventSamples.written([], as: EventFileWriter.Options(format: .evt3, size: size)).bytes
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "% evt 3.0\n% format EVT3;height=480;width=640\n% geometry 640x480\n% end\n")
        let other = try EventSamples.written([], as: EventFileWriter.Options(format: .evt2)).bytes
        #expect(String(decoding: other, as: UTF8.self) == "% evt 2.0\n% format EVT2\n% end\n")
    }
}
