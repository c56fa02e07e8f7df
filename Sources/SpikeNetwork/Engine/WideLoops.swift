import CNetworkKernels

/// Whether this processor has the wide vectors that `CNetworkKernels` is written for.
///
/// Its loops have twins in Swift beside the places where they are called: the twin says what is computed, runs on every
/// machine, and tests compare the two bit for bit.
package enum WideLoops {
    /// Whether the wide loops may be called.
    package static let areThere = nk_are_there() != 0
}
