import CRenderKernels

/// Whether this processor has the wide vectors that `CRenderKernels` is written for.
///
/// Its two loops have twins in Swift beside the places where they are called: the twin says what is computed, runs on every
/// machine, and tests compare the two bit for bit. What a seed gives is the same everywhere.
enum WideLoops {
    /// Whether the wide loops may be called.
    static let areThere = rk_are_there() != 0
}
