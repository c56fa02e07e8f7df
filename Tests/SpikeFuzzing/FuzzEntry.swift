/// What libFuzzer calls, on one thread, with one input after the other.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe FuzzEntry.examiner.examine([UInt8](UnsafeBufferPointer(start: start, count: count)))
    return 0
}

private enum FuzzEntry {
    /// Kept from input to input, so that an input costs no more than what the readers themselves allocate.
    // Unsafe: libFuzzer calls on one thread only.
    nonisolated(unsafe) static let examiner = Examiner()
}
