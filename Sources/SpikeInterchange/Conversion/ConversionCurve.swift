import SpikeNetwork
import SpikeSignals

/// How often the spiking network is right after 1, 2, 4 ... ticks, what that costs, and how often the network is that it
/// was made of.
public struct ConversionCurve: Sendable {
    /// The state of things after some ticks, means over all pictures.
    public struct Point: Hashable, Sendable {
        /// Ticks since the picture appeared.
        public var ticks: Int
        /// Pictures that the spiking network puts into their class.
        public var correct = 0
        /// Pictures that it puts into the class into which the original puts them, right or wrong.
        public var agreeing = 0
        /// Spikes of pixels, and of neurons.
        public var inputSpikes = 0, spikes = 0
        /// Synaptic operations.
        public var operations = 0
    }

    /// Pictures.
    public let pictures: Int
    /// Pictures that the original puts into their class.
    public let originalCorrect: Int
    /// Multiplications of the original for one picture.
    public let originalOperations: Int
    /// The points, ascending; the last is after all ticks.
    public let points: [Point]

    /// A share of the pictures.
    public func share(_ count: Int) -> Double { Double(count) / Double(max(pictures, 1)) }

    /// Shows every picture to both networks; the engine is at rest before each.
    ///
    /// Cost: see ``SpikingNetwork``, times ticks and pictures.
    ///
    /// - Throws: if the network does not fit the engine.
    public init(
        of conversion: SpikingConversion, and original: ReLUNetwork, pictures: [[Float]], labels: [Int],
        progress: (Double) -> Void = { _ in }
    ) throws(SpikelineError) {
        let engine = try SpikingNetwork(conversion.network)
        let settings = conversion.settings
        var points = Self.moments(settings.ticks).map { Point(ticks: $0) }
        var originalCorrect = 0
        var spikes: [ChannelSpikes] = []
        for (index, picture) in pictures.enumerated() {
            let expected = original.decision(on: picture)
            if expected == labels[index] { originalCorrect += 1 }
            engine.reset()
            var coder = PixelCoder(picture, shape: original.input, most: settings.inputSpikes)
            var (next, arrived) = (0, 0)
            for tick in 1...settings.ticks {
                coder.next(into: &spikes)
                arrived += spikes.reduce(0) { $0 + Int($1.count) }
                try engine.step(spikes)
                guard tick == points[next].ticks else { continue }
                let decision = ReLUNetwork.highest((0..<engine.outputs).map { engine.potential(ofOutput: $0) })
                if decision == labels[index] { points[next].correct += 1 }
                if decision == expected { points[next].agreeing += 1 }
                points[next].inputSpikes += arrived
                points[next].spikes += engine.spikesFired
                points[next].operations += engine.synapticOperations
                next += 1
            }
            progress(Double(index + 1) / Double(pictures.count))
        }
        self.pictures = pictures.count
        self.originalCorrect = originalCorrect
        self.points = points
        originalOperations = original.layers.reduce(0) { $0 + $1.operations }
    }

    /// Powers of two up to `ticks`, and `ticks`.
    static func moments(_ ticks: Int) -> [Int] {
        var moments: [Int] = []
        var moment = 1
        while moment < ticks {
            moments.append(moment)
            moment *= 2
        }
        return moments + [ticks]
    }
}
