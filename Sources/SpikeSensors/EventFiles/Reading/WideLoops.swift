import CEventKernels

/// Whether this processor has the wide vectors that `CEventKernels` is written for.
///
/// Every such loop has a twin in Swift beside the place where it is called: the twin says what is computed, runs on every
/// machine, and tests compare the two bit for bit. A wide loop that meets something unusual gives up before anything
/// has happened, and the twin takes over.
enum WideLoops {
    /// Whether the wide loops may be called.
    static let areThere = widest > 0

    /// How wide vectors can be here: 0 if there are none, 1 for AVX2, 2 for AVX-512.
    static let widest = Int(ek_level())

    /// Uses the loops of at most that level from now on, which changes no result: so that tests also see the narrower ones.
    static func use(_ level: Int) { ek_use(Int32(truncatingIfNeeded: level)) }
}
