/// The way of a hand in the image over some cycles of a motion.
struct HandTrack {
    /// How much it goes round: 1 along a circle, clockwise; -1 counter-clockwise; 0 to and fro. An ellipse has the ratio of its
    /// axes.
    ///
    /// It is the area that the way encloses in a cycle, by that of the circle whose radius is the way's longer half axis.
    let roundness: Float

    /// The way of the right or left hand in `scene`.
    init(of scene: Scene, isRight: Bool) {
        let period = scene.motion.period
        guard period > 0 else {
            roundness = 0
            return
        }
        let cycles = max((2 / period).rounded(), 2)
        let count = Int(cycles) * 24
        let places = (0...count).map { index in
            scene.hand(at: Float(index) / 24 * period, isRight: isRight)
        }
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
        roundness = longest > 0 ? area / (cycles * .pi * longest) : 0
    }
}

extension Scene {
    /// The finger tips in the image at `time`, in pixels.
    func hand(at time: Float, isRight: Bool) -> SIMD2<Float> {
        let skeleton = Skeleton(body, motion.pose(at: time))
        let seen = camera.project(isRight ? skeleton.right.tips : skeleton.left.tips)
        let shift = offset(at: time)
        return SIMD2(seen.x + shift.x, seen.y + shift.y)
    }

    /// Whether the hand goes in the image as the gesture says: round in its sense, or to and fro. From some places a circle
    /// is a line, or turns the other way round, and a wave is a circle.
    func shows(_ gesture: Gesture) -> Bool {
        func roundness(isRight: Bool) -> Float { HandTrack(of: self, isRight: isRight).roundness }
        return switch gesture {
        case .rightArmClockwise: roundness(isRight: true) >= Self.leastRoundness
        case .rightArmCounterClockwise: roundness(isRight: true) <= -Self.leastRoundness
        case .leftArmClockwise: roundness(isRight: false) >= Self.leastRoundness
        case .leftArmCounterClockwise: roundness(isRight: false) <= -Self.leastRoundness
        case .rightHandWave: abs(roundness(isRight: true)) <= Self.leastRoundness
        case .leftHandWave: abs(roundness(isRight: false)) <= Self.leastRoundness
        default: true
        }
    }

    /// An ellipse five times as long as it is wide.
    private static let leastRoundness: Float = 0.2
}
