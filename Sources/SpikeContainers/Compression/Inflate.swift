/// Decompresses zlib data (RFC 1950 around RFC 1951) into a bounded buffer.
///
/// Codes of up to ten bits are looked up at once; longer ones are decoded canonically, one bit at a time.
struct Inflate {
    /// The contents of the zlib stream `data`, at most `limit` bytes; its checksum is verified.
    static func zlib(_ data: ArraySlice<UInt8>, limit: Int) throws(ContainerDamage) -> [UInt8] {
        let bytes = Array(data)
        guard bytes.count >= 6, bytes[0] & 0x0F == 8, bytes[1] & 0x20 == 0,
            (Int(bytes[0]) << 8 + Int(bytes[1])) % 31 == 0
        else { throw ContainerDamage("a chunk is not zlib data") }
        var inflate = Inflate(bytes: bytes, index: 2, limit: limit)
        try inflate.run()
        let sum = try inflate.trailer()
        guard sum == adler(inflate.output) else {
            throw ContainerDamage("the checksum of a chunk does not fit its data")
        }
        return inflate.output
    }

    private let bytes: [UInt8]
    private var index: Int
    private let limit: Int
    private var hold: UInt64 = 0
    private var held = 0
    private var output: [UInt8] = []

    private init(bytes: [UInt8], index: Int, limit: Int) {
        self.bytes = bytes
        self.index = index
        self.limit = limit
        output.reserveCapacity(min(limit, bytes.count * 8))
    }

    /// The Adler-32 checksum of `bytes`.
    static func adler(_ bytes: [UInt8]) -> UInt32 {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return b << 16 | a
    }

    private mutating func trailer() throws(ContainerDamage) -> UInt32 {
        _ = try bits(held & 7)
        var sum: UInt32 = 0
        for _ in 0..<4 { sum = sum << 8 | UInt32(try bits(8)) }
        return sum
    }

    /// Holds at least 48 bits, with zeros past the end of the data.
    private mutating func fill() {
        while held <= 48 {
            if index < bytes.count { hold |= UInt64(bytes[index]) << UInt64(held) }
            index += 1
            held += 8
        }
    }

    private mutating func drop(_ count: Int) throws(ContainerDamage) {
        hold >>= UInt64(count)
        held -= count
        guard index - held / 8 <= bytes.count else { throw ContainerDamage("a chunk's data is cut off") }
    }

    private mutating func bits(_ count: Int) throws(ContainerDamage) -> Int {
        fill()
        let value = Int(hold & ((1 << UInt64(count)) - 1))
        try drop(count)
        return value
    }

    private mutating func run() throws(ContainerDamage) {
        var isLast = false
        while !isLast {
            isLast = try bits(1) == 1
            switch try bits(2) {
            case 0: try stored()
            case 1: try codes(Inflate.fixedLiterals, Inflate.fixedDistances)
            case 2:
                let (literals, distances) = try dynamicCodes()
                try codes(literals, distances)
            default: throw ContainerDamage("a chunk's data is of no known kind")
            }
        }
    }

    private mutating func stored() throws(ContainerDamage) {
        _ = try bits(held & 7)
        let length = try bits(16)
        guard try bits(16) == length ^ 0xFFFF, output.count + length <= limit else {
            throw ContainerDamage("a chunk's data is damaged")
        }
        for _ in 0..<length { output.append(UInt8(try bits(8))) }
    }

    private mutating func symbol(_ code: Code) throws(ContainerDamage) -> Int {
        fill()
        let entry = Int(code.table[Int(hold & UInt64(Code.mask))])
        if entry != 0 {
            try drop(entry & 15)
            return entry >> 4
        }
        var (value, first, start) = (0, 0, 0)
        for length in 1...15 {
            value |= Int(hold >> UInt64(length - 1)) & 1
            let count = code.counts[length]
            if value - first < count {
                try drop(length)
                return code.symbols[start + value - first]
            }
            start += count
            first = (first + count) << 1
            value <<= 1
        }
        throw ContainerDamage("a chunk's data is damaged")
    }

    private mutating func codes(_ literals: Code, _ distances: Code) throws(ContainerDamage) {
        while true {
            let literal = try symbol(literals)
            if literal == 256 { return }
            if literal < 256 {
                guard output.count < limit else { throw ContainerDamage("a chunk holds more than its shape") }
                output.append(UInt8(literal))
                continue
            }
            guard literal <= 285 else { throw ContainerDamage("a chunk's data is damaged") }
            let length = Inflate.lengths[literal - 257] + (try bits(Inflate.lengthBits[literal - 257]))
            let place = try symbol(distances)
            guard place < 30 else { throw ContainerDamage("a chunk's data is damaged") }
            let distance = Inflate.distances[place] + (try bits(Inflate.distanceBits[place]))
            guard distance <= output.count, output.count + length <= limit else {
                throw ContainerDamage("a chunk holds more than its shape")
            }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }

    private mutating func dynamicCodes() throws(ContainerDamage) -> (Code, Code) {
        let (literals, distances) = (try bits(5) + 257, try bits(5) + 1)
        let count = try bits(4) + 4
        var lengths = [Int](repeating: 0, count: 19)
        for place in Inflate.order.prefix(count) { lengths[place] = try bits(3) }
        let code = try Code(lengths[...])
        lengths = []
        while lengths.count < literals + distances {
            let value = try symbol(code)
            switch value {
            case 16:
                guard let last = lengths.last else { throw ContainerDamage("a chunk's data is damaged") }
                lengths += [Int](repeating: last, count: try bits(2) + 3)
            case 17: lengths += [Int](repeating: 0, count: try bits(3) + 3)
            case 18: lengths += [Int](repeating: 0, count: try bits(7) + 11)
            default: lengths.append(value)
            }
        }
        guard lengths.count == literals + distances else { throw ContainerDamage("a chunk's data is damaged") }
        return (try Code(lengths[..<literals]), try Code(lengths[literals...]))
    }

    /// In which order the lengths of the code for lengths are stored.
    static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    /// The shortest repetition of each length symbol from 257 on.
    static let lengths = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    /// How many more bits tell the length.
    static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    /// The shortest distance of each distance symbol.
    static let distances = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025, 1_537, 2_049, 3_073,
        4_097,
        6_145, 8_193, 12_289, 16_385, 24_577,
    ]
    /// How many more bits tell the distance.
    static let distanceBits = (0..<30).map { max(0, $0 / 2 - 1) }
    private static let fixedLiterals = Code(
        valid: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    private static let fixedDistances = Code(valid: [Int](repeating: 5, count: 30))
}

extension Inflate {
    /// A canonical Huffman code (RFC 1951, section 3.2.2).
    private struct Code {
        static let tableBits = 10
        static let mask = 1 << tableBits - 1

        /// For the next ten bits `symbol << 4 | length`, or 0 for longer codes.
        private(set) var table = [UInt16](repeating: 0, count: 1 << tableBits)
        /// The number of codes of each length.
        private(set) var counts = [Int](repeating: 0, count: 16)
        /// The symbols in order of their codes.
        private(set) var symbols: [Int] = []

        /// The code with these lengths, 0 to 15 each; more codes than a length has room for are damage.
        init(_ lengths: ArraySlice<Int>) throws(ContainerDamage) {
            self.init(valid: Array(lengths))
            var room = 1
            for length in 1...15 {
                room = room << 1 - counts[length]
                guard room >= 0 else { throw ContainerDamage("a chunk's data is damaged") }
            }
        }

        init(valid lengths: [Int]) {
            for length in lengths where length > 0 { counts[length] += 1 }
            for length in 1...15 { symbols += lengths.indices.filter { lengths[$0] == length } }
            var (code, place) = (0, 0)
            for length in 1...Code.tableBits {
                for _ in 0..<counts[length] where code < 1 << length {
                    enter(code, length: length, symbol: symbols[place])
                    place += 1
                    code += 1
                }
                code <<= 1
            }
        }

        private mutating func enter(_ code: Int, length: Int, symbol: Int) {
            var reversed = 0
            for bit in 0..<length where code >> bit & 1 == 1 { reversed |= 1 << (length - 1 - bit) }
            for entry in stride(from: reversed, to: table.count, by: 1 << length) {
                table[entry] = UInt16(symbol << 4 | length)
            }
        }
    }
}
