internal import COpenBLAS

/// Row-major matrix products of `Float`, done by OpenBLAS on the calling thread.
///
/// Products of integers are exact, whatever the order of the additions, as long as every partial sum stays below
/// 2^24; that is what lets the trainer compute the engine's integer currents with a fast float product.
enum MatrixProduct {
    /// Makes OpenBLAS use the calling thread only; the trainer runs its own workers.
    static func useCallingThreadOnly() { openblas_set_num_threads(1) }

    /// `c += a x b`, with `a` of `rows x inner`, `b` of `inner x columns`.
    static func add(
        _ a: UnsafePointer<Float>, times b: UnsafePointer<Float>, to c: UnsafeMutablePointer<Float>, rows: Int,
        inner: Int, columns: Int
    ) {
        unsafe cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(inner), 1, a,
            blasint(inner), b, blasint(columns), 1, c, blasint(columns))
    }

    /// `c += aᵀ x b`, with `a` of `rows x inner`, `b` of `rows x columns`, `c` of `inner x columns`.
    static func add(
        transposed a: UnsafePointer<Float>, times b: UnsafePointer<Float>, to c: UnsafeMutablePointer<Float>,
        rows: Int, inner: Int, columns: Int
    ) {
        unsafe cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, blasint(inner), blasint(columns), blasint(rows), 1, a,
            blasint(inner), b, blasint(columns), 1, c, blasint(columns))
    }

    /// `c += a x bᵀ`, with `a` of `rows x columns`, `b` of `inner x columns`, `c` of `rows x inner`.
    static func add(
        _ a: UnsafePointer<Float>, timesTransposed b: UnsafePointer<Float>, to c: UnsafeMutablePointer<Float>,
        rows: Int, inner: Int, columns: Int
    ) {
        unsafe cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(inner), blasint(columns), 1, a,
            blasint(columns), b, blasint(columns), 1, c, blasint(inner))
    }
}
