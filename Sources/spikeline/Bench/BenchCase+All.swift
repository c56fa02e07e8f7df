extension BenchCase {
    /// Every case; a new one is one line here.
    static let all: [BenchCase] = [filters, ear, engine, pipeline, events]
}
