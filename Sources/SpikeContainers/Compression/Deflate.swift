/// Compresses into zlib data (RFC 1950 around RFC 1951): one block with its own Huffman codes.
///
/// Repetitions are found by the last place where the same four bytes stood, up to 32 KiB back; shorter ones do not
/// pay for the near-random bytes of weights. The result depends on the data alone.
package struct Deflate {
    /// `data` as a zlib stream.
    package static func zlib(_ data: [UInt8]) -> [UInt8] {
        var deflate = Deflate()
        deflate.findTokens(data)
        deflate.writeBlock()
        var sum = HDF5Bytes()
        sum.append(Adler32.checksum(data.span).bigEndian, 4)
        return [0x78, 0xDA] + deflate.bits.finished() + sum.all
    }

    /// A literal byte, or a repetition of `length` bytes from `distance` back.
    private enum Token {
        case literal(UInt8)
        case match(length: Int, distance: Int)
    }

    private static let window = 32_768
    private static let longest = 258
    private static let hashBits = 15

    private var tokens: [Token] = []
    private var bits = BitWriter()

    private static func hash(_ data: [UInt8], _ index: Int) -> Int {
        let word =
            UInt32(data[index]) | UInt32(data[index + 1]) << 8 | UInt32(data[index + 2]) << 16
            | UInt32(data[index + 3]) << 24
        return Int((word &* 0x9E37_79B1) >> UInt32(32 - hashBits))
    }

    private mutating func findTokens(_ data: [UInt8]) {
        tokens.reserveCapacity(data.count)
        var last = [Int](repeating: -Deflate.window - 1, count: 1 << Deflate.hashBits)
        var index = 0
        while index < data.count {
            var length = 0
            var distance = 0
            if index + 4 <= data.count {
                let slot = Deflate.hash(data, index)
                distance = index - last[slot]
                last[slot] = index
                if distance <= Deflate.window {
                    let limit = min(Deflate.longest, data.count - index)
                    while length < limit, data[index + length] == data[index - distance + length] { length += 1 }
                }
            }
            guard length >= 4 else {
                tokens.append(.literal(data[index]))
                index += 1
                continue
            }
            tokens.append(.match(length: length, distance: distance))
            index += length
        }
    }

    private mutating func writeBlock() {
        var literals = [Int](repeating: 0, count: 286)
        var distances = [Int](repeating: 0, count: 30)
        literals[256] = 1
        for token in tokens {
            switch token {
            case .literal(let byte): literals[Int(byte)] += 1
            case .match(let length, let distance):
                literals[257 + Deflate.place(of: length, in: DeflateCode.lengths)] += 1
                distances[Deflate.place(of: distance, in: DeflateCode.distances)] += 1
            }
        }
        let literalCode = PrefixCode(counts: literals, longest: 15)
        let distanceCode = PrefixCode(counts: distances, longest: 15)
        bits.append(0b101, 3)
        writeCodes(literalCode.lengths, distanceCode.lengths)
        for token in tokens { write(token, literalCode, distanceCode) }
        literalCode.write(256, to: &bits)
    }

    private mutating func write(_ token: Token, _ literals: PrefixCode, _ distances: PrefixCode) {
        switch token {
        case .literal(let byte): literals.write(Int(byte), to: &bits)
        case .match(let length, let distance):
            let lengthPlace = Deflate.place(of: length, in: DeflateCode.lengths)
            literals.write(257 + lengthPlace, to: &bits)
            bits.append(length - DeflateCode.lengths[lengthPlace], DeflateCode.lengthBits[lengthPlace])
            let place = Deflate.place(of: distance, in: DeflateCode.distances)
            distances.write(place, to: &bits)
            bits.append(distance - DeflateCode.distances[place], DeflateCode.distanceBits[place])
        }
    }

    /// The last of the ascending `starts` that is at most `value`.
    private static func place(of value: Int, in starts: [Int]) -> Int {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= value { low = middle } else { high = middle }
        }
        return low
    }

    /// Writes the lengths of both codes, run-length coded and themselves Huffman coded (RFC 1951, section 3.2.7).
    private mutating func writeCodes(_ literals: [Int], _ distances: [Int]) {
        let runs = Deflate.runs(literals + distances)
        var counts = [Int](repeating: 0, count: 19)
        for run in runs { counts[run.symbol] += 1 }
        let code = PrefixCode(counts: counts, longest: 7)
        let used = DeflateCode.order.lastIndex { code.lengths[$0] > 0 } ?? 3
        bits.append(literals.count - 257, 5)
        bits.append(distances.count - 1, 5)
        bits.append(max(used + 1, 4) - 4, 4)
        for symbol in DeflateCode.order.prefix(max(used + 1, 4)) { bits.append(code.lengths[symbol], 3) }
        for run in runs {
            code.write(run.symbol, to: &bits)
            bits.append(run.extra, [2, 3, 7][max(run.symbol, 16) - 16] * (run.symbol >= 16 ? 1 : 0))
        }
    }

    /// Lengths 0 to 15 as they are; 16 repeats the last 3 to 6 times, 17 and 18 stand for 3 to 10 and 11 to 138 zeros.
    private static func runs(_ lengths: [Int]) -> [(symbol: Int, extra: Int)] {
        var runs: [(symbol: Int, extra: Int)] = []
        var index = 0
        while index < lengths.count {
            let value = lengths[index]
            let end = lengths[index...].firstIndex { $0 != value } ?? lengths.count
            var count = end - index
            index = end
            if value != 0 {
                runs.append((value, 0))
                count -= 1
            }
            while count >= 3 {
                let step = min(count, value != 0 ? 6 : 138)
                runs.append(value != 0 ? (16, step - 3) : step <= 10 ? (17, step - 3) : (18, step - 11))
                count -= step
            }
            for _ in 0..<count { runs.append((value, 0)) }
        }
        return runs
    }
}
