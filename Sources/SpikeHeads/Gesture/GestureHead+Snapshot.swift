import SpikeSignals

/// The state of a gesture head as bytes: the tick that comes next, how many records were made, and the detector.
extension GestureHead: Resumable {
    static let snapshotMagic: UInt64 = 0x3154_5347_4C4B_5053  // "SPKLGST1"

    /// Of the labels and all other options.
    public var fingerprint: UInt64 { parameters.fingerprint }

    /// That of the batches so far; nil before the first.
    public var tickLength: Int64? { detector == nil ? nil : tickNanoseconds }

    /// Everything that the head remembers, a gesture that goes on included.
    public func snapshot() -> [UInt8] {
        Snapshot.seal(GestureHead.snapshotMagic, fingerprint) { writer in
            HeadClock(tickNanoseconds: detector == nil ? 0 : tickNanoseconds, nextTick: nextTick, sequence: sequence)
                .write(to: &writer)
            detector?.write(to: &writer)
        }
    }

    /// Goes on from a kept state.
    public func restore(_ bytes: [UInt8]) throws(SpikelineError) {
        let place = GestureHead.place(context)
        var reader = try Snapshot.open(
            bytes, magic: GestureHead.snapshotMagic, fingerprint: fingerprint, at: place)
        guard let clock = HeadClock(&reader) else { throw Snapshot.damaged(at: place) }
        // A head that has heard its network knows which ticks there are; no state makes it forget.
        if let tickLength, clock.tickNanoseconds > 0, clock.tickNanoseconds != tickLength {
            throw Snapshot.otherTicks(clock.tickNanoseconds, expected: tickLength, at: place)
        }
        var fresh: GestureDetector?
        if clock.tickNanoseconds > 0 {
            fresh = try GestureDetector(parameters, tickNanoseconds: clock.tickNanoseconds, tick: clock.nextTick)
            guard fresh?.read(from: &reader, tick: clock.nextTick) == true else { throw Snapshot.damaged(at: place) }
        }
        guard reader.isAtEnd else { throw Snapshot.damaged(at: place) }
        (detector, tickNanoseconds, nextTick, sequence) =
            (fresh, clock.tickNanoseconds, clock.nextTick, clock.sequence)
    }
}

extension GestureParameters {
    /// A number that follows from all parameters.
    var fingerprint: UInt64 {
        var sum = Fingerprint()
        for list in [labels, background, [report.rawValue]] {
            sum.add(list.count)
            for text in list { sum.add(text) }
        }
        sum.add([threshold.bitPattern, releaseRatio.bitPattern])
        sum.add([
            windowMilliseconds, confirmMilliseconds, releaseMilliseconds, longestMilliseconds, minimumEventsPerSecond,
            reportsBackground ? 1 : 0, potentialScaleBits,
        ])
        return sum.value
    }
}
