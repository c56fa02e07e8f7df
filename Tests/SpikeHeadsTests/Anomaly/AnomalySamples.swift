import SpikeSignals
import SpikeTestSupport

@testable import SpikeHeads

/// A made-up machine: counts of channels that share a few slow causes, and ways to break it.
struct Machine {
    let channels: Int
    /// How much each cause moves each channel.
    private let mix: [[Double]]
    private let base: [Double]
    private var causes: [Double]
    private var others: [Double]
    private var dice: Dice
    /// What is added to the mean of each channel: a fault.
    var fault: [Double]
    /// A channel that no longer follows the causes, though its mean and variance stay.
    var loose: Int?

    init(channels: Int = 12, seed: UInt64, layout: UInt64 = 1) {
        var own = Dice(state: layout)
        self.channels = channels
        mix = (0..<channels).map { _ in (0..<3).map { _ in own.normal() } }
        base = (0..<channels).map { _ in 8 + 8 * own.unit() }
        (causes, others) = ([0, 0, 0], [0, 0, 0])
        fault = Array(repeating: 0, count: channels)
        dice = Dice(state: seed)
    }

    /// The counts of the next tick.
    mutating func tick() -> [Int32] {
        for index in causes.indices {
            causes[index] = 0.9 * causes[index] + 0.44 * dice.normal()
            others[index] = 0.9 * others[index] + 0.44 * dice.normal()
        }
        return (0..<channels).map { channel in
            let own = channel == loose ? others : causes
            var value = base[channel] + fault[channel] + 1.5 * dice.normal()
            for (weight, cause) in zip(mix[channel], own) { value += weight * cause }
            return Int32(min(max(value.rounded(), 0), 255))
        }
    }
}

/// Short phases for tests: ticks of 10 ms, 512 to learn, 512 to calibrate.
var quickParameters: AnomalyParameters {
    var parameters = AnomalyParameters()
    (parameters.warmUpSeconds, parameters.calibrateSeconds) = (5.12, 5.12)
    (parameters.slowTicks, parameters.rearmMilliseconds, parameters.offDelayMilliseconds) = (32, 1_000, 500)
    return parameters
}

extension AnomalyDetector {
    /// A detector with ``quickParameters`` and ticks of 10 ms.
    init(channels: Int, _ parameters: AnomalyParameters = quickParameters) {
        self.init(parameters, channels: channels, tickNanoseconds: 10_000_000)
    }

    /// Takes in `count` ticks of a machine; what happened, by tick.
    @discardableResult
    mutating func run(_ machine: inout Machine, ticks count: Int) -> [(tick: Int, report: Report)] {
        var reports: [(tick: Int, report: Report)] = []
        for tick in 0..<count { step(machine.tick()) { reports.append((tick, $0)) } }
        return reports
    }

    /// A detector that knows a machine and is armed.
    static func armed(_ machine: inout Machine, _ parameters: AnomalyParameters = quickParameters) -> AnomalyDetector {
        var detector = AnomalyDetector(channels: machine.channels, parameters)
        while detector.phase != .armed { detector.run(&machine, ticks: 1) }
        return detector
    }
}

/// Ticks of counts as a stream of spikes.
struct SpikeStream {
    var ticks: [[Int32]] = []
    var legend: ChannelLegend?
    var tickNanoseconds: Int64 = 10_000_000
    var firstTick: Int64 = 0

    /// A batch of the ticks of `range`.
    func batch(_ range: Range<Int>, jump: Int64 = 0) -> SpikeBatch {
        let batch = SpikeBatch()
        (batch.channels, batch.tickNanoseconds) = (ticks.first?.count ?? 0, tickNanoseconds)
        (batch.firstTick, batch.legend) = (firstTick + Int64(range.lowerBound) + jump, legend)
        for tick in ticks[range] {
            for (channel, count) in tick.enumerated() where count > 0 {
                batch.append(channel: channel, count: Int(count))
            }
            batch.endTick()
        }
        return batch
    }

    /// What `head` reports of `range`, in batches of at most `most` ticks, cut where the dice say.
    func records(of head: AnomalyHead, _ range: Range<Int>, most: Int = 64, seed: UInt64 = 1) throws -> [Record] {
        var dice = Dice(state: seed)
        let output = RecordBatch()
        var next = range.lowerBound
        while next < range.upperBound {
            let end = min(range.upperBound, next + dice.pick(1...most))
            try head.process(batch(next..<end), into: output)
            next = end
        }
        return output.records
    }
}

extension [Record] {
    /// The records of anomalies.
    var anomalies: [AnomalyRecord] { compactMap { if case .anomaly(let record) = $0 { record } else { nil } } }
    /// The names of the phases.
    var phases: [String] { compactMap { if case .phase(let record) = $0 { record.phase } else { nil } } }
    /// The records of sensor faults.
    var faults: [SensorFaultRecord] { compactMap { if case .sensorFault(let record) = $0 { record } else { nil } } }
}
