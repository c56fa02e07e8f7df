import CZstd

/// Unpacks Zstandard frames (RFC 8878) with libzstd; keeps its working memory from one to the next.
@safe final class Zstandard {
    private let context = unsafe ZSTD_createDCtx()

    /// Unpacks `source` into `range` of `target` and returns how many bytes it holds.
    func decode(
        _ source: Span<UInt8>, into target: inout MutableSpan<UInt8>, _ range: Range<Int>
    ) throws(ContainerDamage) -> Int {
        let count = unsafe source.withUnsafeBytes { input in
            unsafe target.withUnsafeMutableBytes { output in
                let output = unsafe UnsafeMutableRawBufferPointer(rebasing: output[range])
                return unsafe ZSTD_decompressDCtx(
                    context, output.baseAddress, output.count, input.baseAddress, input.count)
            }
        }
        guard ZSTD_isError(count) == 0 else { throw ContainerDamage("a chunk's Zstandard data is damaged") }
        return count
    }

    deinit { unsafe ZSTD_freeDCtx(context) }
}
