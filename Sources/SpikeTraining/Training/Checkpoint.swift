import SpikeSignals

/// The state of a training run on disk, so that a stopped run goes on as if it had never stopped.
///
/// Little-endian: magic, surrogate gradient (its shape's index and the bits of its width), fingerprint of architecture and
/// configuration, epoch, optimiser steps, best epoch, best accuracy, then the parameters, both moments, the statistics, and parameters and statistics of the best epoch.
struct Checkpoint {
    static let magic: UInt64 = 0x3250_4B43_4C4B_5053  // "SPKLCKP2"
    static let largestFile = 1 << 30

    /// A number that differs between runs that must not be mixed up (FNV-1a, 64 bits).
    static func fingerprint(_ architecture: TemporalArchitecture, _ configuration: some Sendable) -> UInt64 {
        fingerprint("\(architecture)\(configuration)")
    }

    static func fingerprint(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

/// Parameters with their statistics: all that an exported network is made of.
public struct TrainedParameters: Hashable, Sendable {
    /// The parameters in their layout.
    var parameters: [Float]
    /// The statistics of the currents.
    var statistics: RunningStatistics

    fileprivate func write(to writer: inout ByteWriter) {
        writer.append(parameters)
        for layer in statistics.means.indices {
            writer.append(statistics.means[layer])
            writer.append(statistics.variances[layer])
        }
    }

    fileprivate static func read(
        _ reader: inout ByteReader, _ architecture: TemporalArchitecture, count: Int
    ) -> TrainedParameters? {
        guard let parameters = reader.floats(count: count) else { return nil }
        var statistics = RunningStatistics(architecture)
        for (index, layer) in architecture.layers.enumerated() {
            guard let means = reader.floats(count: layer.features),
                let variances = reader.floats(count: layer.features)
            else { return nil }
            statistics.means[index] = means
            statistics.variances[index] = variances
        }
        return TrainedParameters(parameters: parameters, statistics: statistics)
    }
}

extension TrainableNetwork {
    /// The parameters and statistics, to keep or to go back to.
    public var snapshot: TrainedParameters {
        get { TrainedParameters(parameters: parameters.array, statistics: statistics) }
        set {
            parameters.array = newValue.parameters
            statistics = newValue.statistics
        }
    }

    /// The network of the best epoch of a finished or stopped run with this architecture.
    public static func best(
        ofCheckpoint path: String, _ architecture: TemporalArchitecture
    ) throws(SpikelineError) -> TrainableNetwork {
        let network = TrainableNetwork(architecture, seed: 0)
        var reader = ByteReader(try ByteFile.read(path, limit: Checkpoint.largestFile))
        let count = network.layout.count
        guard reader.integer() == Checkpoint.magic, (0..<7).allSatisfy({ _ in reader.integer() != nil }),
            TrainedParameters.read(&reader, architecture, count: count) != nil, reader.floats(count: count) != nil,
            reader.floats(count: count) != nil, let best = TrainedParameters.read(&reader, architecture, count: count)
        else {
            throw SpikelineError(
                "expected a checkpoint of a network of \(count) parameters, found something else", at: path)
        }
        network.snapshot = best
        return network
    }
}

/// A training run that can be stopped and gone on with.
protocol ResumableRun: AnyObject {
    /// The network in training.
    var network: TrainableNetwork { get }
    /// The optimiser.
    var optimizer: Adam { get }
    /// What stands for the derivative of the spikes.
    var surrogate: SurrogateGradient { get }
    /// Differs between runs that must not be mixed up.
    var fingerprint: UInt64 { get }
    /// The epoch that comes next, from 0.
    var epoch: Int { get set }
    /// The best dev accuracy so far, its epoch from 1, and the parameters then.
    var bestAccuracy: Double { get set }
    var bestEpoch: Int { get set }
    var best: TrainedParameters? { get set }
}

extension SurrogateGradient: CustomStringConvertible {
    /// The shape and, where it has one, the width: `fast-sigmoid, 0.5 wide`.
    public var description: String { shape == .straightLine ? shape.rawValue : "\(shape.rawValue), \(width) wide" }

    /// The index of the shape among all, and the bits of the width.
    var codes: [UInt64] { [UInt64(Shape.allCases.firstIndex(of: shape) ?? 0), UInt64(width.bitPattern)] }

    /// The surrogate with these codes, if there is one.
    init?(codes: [UInt64]) {
        guard codes.count == 2, codes[0] < Shape.allCases.count, let bits = UInt32(exactly: codes[1]) else {
            return nil
        }
        self.init(Shape.allCases[Int(codes[0])], width: Float(bitPattern: bits))
        guard self.codes == codes else { return nil }
    }
}

extension KeywordTrainer: ResumableRun {
    var fingerprint: UInt64 { Checkpoint.fingerprint(network.architecture, configuration) }

    /// Writes the state of the run to `path`, atomically.
    public func writeCheckpoint(to path: String) throws(SpikelineError) { try writeState(to: path) }

    /// Goes on from a checkpoint of a run with the same architecture and configuration.
    public func resume(from path: String) throws(SpikelineError) { try readState(from: path) }
}

extension ResumableRun {
    /// Writes the state of the run to `path`, atomically.
    func writeState(to path: String) throws(SpikelineError) {
        var writer = ByteWriter()
        writer.append(Checkpoint.magic)
        for code in surrogate.codes { writer.append(code) }
        writer.append(fingerprint)
        for value in [epoch, optimizer.steps, bestEpoch] { writer.append(UInt64(value)) }
        writer.append(bestAccuracy.bitPattern)
        network.snapshot.write(to: &writer)
        writer.append(optimizer.first.array)
        writer.append(optimizer.second.array)
        (best ?? network.snapshot).write(to: &writer)
        try ByteFile.write(writer.bytes, to: path)
    }

    /// Goes on from a checkpoint of a run with the same fingerprint.
    func readState(from path: String) throws(SpikelineError) {
        var reader = ByteReader(try ByteFile.read(path, limit: Checkpoint.largestFile))
        let magic: UInt64? = reader.integer()
        guard magic == Checkpoint.magic else {
            // The last byte is the version's digit.
            let isOlder = magic.map { $0 << 8 == Checkpoint.magic << 8 } ?? false
            throw SpikelineError(
                "expected a checkpoint of a training run, found \(isOlder ? "one of another version" : "something else")",
                at: path, hint: isOlder ? "Start the run anew with another --checkpoint" : "")
        }
        guard let shape = reader.integer(), let width = reader.integer(),
            let found = SurrogateGradient(codes: [shape, width])
        else { throw SpikelineError("the checkpoint ends too early or is damaged", at: path) }
        guard found == surrogate else {
            throw SpikelineError(
                "expected a checkpoint of a run with the surrogate \(surrogate), found one with \(found)", at: path,
                hint: "Give the options of that run, or start a new one")
        }
        guard reader.integer() == fingerprint else {
            throw SpikelineError(
                "expected a checkpoint of a run with these options, found one with others", at: path,
                hint: "Give the options of that run, or start a new one")
        }
        let count = network.layout.count
        guard let epoch = reader.integer(), let steps = reader.integer(), let bestEpoch = reader.integer(),
            let accuracy = reader.integer(), epoch <= 1_000_000, steps <= 1_000_000_000, bestEpoch <= epoch,
            let current = TrainedParameters.read(&reader, network.architecture, count: count),
            let first = reader.floats(count: count), let second = reader.floats(count: count),
            let best = TrainedParameters.read(&reader, network.architecture, count: count)
        else { throw SpikelineError("the checkpoint ends too early or is damaged", at: path) }
        self.epoch = Int(epoch)
        self.bestEpoch = Int(bestEpoch)
        bestAccuracy = Double(bitPattern: accuracy)
        network.snapshot = current
        optimizer.steps = Int(steps)
        optimizer.first.array = first
        optimizer.second.array = second
        self.best = best
    }
}

extension KeywordTeacher {
    /// Writes the state of the teacher's run to `path`, atomically.
    public func writeCheckpoint(to path: String) throws(SpikelineError) {
        var writer = ByteWriter()
        writer.append(Checkpoint.magic)
        writer.append(fingerprint)
        writer.append(UInt64(epoch))
        writer.append(UInt64(optimizer.steps))
        for values in [parameters.array, optimizer.first.array, optimizer.second.array] { writer.append(values) }
        for statistics in running {
            writer.append(statistics.means)
            writer.append(statistics.variances)
        }
        try ByteFile.write(writer.bytes, to: path)
    }

    /// Goes on from a checkpoint of a teacher of the same shape and configuration.
    public func resume(from path: String) throws(SpikelineError) {
        var reader = ByteReader(try ByteFile.read(path, limit: Checkpoint.largestFile))
        guard reader.integer() == Checkpoint.magic, reader.integer() == fingerprint else {
            throw SpikelineError(
                "expected a checkpoint of a teacher trained with these options, found something else", at: path,
                hint: "Give the options of that run, or start a new one")
        }
        let count = parameters.count
        guard let epoch = reader.integer(), let steps = reader.integer(), epoch <= 1_000_000, steps <= 1_000_000_000,
            let values = reader.floats(count: count), let first = reader.floats(count: count),
            let second = reader.floats(count: count)
        else { throw SpikelineError("the checkpoint ends too early or is damaged", at: path) }
        for index in running.indices {
            guard let means = reader.floats(count: running[index].means.count),
                let variances = reader.floats(count: running[index].variances.count)
            else { throw SpikelineError("the checkpoint ends too early or is damaged", at: path) }
            running[index] = (means, variances)
        }
        parameters.array = values
        optimizer.first.array = first
        optimizer.second.array = second
        optimizer.steps = Int(steps)
        self.epoch = Int(epoch)
    }

    /// Differs between teachers that must not be mixed up. How long a student learns does not matter to its teacher.
    private var fingerprint: UInt64 {
        var configuration = configuration
        configuration.epochs = 0
        configuration.learningRate = 0
        configuration.patience = 0
        configuration.surrogate = .straightLine
        return Checkpoint.fingerprint("\(architecture)\(configuration)")
    }
}
