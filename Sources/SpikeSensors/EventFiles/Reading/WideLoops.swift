import CEventKernels

/// Whether this processor has the wide vectors that `CEventKernels` is written for.
///
/// Every such loop has a twin in Swift beside the place where it is called: the twin says what is computed, runs on every
/// machine, and tests compare the two bit for bit. A wide loop that meets something unusual gives up before anything
/// has happened, and the twin takes over.
enum WideLoops {
    /// Whether the wide loops may be called.
    static let areThere = ek_level() > 0
}
