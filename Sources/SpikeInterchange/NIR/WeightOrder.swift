import SpikeNetwork

/// The order of weights and neurons in NIR, which puts channels first, against that of this package.
struct WeightOrder {
    /// The shape of one tap's weights in NIR: `[target][source]`, or `[target][source][row][column]`.
    let dimensions: [Int]

    private let pattern: Connection.Pattern
    private let sources: Int
    private let targets: Int
    /// The neuron of this package for each column of a matrix.
    private let columns: [Int]

    /// The order for `connection` from a source on `source`, or one without a grid.
    init(_ connection: Connection, source: Grid?, sources: Int, targets: Int) {
        self.init(pattern: connection.pattern, source: source, sources: sources, targets: targets)
    }

    /// The order for connections with `pattern`.
    init(pattern: Connection.Pattern, source: Grid?, sources: Int, targets: Int) {
        self.pattern = pattern
        self.sources = sources
        self.targets = targets
        switch pattern {
        case .dense:
            dimensions = [targets, sources]
            columns = source?.channelsFirst(Array(0..<sources)) ?? Array(0..<sources)
        case .convolution(let convolution):
            dimensions = [convolution.channels, convolution.input.channels, convolution.kernel, convolution.kernel]
            columns = []
        }
    }

    /// The weights of tap `tap` in NIR's order.
    func nir(_ weights: [Int8], tap: Int) -> NIRGraph.Weight {
        let count = dimensions.reduce(1, *)
        var values = [Int8](repeating: 0, count: count)
        forEachPair { ours, theirs in values[theirs] = weights[tap * count + ours] }
        return NIRGraph.Weight(dimensions: dimensions, values: values)
    }

    /// One tap's weights in this package's order, from NIR's.
    func ours(_ values: [Int8]) -> [Int8] {
        var weights = [Int8](repeating: 0, count: values.count)
        forEachPair { ours, theirs in weights[ours] = values[theirs] }
        return weights
    }

    private func forEachPair(_ body: (_ ours: Int, _ theirs: Int) -> Void) {
        switch pattern {
        case .dense:
            for column in 0..<sources {
                for target in 0..<targets { body(columns[column] * targets + target, target * sources + column) }
            }
        case .convolution(let convolution):
            let kernel = convolution.kernel
            let (inner, outer) = (convolution.input.channels, convolution.channels)
            for cell in 0..<kernel * kernel {
                for source in 0..<inner {
                    for target in 0..<outer {
                        body(
                            (cell * inner + source) * outer + target, (target * inner + source) * kernel * kernel + cell
                        )
                    }
                }
            }
        }
    }
}

extension Grid {
    /// The shape in NIR: channels, rows, columns.
    var nirShape: [Int] { [channels, height, width] }

    /// One value for each neuron in NIR's order from values in this package's.
    func channelsFirst<Value>(_ values: [Value]) -> [Value] {
        let cells = height * width
        return (0..<count).map { values[$0 % cells * channels + $0 / cells] }
    }
}

extension NetworkDescription {
    /// The grid on which the neurons of `origin` lie, if a convolution begins or ends there: the first one's.
    func grid(of origin: Connection.Origin) -> Grid? {
        for connection in connections {
            guard case .convolution(let convolution) = connection.pattern else { continue }
            if connection.source == origin { return convolution.input }
            if case .population(connection.target) = origin { return convolution.output }
        }
        return nil
    }
}
