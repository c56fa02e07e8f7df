extension Scene {
    /// Where the finger tips are in the image at `time`, in pixels.
    func hand(_ arm: Limb.Arm, at time: Float) -> SIMD2<Float> {
        let skeleton = Skeleton(body, motion.pose(at: time))
        let seen = camera.project(arm == .right ? skeleton.right.tips : skeleton.left.tips)
        let shift = offset(at: time)
        return SIMD2(seen.x + shift.x, seen.y + shift.y)
    }

    /// How much the way of a hand in the image goes round: 1 along a circle, clockwise; -1 counter-clockwise; 0 to and fro. An
    /// ellipse has the ratio of its axes.
    ///
    /// It is the area that the way encloses in a cycle, by that of the circle whose radius is the way's longer half axis.
    func roundness(of arm: Limb.Arm) -> Float {
        let period = motion.period
        guard period > 0 else { return 0 }
        let cycles = max((2 / period).rounded(), 2)
        let count = Int(cycles) * 24
        let places = (0...count).map { hand(arm, at: Float($0) / 24 * period) }
        let middle = places.reduce(.zero, +) / Float(places.count)
        var (xx, yy, xy, area) = (Float(0), Float(0), Float(0), Float(0))
        for (one, next) in zip(places, places.dropFirst()) {
            let (a, b) = (one - middle, next - middle)
            xx += a.x * a.x
            yy += a.y * a.y
            xy += a.x * a.y
            area += (a.x * b.y - a.y * b.x) / 2
        }
        // The larger variance along an axis is half the square of an ellipse's half axis.
        let spread = ((xx - yy) * (xx - yy) / 4 + xy * xy).squareRoot()
        let longest = 2 * ((xx + yy) / 2 + spread) / Float(count)
        return longest > 0 ? area / (cycles * .pi * longest) : 0
    }

    /// Whether the hand goes in the image as the gesture says: round in its sense, or to and fro. From some places a circle
    /// is a line, or turns the other way round, and a wave is a circle.
    func shows(_ gesture: Gesture) -> Bool {
        // An ellipse five times as long as it is wide.
        let bound: Float = 0.2
        return switch gesture {
        case .rightArmClockwise: roundness(of: .right) >= bound
        case .rightArmCounterClockwise: roundness(of: .right) <= -bound
        case .leftArmClockwise: roundness(of: .left) >= bound
        case .leftArmCounterClockwise: roundness(of: .left) <= -bound
        case .rightHandWave: abs(roundness(of: .right)) <= bound
        case .leftHandWave: abs(roundness(of: .left)) <= bound
        default: true
        }
    }
}
