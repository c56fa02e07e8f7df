/// A decimal number of a text of events: whole part, and millionths, and further digits for rounding.
struct TextNumber {
    /// Whether a minus sign stands before it.
    var isNegative = false
    /// The whole part.
    var magnitude: UInt64 = 0
    /// Billionths.
    var fraction: UInt64 = 0

    /// Reads the number at `index`, which moves behind it; false if there is none or it is too large.
    @inline(__always)
    mutating func read(_ bytes: EventBytes, _ index: inout Int) -> Bool {
        let end = bytes.count
        guard index < end else { return false }
        var place = index
        var byte = bytes.byte(place)
        let sign = byte
        if byte == 0x2D || byte == 0x2B { place &+= 1 }
        let start = place
        var value: UInt64 = 0
        byte = 0
        while place < end {
            byte = bytes.byte(place) &- 0x30
            if byte > 9 { break }
            value = value &* 10 &+ UInt64(byte)
            place &+= 1
        }
        isNegative = sign == 0x2D
        magnitude = value
        fraction = 0
        index = place
        // 18 digits fit; no time and no place has more.
        guard place &- start <= 18 else { return false }
        let isWhole = place == end || (byte != 0x2E &- 0x30 && byte | 0x20 != (0x65 &- 0x30) | 0x20)
        if isWhole, place > start { return true }
        return readRest(bytes, &index, start)
    }

    /// Reads a fraction and an exponent, or one of the words true, false, on and off.
    @inline(never)
    private mutating func readRest(_ bytes: EventBytes, _ index: inout Int, _ start: Int) -> Bool {
        let end = bytes.count
        guard index < end else { return false }
        if index == start, bytes.byte(index) != 0x2E { return readWord(bytes, &index) }
        var digits = index - start
        if index < end, bytes.byte(index) == 0x2E {
            index += 1
            var scale: UInt64 = 1_000_000_000
            while index < end {
                let digit = bytes.byte(index) &- 0x30
                if digit > 9 { break }
                if scale > 1 {
                    fraction = fraction * 10 + UInt64(digit)
                    scale /= 10
                }
                digits += 1
                index += 1
            }
            fraction *= scale
        }
        guard digits > 0 else { return false }
        guard index < end, bytes.byte(index) | 0x20 == 0x65 else { return true }
        return readExponent(bytes, &index, start)
    }

    /// Reads a number with an exponent anew, in double precision.
    private mutating func readExponent(_ bytes: EventBytes, _ index: inout Int, _ start: Int) -> Bool {
        index += 1
        if index < bytes.count, bytes.byte(index) == 0x2B || bytes.byte(index) == 0x2D { index += 1 }
        while index < bytes.count, bytes.byte(index) &- 0x30 <= 9, index - start < 64 { index += 1 }
        let text = String(decoding: bytes.bytes(start..<index), as: UTF8.self)
        guard let value = Double(text), value >= 0, value < 1e18 else { return false }
        magnitude = UInt64(value)
        fraction = UInt64(((value - Double(magnitude)) * 1e9).rounded())
        if fraction >= 1_000_000_000 {
            magnitude += 1
            fraction = 0
        }
        return true
    }

    private mutating func readWord(_ bytes: EventBytes, _ index: inout Int) -> Bool {
        var word = ""
        while index < bytes.count, word.utf8.count < 6 {
            let byte = bytes.byte(index) | 0x20
            guard byte >= 0x61, byte <= 0x7A else { break }
            word.unicodeScalars.append(Unicode.Scalar(byte))
            index += 1
        }
        magnitude = word == "true" || word == "on" ? 1 : 0
        return ["true", "false", "on", "off"].contains(word)
    }

    /// A column or row.
    var place: UInt16? { isNegative || fraction != 0 || magnitude > 0xFFFF ? nil : UInt16(magnitude) }

    /// A time in microseconds, rounded to nearest, or nil if it is beyond all sensor times.
    func microseconds(_ unit: EventTextLayout.Unit) -> Int64? {
        var time: UInt64
        switch unit {
        case .nanoseconds: time = (magnitude + 500) / 1_000
        case .microseconds: time = magnitude + (fraction >= 500_000_000 ? 1 : 0)
        case .milliseconds:
            guard magnitude < 1 << 43 else { return nil }
            time = magnitude * 1_000 + (fraction + 500_000) / 1_000_000
        case .seconds:
            guard magnitude < 1 << 33 else { return nil }
            time = magnitude * 1_000_000 + (fraction + 500) / 1_000
        }
        guard time <= 1 << 53 else { return nil }
        return isNegative ? -Int64(time) : Int64(time)
    }
}
