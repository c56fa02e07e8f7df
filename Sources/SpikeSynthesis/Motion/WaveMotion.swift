import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// The raised right hand swings from side to side, driven by the wrist, the elbow or the shoulder.
struct WaveMotion: Motion {
    let period: Float
    private let rhythm: Rhythm
    private let posture: Posture
    private let idle: IdleArm
    private let upper: Vector
    private let place: Drift3
    private let tilt: Float, forward: Float
    private let swing: Float, wrist: Float, shoulder: Float
    private let sideways: Float
    private let follow: Float

    init(_ context: MotionContext, using random: inout SeededGenerator) {
        period = context.period(0.23...1.3, using: &random)
        rhythm = Rhythm(period: period, using: &random)
        posture = Posture(using: &random)
        idle = IdleArm(using: &random)
        // From the elbow beside the ribs to an arm stretched upwards.
        let height = random.unit()
        upper = Vector(
            -random.uniform(0.35...0.95), -0.85 + 1.5 * height * height, random.uniform(-0.1...0.6)
        ).direction()
        place = Drift3(hertz: 0.4, using: &random)
        tilt = random.uniform(-0.35...0.25)
        forward = random.uniform(-0.05...0.75)
        // A quick wave is a small one.
        let size = min(max(period / 0.45, 0.55), 1.4) * random.uniform(0.6...1.15)
        let style = random.unit()
        swing = (style < 0.15 ? 0.2 : 0.55) * size
        wrist = (style < 0.15 ? 0.9 : random.uniform(-0.3...0.5)) * min(size, 1)
        shoulder = (style > 0.7 ? random.uniform(0.15...0.5) : random.uniform(0...0.12)) * size
        sideways = random.uniform(0.6...1.2)
        follow = random.uniform(-0.04...0.04)
    }

    func pose(at time: Float) -> Pose {
        var pose = posture.pose(at: time)
        let phase = rhythm.skewed(time)
        let size = rhythm.size(time)
        let beat = sin(phase)
        let wander = place(time) * 0.04
        let up = (upper + wander + Vector(beat * shoulder * size, -0.15 * beat * shoulder, 0)).direction()
        let angle = tilt + swing * size * beat
        let fore = Vector(sin(angle) * sideways, cos(angle), forward + wander.z).direction()
        let bent = angle + wrist * sin(phase - 0.7)
        let hand = Vector(sin(bent) * sideways, cos(bent), forward * 0.8).direction()
        pose.right = Pose.Arm(upper: up, fore: fore, hand: hand)
        pose.left = idle.arm(at: time, beat: beat)
        pose.roll += follow * beat
        pose.headRoll -= follow * beat
        return pose
    }
}
