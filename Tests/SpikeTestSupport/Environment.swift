#if canImport(Glibc)
import Glibc
#endif

/// What the environment says about how tests are to be run.
public enum Environment {
    /// By what the rounds of random tests are multiplied: `SPIKELINE_FUZZ`, by default 1.
    public static let fuzz: Int = {
        let text = unsafe getenv("SPIKELINE_FUZZ").map { unsafe String(cString: $0) }
        return max(1, text.flatMap { Int($0) } ?? 1)
    }()
}
