/// Unpacks LZF (Marc Lehmann's LibLZF), HDF5 filter 32000.
///
/// ```
/// 000nnnnn                       n + 1 bytes follow
/// lllooooo oooooooo              l + 2 bytes again from o + 1 back, l = 1 ... 6
/// 111ooooo llllllll oooooooo     l + 9 bytes again from o + 1 back
/// ```
enum LZF {
    /// Unpacks `source` into `range` of `target` and returns how many bytes it holds.
    static func decode(
        _ source: Span<UInt8>, into target: inout MutableSpan<UInt8>, _ range: Range<Int>
    ) throws(ContainerDamage) -> Int {
        try unsafe source.withUnsafeBytes { (input) throws(ContainerDamage) -> Int in
            try unsafe target.withUnsafeMutableBytes { (output) throws(ContainerDamage) -> Int in
                var reader = unsafe RawReader(input)
                var made = unsafe LZOutput(UnsafeMutableRawBufferPointer(rebasing: output[range]))
                while reader.left > 0 {
                    let control = try reader.byte()
                    if control < 32 {
                        try made.append(control + 1, from: &reader)
                    } else {
                        let length = try (control >> 5) + 2 + (control >> 5 == 7 ? reader.byte() : 0)
                        let distance = try (control & 31) << 8 + reader.byte() + 1
                        try made.appendAgain(length, distance: distance)
                    }
                }
                return made.count
            }
        }
    }
}
