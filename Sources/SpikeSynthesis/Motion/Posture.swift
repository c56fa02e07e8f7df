import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// `base` to the `exponent`.
func power(_ base: Float, _ exponent: Float) -> Float { pow(base, exponent) }

/// How somebody stands who does nothing in particular: never quite still.
struct Posture: Hashable, Sendable {
    private let sway: Drift3
    private let trunk: Drift3
    private let head: Drift3
    private let swayRange: Float, trunkRange: Float, headRange: Float
    private let lean: Float, yaw: Float, headPitch: Float, headYaw: Float

    /// A random posture.
    init(using random: inout SeededGenerator) {
        sway = Drift3(hertz: random.uniform(0.15...0.6), using: &random)
        trunk = Drift3(hertz: random.uniform(0.2...0.8), using: &random)
        head = Drift3(hertz: random.uniform(0.2...0.9), using: &random)
        swayRange = random.uniform(0.002...0.02)
        trunkRange = random.uniform(0.004...0.035)
        headRange = random.uniform(0.01...0.08)
        lean = random.uniform(-0.06...0.1)
        yaw = random.uniform(-0.2...0.2)
        headPitch = random.uniform(-0.1...0.25)
        headYaw = random.uniform(-0.2...0.2)
    }

    /// The pose at `time`, with arms that hang.
    func pose(at time: Float) -> Pose {
        var pose = Pose()
        let (sway, trunk, head) = (sway(time), trunk(time), head(time))
        pose.pelvis = sway * Vector(1, 0.1, 0.7) * swayRange
        pose.yaw = yaw
        pose.lean = lean + trunk.x * trunkRange
        pose.roll = trunk.y * trunkRange
        pose.twist = trunk.z * trunkRange
        pose.headPitch = headPitch + head.x * headRange
        pose.headYaw = headYaw + head.y * headRange
        pose.headRoll = head.z * headRange * 0.6
        return pose
    }
}

/// A left arm that has nothing to do: it hangs, rests on the hip, is bent before the belly, or moves along a little.
struct IdleArm: Hashable, Sendable {
    private let upper: Vector, fore: Vector
    private let drift: Drift3
    private let range: Float
    /// How much the arm swings along with the gesture.
    private let follow: Float

    /// A random idle arm.
    init(using random: inout SeededGenerator) {
        switch random.unit() {
        case ..<0.7:  // hangs
            upper = Vector(random.uniform(0.05...0.3), -1, random.uniform(-0.1...0.15))
            fore = Vector(random.uniform(-0.1...0.25), -1, random.uniform(0...0.35))
        case ..<0.82:  // hand on the hip
            upper = Vector(0.7, -0.8, -0.15)
            fore = Vector(-0.85, -0.5, 0.2)
        case ..<0.92:  // bent before the belly
            upper = Vector(0.15, -1, 0.15)
            fore = Vector(random.uniform(-0.9...0), random.uniform(-0.3...0.3), 0.8)
        default:  // hand in a pocket
            upper = Vector(0.25, -1, -0.2)
            fore = Vector(-0.15, -1, 0.25)
        }
        drift = Drift3(hertz: random.uniform(0.2...1), using: &random)
        range = random.chance(0.5) ? random.uniform(0...0.03) : random.uniform(0.02...0.12)
        follow = random.chance(0.6) ? 0 : random.uniform(0...0.12)
    }

    /// The arm at `time`; `beat` from -1 to 1 is where the gesture is in its cycle.
    func arm(at time: Float, beat: Float = 0) -> Pose.Arm {
        let swing = drift(time) * range + Vector(0.3, 0.2, 1) * (beat * follow)
        let fore = (self.fore + swing * 1.5).direction()
        return Pose.Arm(upper: (upper + swing).direction(), fore: fore, hand: fore)
    }
}
