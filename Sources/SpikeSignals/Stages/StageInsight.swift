/// The spikes of populations within a stage, such as the hidden layers of a network, for somebody who looks on.
///
/// They are gathered while ``isWanted`` only, so that nothing is paid for while nobody looks. All is used on the pipeline's
/// thread alone.
public final class StageInsight {
    /// A population within the stage.
    public struct Population: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// How many neurons it has.
        public var size: Int

        /// The population `name` of `size` neurons.
        public init(name: String, size: Int) { (self.name, self.size) = (name, size) }
    }

    /// The populations, in the order of the stage.
    public let populations: [Population]
    /// The spikes of each population, for the ticks of the last batch that the stage worked on.
    public let spikes: [SpikeBatch]
    /// Whether the stage is to gather them.
    public var isWanted = false

    /// An insight into these populations, which have not fired.
    public init(_ populations: [Population]) {
        self.populations = populations
        spikes = populations.map { population in
            let batch = SpikeBatch()
            batch.channels = population.size
            return batch
        }
    }

    /// Empties the batches, for ticks that begin as those of `input` do.
    public func begin(like input: SpikeBatch) {
        for batch in spikes {
            batch.removeAll()
            (batch.firstTick, batch.tickNanoseconds) = (input.firstTick, input.tickNanoseconds)
        }
    }
}
