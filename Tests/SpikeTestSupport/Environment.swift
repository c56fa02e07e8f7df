#if canImport(Glibc)
import Glibc
#endif

/// What the environment says about how tests are to be run.
public enum Environment {
    /// By what the rounds of random tests are multiplied: `SPIKELINE_FUZZ`, by default 1.
    public static let fuzz = number("SPIKELINE_FUZZ") ?? 1
    /// How often the program is killed in the tests of delivery: `SPIKELINE_KILLS`, by default 5.
    public static let kills = number("SPIKELINE_KILLS") ?? 5

    private static func number(_ name: String) -> Int? {
        let text = unsafe getenv(name).map { unsafe String(cString: $0) }
        return text.flatMap { Int($0) }.map { max(1, $0) }
    }
}
