/// Turns the bits of a vector word into events.
enum VectorExpansion {
    /// Appends an event for each bit of `mask`, whose column is that of `base` and the bit's place more.
    ///
    /// Four events are stored at once, since most vectors hold no more; there is room for 36.
    @inline(__always)
    static func scatter(_ mask: UInt32, _ base: UInt64, into out: UnsafeMutablePointer<UInt64>, _ count: inout Int) {
        var rest = mask
        var place = unsafe out + count
        count &+= mask.nonzeroBitCount
        repeat {
            for step in 0..<4 {
                unsafe place[step] = base &+ UInt64(truncatingIfNeeded: rest.trailingZeroBitCount)
                rest &= rest &- 1
            }
            unsafe place += 4
        } while rest != 0
    }
}
