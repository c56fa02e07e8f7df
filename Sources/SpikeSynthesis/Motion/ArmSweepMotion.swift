import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// The right hand waves with the whole arm: over the head from the shoulder, or from side to side before the body.
struct ArmSweepMotion: Motion {
    let period: Float
    private let body: BodyShape
    private let rhythm: Rhythm
    private let posture: Posture
    private let idle: IdleArm
    private let isLevel: Bool
    private let middle: Float, range: Float
    private let reach: Float, forward: Float, height: Float
    private let bow: Float
    private let place: Drift3
    private let pole: Vector
    private let follow: Float

    init(_ context: MotionContext, using random: inout SeededGenerator) {
        body = context.body
        period = context.period(0.23...1.35, using: &random)
        rhythm = Rhythm(period: period, using: &random)
        posture = Posture(using: &random)
        idle = IdleArm(using: &random)
        isLevel = random.chance(0.35)
        let size = min(max(period / 0.45, 0.5), 1.4)
        // Angles in the plane of the sweep; 0 is straight up, or straight ahead.
        middle = isLevel ? random.uniform(-0.2...0.8) : random.uniform(0.1...1.2)
        range = random.uniform(0.2...0.75) * size
        reach = random.uniform(0.55...0.97)
        forward = random.uniform(0...0.7)
        height = random.uniform(-0.25...0.5)
        bow = random.uniform(-0.25...0.25)
        place = Drift3(hertz: 0.4, using: &random)
        pole = Vector(random.uniform(-1...(-0.2)), -1, random.uniform(-0.5...0.3))
        follow = random.uniform(-0.05...0.05)
    }

    func pose(at time: Float) -> Pose {
        var pose = posture.pose(at: time)
        let phase = rhythm.skewed(time)
        let beat = sin(phase)
        let angle = middle + range * rhythm.size(time) * beat
        // The hand rises or falls a little on its way, alike in both directions.
        let rise = bow * range * cos(2 * phase)
        let aim =
            isLevel
            ? Vector(-sin(angle), height + rise, cos(angle))
            : Vector(-sin(angle), cos(angle) + rise * 0.5, forward)
        let target = aim.direction() * reach + place(time) * 0.03
        pose.right = Reach.arm(body, to: target, pole: pole)
        pose.left = idle.arm(at: time, beat: beat)
        pose.roll += follow * beat
        pose.twist += follow * beat
        return pose
    }
}

/// A motion that shakes the whole body a little with its beat, as those of most people do, or turns and sways with it.
struct BodyBeat: Motion {
    let original: any Motion
    private let beat: Rhythm
    private let sideways: Float, upwards: Float, forwards: Float
    private let knees: Float
    private let turn: Float, roll: Float, lean: Float, twist: Float
    private let lag: Float
    private let tremble: Drift3
    private let trembling: Float
    private let feet: Drift3, footing: Float
    var period: Float { original.period }

    init(_ original: any Motion, using random: inout SeededGenerator) {
        self.original = original
        let period = original.period > 0 ? original.period : 1
        beat = Rhythm(period: random.chance(0.3) ? period / 2 : period, using: &random)
        let size = random.chance(0.4) ? 0 : random.uniform(0...1)
        sideways = size * random.uniform(0...0.035)
        upwards = size * random.uniform(0...0.03)
        forwards = size * random.uniform(0...0.03)
        knees = size * random.uniform(0...0.04)
        // Some put the whole body into it.
        let trunk: Float = random.chance(0.3) ? min(beat.period / 0.5, 1) : 0
        turn = trunk * random.uniform(-0.2...0.2)
        roll = trunk * random.uniform(-0.08...0.08)
        lean = trunk * random.uniform(-0.1...0.1)
        twist = trunk * random.uniform(-0.2...0.2)
        lag = random.uniform(0...(2 * .pi))
        tremble = Drift3(hertz: random.uniform(1.5...5), using: &random)
        trembling = random.chance(0.5) ? 0 : random.uniform(0...0.008)
        feet = Drift3(hertz: random.uniform(0.6...3), using: &random)
        footing = random.chance(0.6) ? 0 : random.uniform(0...0.03)
    }

    func pose(at time: Float) -> Pose {
        var pose = original.pose(at: time)
        let phase = beat.phase(time)
        let (s, c) = (sin(phase), cos(phase))
        pose.pelvis += Vector(sideways * s, -upwards * (0.5 + 0.5 * c) - knees * (0.5 - 0.5 * s), forwards * c)
        let sway = sin(phase + lag)
        pose.yaw += turn * sway
        pose.roll += roll * sway
        pose.lean += lean * sway
        pose.twist += twist * sway
        pose.pelvis += tremble(time) * trembling
        let step = feet(time) * footing
        pose.rightFoot += step
        pose.leftFoot += Vector(step.y, step.z, step.x)
        return pose
    }
}
