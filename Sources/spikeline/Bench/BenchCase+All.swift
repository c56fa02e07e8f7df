extension BenchCase {
    /// Every case; a new one is one line here. A name with a dot belongs to the group before it.
    static let all: [BenchCase] =
        [filters, ear, engine, pipeline, events, eventGrid, synthesis, anomaly, gesture, population] + eventFilters
}
