/// Unpacks Prophesee's Event Compression Format (ECF), HDF5 filter 0x8ECF, into records of 16 bytes:
/// `column(2) row(2) on(2) . . time(8)`.
///
/// Learned from the description by example in the tests of `prophesee-ai/hdf5_ecf`. All numbers are little endian and
/// stand unaligned; up to 65,535 events make a block.
/// ```
/// head      events(30) is all packed(1) are columns packed(1)    4 bytes, then the first time(8)
/// times     dddd cccc                    c events d later          d < 15
///           dddd 1111 c(16)              the same, c >= 15
///           1111 dddd 1111 dddd ...      d later, four bits at a time, the lowest first; ended by one of the above
/// all packed:
///           4 events in 3 words of 32 bits; each event row(12) column(11) on(1):
///           first(24) second(8, its lower) | second(16) third(16, its lower) | third(8) fourth(24)
/// else rows         row(11) c(5)         c events in that row; c = 31: c(16) follows
///   packed columns  4 events in 3 words of 16 bits; each column(11) on(1), cut as above into 12 4 | 8 8 | 4 12
///   else columns    column(11) mask(5)   an event there, and one at each of the next 5 columns whose bit is set, the
///                                        highest first
///        polarities on(1) c(7)           c events; c = 127: c(16) follows
/// ```
enum EventCompression {
    private static let recordBytes = 16
    private static let maximumEvents = 65_535
    private static let damaged = ContainerDamage("a chunk's events are damaged")

    /// Unpacks `source` into `range` of `target` and returns how many bytes it holds.
    static func decode(
        _ source: Span<UInt8>, into target: inout MutableSpan<UInt8>, _ range: Range<Int>
    ) throws(ContainerDamage) -> Int {
        try unsafe source.withUnsafeBytes { (input) throws(ContainerDamage) -> Int in
            try unsafe target.withUnsafeMutableBytes { (output) throws(ContainerDamage) -> Int in
                var reader = unsafe RawReader(input)
                let head = try reader.number(UInt32.self)
                let count = Int(head >> 2)
                guard count <= maximumEvents, count * recordBytes <= range.count else {
                    throw ContainerDamage("a chunk holds more than its shape")
                }
                let events = unsafe EventCompressionOutput(
                    UnsafeMutableRawBufferPointer(rebasing: output[range]), count: count)
                try times(&reader, events)
                if head & 2 != 0 {
                    try packed(&reader, events)
                } else {
                    try rows(&reader, events)
                    if head & 1 != 0 {
                        try packedColumns(&reader, events)
                    } else {
                        try columns(&reader, events)
                        try polarities(&reader, events)
                    }
                }
                return count * recordBytes
            }
        }
    }

    private static func times(_ reader: inout RawReader, _ events: EventCompressionOutput) throws(ContainerDamage) {
        var time = try reader.number(UInt64.self)
        var (made, shift) = (0, UInt64(0))
        while made < events.count {
            let byte = try reader.byte()
            guard byte >> 4 == 15 else {
                time &+= UInt64(byte >> 4)
                let short = byte & 15
                let run = short == 15 ? Int(try reader.number(UInt16.self)) : short
                guard run <= events.count - made else { throw damaged }
                for place in made..<(made + run) { events.set(time: time, at: place) }
                made += run
                shift = 0
                continue
            }
            guard shift < 64 else { throw damaged }
            time &+= UInt64(byte & 15) << shift
            shift += 4
        }
    }

    private static func rows(_ reader: inout RawReader, _ events: EventCompressionOutput) throws(ContainerDamage) {
        var made = 0
        while made < events.count {
            let word = try reader.number(UInt16.self)
            let short = Int(word & 31)
            let run = short == 31 ? Int(try reader.number(UInt16.self)) : short
            guard run <= events.count - made else { throw damaged }
            for place in made..<(made + run) { events.set(row: word >> 5, at: place) }
            made += run
        }
    }

    private static func columns(_ reader: inout RawReader, _ events: EventCompressionOutput) throws(ContainerDamage) {
        var made = 0
        while made < events.count {
            let word = try reader.number(UInt16.self)
            events.set(column: word >> 5, at: made)
            made += 1
            // The last mask may have bits for events that do not exist.
            for step in 1...5 where word >> UInt16(5 - step) & 1 == 1 && made < events.count {
                events.set(column: word >> 5 &+ UInt16(step), at: made)
                made += 1
            }
        }
    }

    private static func polarities(
        _ reader: inout RawReader, _ events: EventCompressionOutput
    ) throws(ContainerDamage) {
        var made = 0
        while made < events.count {
            let byte = try reader.byte()
            let short = byte & 127
            let run = short == 127 ? Int(try reader.number(UInt16.self)) : short
            guard run <= events.count - made else { throw damaged }
            for place in made..<(made + run) { events.set(isOn: UInt16(byte >> 7), at: place) }
            made += run
        }
    }

    private static func packedColumns(
        _ reader: inout RawReader, _ events: EventCompressionOutput
    ) throws(ContainerDamage) {
        for start in stride(from: 0, to: events.count, by: 4) {
            let (first, second, third) = (
                try reader.number(UInt16.self), try reader.number(UInt16.self), try reader.number(UInt16.self)
            )
            let parts: [4 of UInt16] = [
                first >> 4, first & 0xF | (second >> 8) << 4, second & 0xFF | (third >> 12) << 8, third & 0xFFF,
            ]
            for step in 0..<min(4, events.count - start) {
                events.set(column: parts[step] >> 1, at: start + step)
                events.set(isOn: parts[step] & 1, at: start + step)
            }
        }
    }

    private static func packed(_ reader: inout RawReader, _ events: EventCompressionOutput) throws(ContainerDamage) {
        for start in stride(from: 0, to: events.count, by: 4) {
            let (first, second, third) = (
                try reader.number(UInt32.self), try reader.number(UInt32.self), try reader.number(UInt32.self)
            )
            let parts: [4 of UInt32] = [
                first >> 8, first & 0xFF | (second >> 16) << 8, second & 0xFFFF | (third >> 24) << 16,
                third & 0xFF_FFFF,
            ]
            for step in 0..<min(4, events.count - start) {
                events.set(row: UInt16(parts[step] >> 12 & 0x7FF), at: start + step)
                events.set(column: UInt16(parts[step] >> 1 & 0x7FF), at: start + step)
                events.set(isOn: UInt16(parts[step] & 1), at: start + step)
            }
        }
    }
}

/// The records that ``EventCompression`` writes, field by field.
@safe private struct EventCompressionOutput {
    /// How many records there are.
    let count: Int
    private let bytes: UnsafeMutableRawBufferPointer

    /// `count` records at the start of `bytes`, which are long enough and must outlive this; all fields are zero.
    @unsafe init(_ bytes: UnsafeMutableRawBufferPointer, count: Int) {
        self.count = count
        unsafe self.bytes = UnsafeMutableRawBufferPointer(rebasing: bytes[0..<(16 * count)])
        _ = unsafe self.bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    @inline(__always)
    func set(column: UInt16, at place: Int) {
        unsafe bytes.storeBytes(of: column.littleEndian, toByteOffset: 16 &* place, as: UInt16.self)
    }

    @inline(__always)
    func set(row: UInt16, at place: Int) {
        unsafe bytes.storeBytes(of: row.littleEndian, toByteOffset: 16 &* place &+ 2, as: UInt16.self)
    }

    @inline(__always)
    func set(isOn: UInt16, at place: Int) {
        unsafe bytes.storeBytes(of: isOn.littleEndian, toByteOffset: 16 &* place &+ 4, as: UInt16.self)
    }

    @inline(__always)
    func set(time: UInt64, at place: Int) {
        unsafe bytes.storeBytes(of: time.littleEndian, toByteOffset: 16 &* place &+ 8, as: UInt64.self)
    }
}
