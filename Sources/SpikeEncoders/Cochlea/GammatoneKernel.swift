extension Gammatone.PairCoefficients {
    /// Runs two channels over `input`, whose element 0 is the sample before.
    ///
    /// With `h = 2^31` and `u = y + h` the offset state, all sums modulo 2^64:
    /// ```
    /// s[n] = b0 x[n] + b1 x[n-1] + c1 y[n-1] - c2 y[n-2] + e[n-1]        y[n] = s[n] >> 30,  e[n] = s[n] mod 2^30
    ///      = b0 X[n] + b1 X[n-1] + c1 U[n-1] - c2 U[n-2] + e[n-1] - h (b0 + b1 + c1 - c2)
    /// u[n] = (s[n] + 2^30 h) >> 30
    /// ```
    /// Factors must not be negative. Below a sixteenth of the sample rate b1 is and c1 is not, so |b1| X is taken away; above,
    /// both have 2 added to them, and `2 (X[n-1] + U[n-1])` is taken away.
    ///
    /// In the low channels the fraction `e` that a sum loses is added to the next one (first-order error feedback): their
    /// round-off noise vanishes towards 0 Hz, where the poles would amplify it most, and stays below -175 dB of full
    /// scale. In the others `e` is one half: plain rounding, below -170 dB.
    ///
    /// |y| is below 2^31 (``Gammatone/Coefficients``), so the exact sum lies in [0, 2^62) and no wrapped bit reaches
    /// the 32 that are kept.
    func run(_ state: inout Gammatone.PairState, _ input: Span<Gammatone.Lanes>) {
        if isLow { runLow(&state, input) } else { runHigh(&state, input) }
    }

    @inline(never)
    private func runLow(_ state: inout Gammatone.PairState, _ input: Span<Gammatone.Lanes>) {
        run(&state, input, low: true)
    }

    @inline(never)
    private func runHigh(_ state: inout Gammatone.PairState, _ input: Span<Gammatone.Lanes>) {
        run(&state, input, low: false)
    }

    @inline(__always)
    private func run(_ state: inout Gammatone.PairState, _ input: Span<Gammatone.Lanes>, low: Bool) {
        var s = state
        var before = input[0]
        for index in 1..<input.count {
            let now = input[index]
            let (firstBefore, secondBefore, thirdBefore) = (s.first.now, s.second.now, s.third.now)
            step(first, &s.first, now, before, low)
            step(second, &s.second, s.first.now, firstBefore, low)
            step(third, &s.third, s.second.now, secondBefore, low)
            step(fourth, &s.fourth, s.third.now, thirdBefore, low)
            before = now
            // y > 0 exactly if the top bit of u is set; then y is the 31 bits below it.
            let positive = s.fourth.now & Gammatone.Lanes(repeating: 1 << 31)
            s.rectified &+= s.fourth.now & (positive &- (positive &>> Gammatone.Lanes(repeating: 31)))
        }
        state = s
    }

    @inline(__always)
    private func step(
        _ section: Gammatone.Section, _ y: inout Gammatone.SectionState, _ x: Gammatone.Lanes,
        _ xBefore: Gammatone.Lanes, _ low: Bool
    ) {
        let ahead = product(section.b0, x) &+ product(c1, y.now) &- product(c2, y.before) &+ section.constant
        let back = product(section.b1, xBefore)
        y.before = y.now
        if low {
            let sum = ahead &- back &+ y.rest
            y.rest = sum & Gammatone.Lanes(repeating: (1 << 30) - 1)
            y.now = sum &>> Gammatone.Lanes(repeating: 30)
        } else {
            let sum = ahead &+ back &- ((xBefore &+ y.now) &<< Gammatone.Lanes(repeating: 31))
            y.now = sum &>> Gammatone.Lanes(repeating: 30)
        }
    }

    /// The product of the low halves of the lanes.
    @inline(__always)
    private func product(_ a: Gammatone.Lanes, _ b: Gammatone.Lanes) -> Gammatone.Lanes {
        let low = Gammatone.Lanes(repeating: 0xffff_ffff)
        return (a & low) &* (b & low)
    }
}
