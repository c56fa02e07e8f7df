import SpikeSignals

/// A detector as bytes: everything that it knows, so that a restored one goes on as if it had never stopped.
///
/// Little-endian: magic with the version of the format, fingerprint of encoder and configuration, the tick of the stream
/// that comes next, how many records were made, the detector, and a checksum of all bytes before it.
struct AnomalySnapshot: Hashable {
    static let magic: UInt64 = 0x334D_4E41_4C4B_5053  // "SPKLANM3"
    /// Two time scales of 1,024 channels are 18 MB; nothing larger is read.
    static let largest = 1 << 25
    /// What time and counters could have reached; sums and products of such values cannot overflow.
    static let latest: Int64 = 1 << 56

    /// What encoder and options the state belongs to.
    var fingerprint: UInt64
    /// The tick of the stream that comes next.
    var nextTick: Int64
    /// How many records were made.
    var sequence: Int64
    var detector: AnomalyDetector

    /// The snapshot as bytes.
    var bytes: [UInt8] {
        var writer = IntegerWriter()
        writer.append(AnomalySnapshot.magic)
        writer.append(fingerprint)
        writer.append(nextTick)
        writer.append(sequence)
        writer.append(Int64(detector.channels))
        detector.write(to: &writer)
        writer.append(Checksum.of(writer.bytes))
        return writer.bytes
    }

    /// Why bytes are no snapshot for this place.
    enum Problem: Error, Equatable {
        /// They are something else.
        case foreign
        /// They are cut off or changed.
        case damaged
        /// They belong to another encoder or other options.
        case mismatch
    }

    /// Reads a snapshot of a detector like `fresh`, which belongs to `fingerprint`.
    init(_ bytes: [UInt8], fresh: AnomalyDetector, fingerprint: UInt64) throws(Problem) {
        try AnomalySnapshot.check(bytes)
        var reader = IntegerReader(Array(bytes.dropLast(8)))
        _ = reader.integer(UInt64.self)
        guard let stored = reader.integer(UInt64.self), let nextTick = reader.integer(Int64.self),
            let sequence = reader.integer(Int64.self), let channels = reader.integer(Int64.self)
        else { throw .damaged }
        guard stored == fingerprint, channels == fresh.channels else { throw .mismatch }
        var detector = fresh
        guard detector.read(from: &reader), reader.isAtEnd, nextTick >= 0,
            (0...AnomalySnapshot.latest).contains(sequence)
        else { throw .damaged }
        (self.fingerprint, self.nextTick, self.sequence) = (fingerprint, nextTick, sequence)
        self.detector = detector
    }

    init(fingerprint: UInt64, nextTick: Int64, sequence: Int64, detector: AnomalyDetector) {
        (self.fingerprint, self.nextTick, self.sequence) = (fingerprint, nextTick, sequence)
        self.detector = detector
    }

    /// Checks magic and checksum.
    static func check(_ bytes: [UInt8]) throws(Problem) {
        var reader = IntegerReader(bytes)
        guard reader.integer(UInt64.self) == magic else { throw .foreign }
        var end = IntegerReader(Array(bytes.suffix(8)))
        guard bytes.count >= 48, end.integer(UInt64.self) == Checksum.of(bytes.dropLast(8)) else { throw .damaged }
    }
}

extension AnomalyDetector {
    fileprivate func write(to writer: inout IntegerWriter) {
        writer.append(phase.rawValue)
        for value in [age, learned, quiet, inPhase, sinceCalibrated] { writer.append(value) }
        let alert = rule.alert
        for value in [
            alert.number, alert.from, alert.onset, alert.lastHigh, alert.peak, alert.threshold, alert.reported,
            rule.isOpen ? 1 : 0, rule.risen, rule.armedFrom,
        ] { writer.append(value) }
        writer.append(balance.missing)
        writer.append(causes.map { Int64($0.channel) })
        for cause in causes {
            writer.append(UInt8(cause.isMore ? 1 : 0) | UInt8(cause.isSlow ? 2 : 0))
            writer.append(cause.weight.bitPattern)
        }
        fast.write(to: &writer)
        slow.write(to: &writer)
    }

    fileprivate mutating func read(from reader: inout IntegerReader) -> Bool {
        guard let phase = reader.integer(UInt8.self).flatMap(Phase.init(rawValue:)) else { return false }
        var values: [Int64] = []
        for _ in 0..<15 {
            guard let value = reader.integer(Int64.self) else { return false }
            values.append(value)
        }
        self.phase = phase
        (age, learned, quiet, inPhase, sinceCalibrated) = (values[0], values[1], values[2], values[3], values[4])
        rule.alert = AlertRule.Alert(
            number: values[5], from: values[6], onset: values[7], lastHigh: values[8], peak: values[9],
            threshold: values[10], reported: values[11])
        (rule.isOpen, rule.risen, rule.armedFrom) = (values[12] == 1, values[13], values[14])
        guard values.enumerated().allSatisfy({ ($0 == 13 ? -1 : 0)...AnomalySnapshot.latest ~= $1 }),
            [6, 7, 8, 11, 13].allSatisfy({ values[$0] <= age }), values[12] <= 1,
            [9, 10].allSatisfy({ values[$0] <= LateralPredictor.mostScore }), phase == .armed || rule.isQuiet
        else { return false }
        guard let missing = reader.integer(Int64.self), balance.restore(missing),
            let places = reader.list(limit: 64, of: Int64.self)
        else { return false }
        causes = []
        for place in places {
            guard (0..<Int64(channels)).contains(place), let flags = reader.integer(UInt8.self),
                let weight = reader.integer(UInt64.self)
            else { return false }
            causes.append(
                Cause(
                    channel: Int(place), isMore: flags & 1 == 1, weight: Double(bitPattern: weight),
                    isSlow: flags & 2 == 2))
        }
        guard fast.read(from: &reader), slow.read(from: &reader) else { return false }
        return phase != .armed || (fast.threshold != .max && slow.threshold != .max)
    }
}

extension AnomalyTimeScale {
    fileprivate func write(to writer: inout IntegerWriter) {
        writer.append(traces.values)
        writer.append(means)
        sums.write(to: &writer)
        predictor.write(to: &writer)
        for value in [score, threshold, sinceSolved, maxima.length, maxima.partial.fill, maxima.partial.highest] {
            writer.append(value)
        }
        writer.append(maxima.maxima)
        writer.append(window.recent)
        writer.append(window.fill)
        writer.append(window.lowest)
    }

    fileprivate mutating func read(from reader: inout IntegerReader) -> Bool {
        let size = means.count
        guard let traces = reader.list(limit: size, of: Int32.self),
            let means = reader.list(limit: size, of: Int64.self),
            traces.count == size, means.count == size, traces.allSatisfy({ (0...1 << 24).contains($0) }),
            means.allSatisfy({ (0...1 << 36).contains($0) }), sums.read(from: &reader), predictor.read(from: &reader)
        else { return false }
        var values: [Int64] = []
        for _ in 0..<6 {
            guard let value = reader.integer(Int64.self), value >= 0 else { return false }
            values.append(value)
        }
        let scores = 0...LateralPredictor.mostScore
        guard let highest = reader.list(limit: BlockMaxima.capacity, of: Int64.self), scores.contains(values[0]),
            values[1] == .max || (1...LateralPredictor.mostScore).contains(values[1]),
            values[2] <= AnomalySnapshot.latest, (1...maxima.longest).contains(values[3]), values[4] < values[3],
            scores.contains(values[5]), highest.allSatisfy({ scores.contains($0) })
        else { return false }
        self.traces.values = traces
        self.means = means
        (score, threshold, sinceSolved) = (values[0], values[1], values[2])
        maxima = BlockMaxima(
            length: values[3], longest: maxima.longest, maxima: highest, fill: values[4], highest: values[5])
        guard let recent = reader.list(limit: 16, of: Int64.self), let fill = reader.integer(Int64.self),
            let lowest = reader.integer(Int64.self)
        else { return false }
        return window.restore(recent: recent, fill: fill, lowest: lowest)
    }
}

extension CoactivationSums {
    fileprivate func write(to writer: inout IntegerWriter) {
        writer.append(count)
        writer.append(centre)
        writer.append(first)
        writer.append(second)
    }

    fileprivate mutating func read(from reader: inout IntegerReader) -> Bool {
        let size = channels
        guard let count = reader.integer(Int64.self), (0..<most).contains(count),
            let centre = reader.list(limit: size, of: Int32.self), let first = reader.list(limit: size, of: Int64.self),
            let second = reader.list(limit: size * size, of: Int64.self), centre.count == size, first.count == size,
            second.count == size * size, centre.allSatisfy({ (0...1 << 20).contains($0) }),
            // A deviation is at most 2^20, and halving rounds.
            first.allSatisfy({ $0.magnitude <= UInt64(count + 2) << 20 }),
            second.allSatisfy({ $0.magnitude <= 1 << 61 })
        else { return false }
        restore(count: count, centre: centre, first: first, second: second)
        return true
    }
}

extension LateralPredictor {
    fileprivate func write(to writer: inout IntegerWriter) {
        writer.append(gain)
        writer.append(weights)
        writer.append(shift)
        writer.append(precision)
        writer.append(deviations)
        writer.append(residuals)
    }

    fileprivate mutating func read(from reader: inout IntegerReader) -> Bool {
        let size = channels
        guard let gain = reader.list(limit: size, of: Int32.self),
            let weights = reader.list(limit: size * size, of: Int8.self), let shift = reader.integer(Int32.self),
            let precision = reader.list(limit: size, of: Int32.self),
            let deviations = reader.list(limit: size, of: Int16.self),
            let residuals = reader.list(limit: size, of: Int32.self), gain.count == size, weights.count == size * size,
            precision.count == size, deviations.count == size, residuals.count == size, (0...10).contains(shift),
            gain.allSatisfy({ (0...1 << 23).contains($0) }), precision.allSatisfy({ (0...1 << 16).contains($0) }),
            residuals.allSatisfy({ $0.magnitude <= Self.mostResidual.magnitude })
        else { return false }
        restore(
            gain: gain, weights: weights, shift: shift, precision: precision, deviations: deviations,
            residuals: residuals)
        return true
    }
}
