import SpikeSignals

/// The state of a keyword head as bytes: the tick that comes next, how many records were made, and the detector.
extension KeywordHead: Resumable {
    static let snapshotMagic: UInt64 = 0x3144_5257_4C4B_5053  // "SPKLWRD1"

    /// Of the labels and all other options.
    public var fingerprint: UInt64 { parameters.fingerprint }

    /// That of the batches so far; nil before the first.
    public var tickLength: Int64? { detector == nil ? nil : tickNanoseconds }

    /// Everything that the head remembers.
    public func snapshot() -> [UInt8] {
        Snapshot.seal(KeywordHead.snapshotMagic, fingerprint) { writer in
            HeadClock(tickNanoseconds: detector == nil ? 0 : tickNanoseconds, nextTick: nextTick, sequence: sequence)
                .write(to: &writer)
            detector?.write(to: &writer)
        }
    }

    /// Goes on from a kept state.
    public func restore(_ bytes: [UInt8]) throws(SpikelineError) {
        let place = KeywordHead.place(context)
        var reader = try Snapshot.open(
            bytes, magic: KeywordHead.snapshotMagic, fingerprint: fingerprint, at: place)
        guard let clock = HeadClock(&reader) else { throw Snapshot.damaged(at: place) }
        // A head that has heard its network knows which ticks there are; no state makes it forget.
        if let tickLength, clock.tickNanoseconds > 0, clock.tickNanoseconds != tickLength {
            throw Snapshot.otherTicks(clock.tickNanoseconds, expected: tickLength, at: place)
        }
        var fresh: KeywordDetector?
        if clock.tickNanoseconds > 0 {
            fresh = try KeywordDetector(parameters, tickNanoseconds: clock.tickNanoseconds)
            guard fresh?.read(from: &reader) == true else { throw Snapshot.damaged(at: place) }
        }
        guard reader.isAtEnd else { throw Snapshot.damaged(at: place) }
        (detector, tickNanoseconds, nextTick, sequence) =
            (fresh, clock.tickNanoseconds, clock.nextTick, clock.sequence)
    }
}

extension KeywordParameters {
    /// A number that follows from all parameters.
    var fingerprint: UInt64 {
        var sum = Fingerprint()
        for list in [labels, background, only ?? ["\u{0}all"]] {
            sum.add(list.count)
            for text in list { sum.add(text) }
        }
        sum.add((threshold ?? -1).bitPattern)
        for (word, value) in thresholds.sorted(by: { $0.key < $1.key }) {
            sum.add(word)
            sum.add(value.bitPattern)
        }
        sum.add([
            windowMilliseconds, smoothingMilliseconds, confirmMilliseconds, holdOffMilliseconds, potentialScaleBits,
        ])
        sum.add(releaseRatio.bitPattern)
        return sum.value
    }
}
