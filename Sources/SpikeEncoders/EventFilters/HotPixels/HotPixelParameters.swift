import SpikeSignals

extension HotPixelFilter {
    /// What one chooses.
    public struct Parameters: Hashable, Sendable {
        /// How long counts are gathered, in milliseconds, 0 to 3,600,000; 0: no learning.
        public var learnMilliseconds = 1_000
        /// How many times the median a hot pixel fires, 1 to 1,000,000.
        public var factor = 10
        /// Events a second that a hot pixel exceeds in any case, 0 to 1,000,000.
        public var minRateHertz = 100
        /// From the beginning of one learning to that of the next, in milliseconds, at least that of the learning; 0: once.
        public var relearnMilliseconds = 0
        /// Pixels that are hot in any case.
        public var pixels: [Pixel] = []
        /// What stood among the pixels and was none.
        var stranger: OptionValue?

        /// A pixel.
        public struct Pixel: Hashable, Sendable {
            /// Its column.
            public var x: Int
            /// Its row.
            public var y: Int

            /// The pixel at that column and row.
            public init(x: Int, y: Int) { (self.x, self.y) = (x, y) }
        }

        /// One second of learning, once.
        public init() {}
    }
}

extension HotPixelFilter.Parameters: FilterParameters {
    static let fields: [FilterOption<Self>] = [
        .integer(
            "learn_ms", \.learnMilliseconds, in: 0...3_600_000,
            help: "How long to learn which pixels are hot; 0: not at all; default 1000."),
        .integer(
            "factor", \.factor, in: 1...1_000_000, help: "How many times the median a hot pixel fires; default 10."),
        .integer(
            "min_rate_hz", \.minRateHertz, in: 0...1_000_000,
            help: "Events a second that a hot pixel exceeds in any case; default 100."),
        .integer(
            "relearn_ms", \.relearnMilliseconds, in: 0...86_400_000,
            help: "From the beginning of one learning to that of the next; 0: learn once; default 0."),
        pixelField,
    ]

    private static let pixelField = FilterOption<Self>(
        spec: OptionSpec(
            "pixels", .list(.list(.integer(0...SensorGrid.longestSide - 1))),
            help: "Pixels that are hot in any case, each [x, y]."),
        value: { parameters in .list(parameters.pixels.map { .list([.integer($0.x), .integer($0.y)]) }) },
        store: { value, parameters in
            guard case .list(let pairs) = value else { return }
            for pair in pairs {
                if case .list(let numbers) = pair, numbers.count == 2, case .integer(let x) = numbers[0],
                    case .integer(let y) = numbers[1]
                {
                    parameters.pixels.append(Pixel(x: x, y: y))
                } else {
                    parameters.stranger = pair
                }
            }
        })

    func checkTogether() throws(SpikelineError) {
        if let stranger {
            throw SpikelineError("\"pixels\" expects a column and a row for each pixel, found \(stranger.text)")
        }
        if learnMilliseconds == 0, pixels.isEmpty {
            throw SpikelineError("expected \"pixels\" or a \"learn_ms\" above 0, found neither")
        }
        if relearnMilliseconds > 0, relearnMilliseconds < learnMilliseconds || learnMilliseconds == 0 {
            throw SpikelineError(
                "\"relearn_ms\" is \(relearnMilliseconds), which does not hold a \"learn_ms\" of \(learnMilliseconds)")
        }
    }
}
