internal import COpenBLAS
import SpikeSignals

/// Row-major matrix products of `Float`, done by OpenBLAS on the calling thread.
///
/// Products of integers are exact, whatever the order of the additions, as long as every partial sum stays below
/// 2^24; that is what lets the trainer compute the engine's integer currents with a fast float product.
enum MatrixProduct {
    /// OpenBLAS, opened once and told to use the calling thread only, as the trainer runs its own; what is missing, if it is.
    private static let complaint: String? = {
        if let missing = unsafe spike_openblas_open() { return unsafe String(cString: missing) }
        spike_openblas_set_num_threads(1)
        return nil
    }()

    /// Opens OpenBLAS; whoever multiplies calls it first.
    static func prepare() throws(SpikelineError) {
        guard let complaint else { return }
        throw SpikelineError("training needs OpenBLAS: \(complaint)", hint: "Install it: apt install libopenblas0")
    }

    /// `c += a x b`, with `a` of `rows x inner`, `b` of `inner x columns`.
    static func add(
        _ a: UnsafePointer<Float>, times b: UnsafePointer<Float>, to c: UnsafeMutablePointer<Float>, rows: Int,
        inner: Int, columns: Int
    ) {
        precondition(complaint == nil, "OpenBLAS is not there; prepare() says so")
        unsafe spike_cblas_sgemm(
            CblasNoTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(inner), a, blasint(inner), b,
            blasint(columns), c, blasint(columns))
    }

    /// `c += aᵀ x b`, with `a` of `rows x inner`, `b` of `rows x columns`, `c` of `inner x columns`.
    static func add(
        transposed a: UnsafePointer<Float>, times b: UnsafePointer<Float>, to c: UnsafeMutablePointer<Float>,
        rows: Int, inner: Int, columns: Int
    ) {
        precondition(complaint == nil, "OpenBLAS is not there; prepare() says so")
        unsafe spike_cblas_sgemm(
            CblasTrans, CblasNoTrans, blasint(inner), blasint(columns), blasint(rows), a, blasint(inner), b,
            blasint(columns), c, blasint(columns))
    }

    /// `c += a x bᵀ`, with `a` of `rows x columns`, `b` of `inner x columns`, `c` of `rows x inner`.
    static func add(
        _ a: UnsafePointer<Float>, timesTransposed b: UnsafePointer<Float>, to c: UnsafeMutablePointer<Float>,
        rows: Int, inner: Int, columns: Int
    ) {
        precondition(complaint == nil, "OpenBLAS is not there; prepare() says so")
        unsafe spike_cblas_sgemm(
            CblasNoTrans, CblasTrans, blasint(rows), blasint(inner), blasint(columns), a, blasint(columns), b,
            blasint(columns), c, blasint(inner))
    }
}
