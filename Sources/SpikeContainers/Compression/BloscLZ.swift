/// Unpacks BloscLZ, the own codec of Blosc 1 (a descendant of Ariya Hidayat's FastLZ).
///
/// The first byte counts without its upper three bits.
/// ```
/// 000nnnnn                                   n + 1 bytes follow
/// lllooooo [255 ...] [l'] oooooooo           l + 2 bytes again from o + 1 back; if l = 7, the bytes up to the first
///                                            that is not 255 add to it
/// lll11111 [255 ...] [l'] 255 hhhhhhhh llllllll     the same from 8,191 + h * 256 + l + 1 back
/// ```
enum BloscLZ {
    private static let nearest = 8_191

    /// Unpacks `source` into `range` of `target` and returns how many bytes it holds.
    static func decode(
        _ source: Span<UInt8>, into target: inout MutableSpan<UInt8>, _ range: Range<Int>
    ) throws(ContainerDamage) -> Int {
        try unsafe source.withUnsafeBytes { (input) throws(ContainerDamage) -> Int in
            try unsafe target.withUnsafeMutableBytes { (output) throws(ContainerDamage) -> Int in
                var reader = unsafe RawReader(input)
                var made = unsafe LZOutput(UnsafeMutableRawBufferPointer(rebasing: output[range]))
                var mask = 31
                while reader.left > 0 {
                    let control = try reader.byte() & mask
                    mask = 255
                    if control < 32 {
                        try made.append(control + 1, from: &reader)
                    } else {
                        let (length, distance) = try again(control, &reader)
                        try made.appendAgain(length, distance: distance)
                    }
                }
                return made.count
            }
        }
    }

    private static func again(
        _ control: Int, _ reader: inout RawReader
    ) throws(ContainerDamage) -> (length: Int, distance: Int) {
        var length = control >> 5 + 2
        if control >> 5 == 7 {
            var more = 255
            while more == 255 {
                more = try reader.byte()
                length += more
            }
        }
        let high = (control & 31) << 8
        let low = try reader.byte()
        guard low == 255, high == 31 << 8 else { return (length, high + low + 1) }
        return (length, try reader.byte() << 8 + reader.byte() + nearest + 1)
    }
}
