import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// The right hand goes round, from the shoulder with a straight arm or from the elbow in small circles.
///
/// The plane of the circle faces the camera within 52 degrees, so that its sense of rotation can be seen.
struct CircleMotion: Motion {
    let period: Float
    private let body: BodyShape
    private let rhythm: Rhythm
    private let posture: Posture
    private let idle: IdleArm
    private let centre: Vector
    private let place: Drift3
    private let across: Vector, down: Vector
    private let sense: Float
    private let pole: Vector
    private let follow: Float, followTwist: Float

    init(_ context: MotionContext, isClockwise: Bool, using random: inout SeededGenerator) {
        body = context.body
        period = context.period(0.35...1.5, using: &random)
        rhythm = Rhythm(period: period, using: &random)
        posture = Posture(using: &random)
        idle = IdleArm(using: &random)
        place = Drift3(hertz: 0.35, using: &random)
        sense = isClockwise ? 1 : -1
        // Beside or before the body; small circles are the quicker ones.
        let quick = min(max(period / 0.6, 0.6), 1.3)
        let radius: Float
        switch random.unit() {
        case ..<0.4:  // before the shoulder, the arm half bent
            radius = random.uniform(0.25...0.5) * quick
            centre = Vector(random.uniform(-0.35...0.25), random.uniform(-0.25...0.3), random.uniform(0.45...0.75))
        case ..<0.7:  // at the side, the arm nearly straight
            radius = random.uniform(0.3...0.65) * quick
            centre = Vector(random.uniform(-0.8...(-0.45)), random.uniform(-0.2...0.35), random.uniform(0...0.5))
        case ..<0.85:  // small, from the elbow
            radius = random.uniform(0.12...0.3) * quick
            centre = Vector(random.uniform(-0.6...0.2), random.uniform(-0.35...0.5), random.uniform(0.3...0.7))
        default:  // a windmill about the shoulder
            radius = random.uniform(0.75...0.98)
            centre = Vector(random.uniform(-0.1...0), random.uniform(-0.05...0.1), random.uniform(0.1...0.35))
        }
        let yaw = min(max(random.uniform(-1.0...0.7), -0.9 + context.cameraYaw), 0.9 + context.cameraYaw)
        let pitch = random.uniform(-0.5...0.5)
        let squeeze = random.uniform(0.75...1.3)
        across = Vector(radius * squeeze, 0, 0).turned(pitch: pitch).turned(yaw: yaw)
        down = Vector(0, -radius, 0).turned(pitch: pitch).turned(yaw: yaw)
        pole = Vector(random.uniform(-1...(-0.2)), -1, random.uniform(-0.6...0.2))
        follow = random.uniform(0...0.06) * min(radius / 0.5, 1)
        followTwist = random.uniform(0...0.12) * min(radius / 0.5, 1)
    }

    func pose(at time: Float) -> Pose {
        var pose = posture.pose(at: time)
        let phase = rhythm.skewed(time)
        let (s, c) = (sin(phase) * sense, cos(phase))
        let target = centre + place(time) * 0.03 + (across * c + down * s) * rhythm.size(time)
        pose.right = Reach.arm(body, to: target, pole: pole)
        pose.left = idle.arm(at: time, beat: s)
        pose.roll -= follow * c
        pose.twist += followTwist * s
        pose.lean += 0.5 * follow * s
        pose.headYaw -= followTwist * s * 0.6
        return pose
    }
}
