extension Gammatone.PairCoefficients {
    /// Runs two channels over `input`, whose element 0 is the sample before.
    ///
    /// With `h = 2^31`, `u = y + h` the offset state and `B = b + 2` the offset coefficients, all sums modulo 2^64:
    /// ```
    /// s[n] = b0 x[n] + b1 x[n-1] + c1 y[n-1] - c2 y[n-2] + e[n-1]        y[n] = s[n] >> 30,  e[n] = s[n] mod 2^30
    ///      = b0 X[n] + B1 X[n-1] + C1 U[n-1] - c2 U[n-2] - 2 (X[n-1] + U[n-1]) + e[n-1] + 2^30 h (c2 - b0 - b1 - c1)
    /// u[n] = (s[n] + 2^30 h) >> 30
    /// ```
    /// In low channels the fraction `e` that a sum loses is added to the next one (first-order error feedback): their
    /// round-off noise vanishes towards 0 Hz, where the poles would amplify it most, and stays below -175 dB of full
    /// scale. In the others `e` is one half: plain rounding, below -165 dB.
    /// |y| is below 2^31 (``Gammatone/Coefficients``), so the exact sum lies in [0, 2^62) and no wrapped bit reaches
    /// the 32 that are kept.
    func run(_ state: inout Gammatone.PairState, _ input: Span<Gammatone.Lanes>) {
        if feedback { runWithFeedback(&state, input) } else { runRounding(&state, input) }
    }

    @inline(never)
    private func runWithFeedback(_ state: inout Gammatone.PairState, _ input: Span<Gammatone.Lanes>) {
        run(&state, input, feedback: true)
    }

    @inline(never)
    private func runRounding(_ state: inout Gammatone.PairState, _ input: Span<Gammatone.Lanes>) {
        run(&state, input, feedback: false)
    }

    @inline(__always)
    private func run(_ state: inout Gammatone.PairState, _ input: Span<Gammatone.Lanes>, feedback: Bool) {
        var s = state
        var before = input[0]
        for index in 1..<input.count {
            let now = input[index]
            let firstSum = sum(first, now, before, s.first, s.firstBefore, feedback ? s.firstRest : .zero)
            let first = firstSum &>> Gammatone.Lanes(repeating: 30)
            let secondSum = sum(second, first, s.first, s.second, s.secondBefore, feedback ? s.secondRest : .zero)
            let second = secondSum &>> Gammatone.Lanes(repeating: 30)
            let thirdSum = sum(third, second, s.second, s.third, s.thirdBefore, feedback ? s.thirdRest : .zero)
            let third = thirdSum &>> Gammatone.Lanes(repeating: 30)
            let fourthSum = sum(fourth, third, s.third, s.fourth, s.fourthBefore, feedback ? s.fourthRest : .zero)
            let fourth = fourthSum &>> Gammatone.Lanes(repeating: 30)
            if feedback {
                let fraction = Gammatone.Lanes(repeating: (1 << 30) - 1)
                (s.firstRest, s.secondRest) = (firstSum & fraction, secondSum & fraction)
                (s.thirdRest, s.fourthRest) = (thirdSum & fraction, fourthSum & fraction)
            }
            (s.firstBefore, s.first) = (s.first, first)
            (s.secondBefore, s.second) = (s.second, second)
            (s.thirdBefore, s.third) = (s.third, third)
            (s.fourthBefore, s.fourth) = (s.fourth, fourth)
            before = now
            // y > 0 exactly if the top bit of u is set; then y is the 31 bits below it.
            let positive = fourth & Gammatone.Lanes(repeating: 1 << 31)
            s.rectified &+= fourth & (positive &- (positive &>> Gammatone.Lanes(repeating: 31)))
        }
        state = s
    }

    @inline(__always)
    private func sum(
        _ section: Gammatone.Section, _ x: Gammatone.Lanes, _ xBefore: Gammatone.Lanes, _ y: Gammatone.Lanes,
        _ yBefore: Gammatone.Lanes, _ rest: Gammatone.Lanes
    ) -> Gammatone.Lanes {
        let zeros = product(section.b0, x) &+ product(section.b1, xBefore)
        let poles = product(c1, y) &- product(c2, yBefore)
        let offsets = (xBefore &+ y) &<< Gammatone.Lanes(repeating: 31)
        return zeros &+ poles &- offsets &+ section.constant &+ rest
    }

    /// The product of the low halves of the lanes.
    @inline(__always)
    private func product(_ a: Gammatone.Lanes, _ b: Gammatone.Lanes) -> Gammatone.Lanes {
        let low = Gammatone.Lanes(repeating: 0xffff_ffff)
        return (a & low) &* (b & low)
    }
}
