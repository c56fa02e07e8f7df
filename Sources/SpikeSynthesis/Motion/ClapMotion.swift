import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Both hands meet before the chest: in a quick beat, or with a halt between claps.
struct ClapMotion: Motion {
    let period: Float
    private let body: BodyShape
    private let rhythm: Rhythm
    private let posture: Posture
    private let centre: Vector
    private let place: Drift3
    private let width: Float, sharpness: Float
    /// How much longer the hands stay apart (positive) or together (negative) than they move, -0.6 to 0.85.
    private let halt: Float
    private let axis: Vector
    private let share: Float
    private let pole: Float
    private let nod: Float

    init(_ context: MotionContext, using random: inout SeededGenerator) {
        body = context.body
        period = context.period(0.2...1.6, using: &random)
        rhythm = Rhythm(period: period, using: &random)
        posture = Posture(using: &random)
        centre = Vector(random.uniform(-0.1...0.1), random.uniform(-0.8...0.45), random.uniform(0.35...0.9))
        place = Drift3(hertz: 0.4, using: &random)
        width = min(max(period / 0.35, 0.5), 1.6) * random.uniform(0.15...0.65)
        sharpness = random.uniform(0.7...1.5)
        let slow = min(max((period - 0.35) / 0.45, 0), 1)
        halt = random.chance(0.5) ? random.uniform(-0.6...0.85) * slow : 0
        // Mostly side by side; now and then one hand comes from above.
        let slope = random.chance(0.8) ? random.uniform(-0.35...0.35) : random.uniform(-1.3...1.3)
        axis = Vector(cos(slope), sin(slope), random.uniform(-0.25...0.25)).direction()
        share = random.chance(0.7) ? random.uniform(0.4...0.6) : random.uniform(0.2...0.8)
        pole = random.uniform(0.3...1.2)
        nod = random.uniform(0...0.03)
    }

    func pose(at time: Float) -> Pose {
        var pose = posture.pose(at: time)
        var phase = rhythm.skewed(time)
        phase += halt * sin(phase)
        phase += halt * sin(phase)
        let gap = 0.03 + 2 * width * rhythm.size(time) * power(0.5 - 0.5 * cos(phase), sharpness)
        let middle = centre + place(time) * 0.03
        func arm(side: Float, part: Float) -> Pose.Arm {
            let shoulder = Vector(side * body.shoulder / body.arm, 0, 0)
            let target = middle + axis * (side * gap * part) - shoulder
            let fingers = Vector(-side * 0.15, 0.35, 0.8).direction()
            return Reach.arm(body, to: target, pole: Vector(side * pole, -1, -0.2), hand: fingers)
        }
        pose.right = arm(side: -1, part: share)
        pose.left = arm(side: 1, part: 1 - share)
        pose.headPitch += nod * cos(phase)
        pose.lean += 0.3 * nod * cos(phase)
        return pose
    }
}
