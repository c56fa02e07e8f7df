/// The numbers of RFC 1951 that packing and unpacking share.
enum DeflateCode {
    /// In which order the lengths of the code for lengths are stored (section 3.2.7).
    static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    /// The shortest repetition of each length symbol from 257 on (section 3.2.5).
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
        4_097, 6_145, 8_193, 12_289, 16_385, 24_577,
    ]
    /// How many more bits tell the distance.
    static let distanceBits = (0..<30).map { max(0, $0 / 2 - 1) }
    /// The lengths of the fixed code for literals and lengths (section 3.2.6).
    static let fixedLiterals: [UInt8] = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
    /// The lengths of the fixed code for distances.
    static let fixedDistances = [UInt8](repeating: 5, count: 30)

    /// What the 288 symbols for literals and lengths mean; see ``PrefixDecoder``.
    static let literalMeanings: [UInt32] = (0..<288).map { (symbol: Int) -> UInt32 in
        if symbol < 256 { return UInt32(symbol) << 16 | PrefixDecoder.Kind.literal.field }
        if symbol == 256 { return PrefixDecoder.Kind.end.field }
        let place = symbol - 257
        return place < lengths.count ? number(lengths[place], lengthBits[place]) : PrefixDecoder.Kind.invalid.field
    }
    /// What the 30 symbols for distances mean, and the two that do not occur.
    static let distanceMeanings: [UInt32] =
        (0..<30).map { number(distances[$0], distanceBits[$0]) } + [0, 0]
    /// What the 19 symbols of the code for lengths mean: themselves.
    static let lengthMeanings: [UInt32] = (0..<19).map { number($0, 0) }

    private static func number(_ base: Int, _ extra: Int) -> UInt32 {
        UInt32(base) << 16 | PrefixDecoder.Kind.number.field | UInt32(extra) << 8
    }
}
