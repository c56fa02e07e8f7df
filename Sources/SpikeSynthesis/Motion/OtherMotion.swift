import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Whatever is none of the ten gestures: sports, chores, fidgeting, standing nearly still.
struct OtherMotion: Motion {
    let period: Float
    private let body: BodyShape
    private let kind: Kind
    private let rhythm: Rhythm
    private let posture: Posture
    private let idle: IdleArm
    private let isMirrored: Bool
    private let size: Float
    private let height: Float
    private let first: Drift3, second: Drift3, third: Drift3

    private enum Kind: CaseIterable {
        case boxing, throwing, racket, bending, jogging, squats, jacks, pointing, walking, scratching, turning, raising
        case bothWave, wandering, still, stretching, kicking, driving, reaching
    }

    init(_ context: MotionContext, using random: inout SeededGenerator) {
        body = context.body
        kind = Kind.allCases[random.index(below: Kind.allCases.count)]
        let range: ClosedRange<Float> =
            switch kind {
            case .boxing, .jogging, .scratching: 0.25...0.9
            case .jacks, .kicking, .bothWave: 0.5...1.4
            default: 0.7...3
            }
        period = context.period(range, using: &random)
        rhythm = Rhythm(period: period, using: &random)
        posture = Posture(using: &random)
        idle = IdleArm(using: &random)
        isMirrored = random.chance(0.5)
        size = random.uniform(0.6...1.2)
        height = random.uniform(-0.6...0.7)
        first = Drift3(hertz: random.uniform(0.3...1.4), using: &random)
        second = Drift3(hertz: random.uniform(0.3...1.4), using: &random)
        third = Drift3(hertz: random.uniform(0.2...0.8), using: &random)
    }

    func pose(at time: Float) -> Pose {
        let pose = plain(at: time)
        return isMirrored ? pose.mirrored : pose
    }

    private func reach(_ target: Vector, side: Float) -> Pose.Arm {
        Reach.arm(body, to: target, pole: Vector(side * 0.7, -0.9, -0.2))
    }

    /// One stroke in each cycle: 0 at rest, up to 1 and back, quick in the middle.
    private func stroke(_ phase: Float) -> Float {
        let s = max(sin(phase), 0)
        return s * s * (3 - 2 * s)
    }

    private func plain(at time: Float) -> Pose {
        var pose = posture.pose(at: time)
        let phase = rhythm.skewed(time)
        let (s, c) = (sin(phase), cos(phase))
        let size = size * rhythm.size(time)
        pose.right = idle.arm(at: time).mirrored
        pose.left = idle.arm(at: time, beat: s)
        switch kind {
        case .boxing:
            let (a, b) = (stroke(phase), stroke(phase + .pi))
            pose.right = reach(Vector(0.2 * a, -0.1 + 0.15 * height, 0.35 + 0.6 * a * size), side: -1)
            pose.left = reach(Vector(-0.2 * b, -0.1 + 0.15 * height, 0.35 + 0.6 * b * size), side: 1)
            pose.twist += 0.25 * size * (b - a)
            pose.pelvis.y -= 0.02 * abs(s)
            pose.pelvis.x += 0.03 * first(time).x
        case .throwing, .racket:
            let isThrow = kind == .throwing
            let swing = stroke(phase)
            let back = stroke(phase + 2.1)
            let x = isThrow ? -0.35 + 0.5 * swing : -0.9 + 1.5 * swing - 0.1 * back
            let y = isThrow ? 0.35 + 0.5 * back - 0.6 * swing : height * 0.6 + 0.3 * swing
            pose.right = reach(Vector(x, y, -0.2 * back + 0.3 + 0.55 * swing) * size, side: -1)
            pose.twist += 0.45 * size * (swing - back)
            pose.lean += 0.2 * swing
            pose.rightFoot.z += 0.25 * swing
        case .bending:
            let down = 0.5 - 0.5 * c
            pose.lean += 1.2 * down * size
            pose.pelvis.z -= 0.15 * down
            pose.right = reach(Vector(0, -0.9 + 0.2 * height, 0.4), side: -1)
            pose.left = reach(Vector(0, -0.9 + 0.2 * height, 0.4), side: 1)
        case .jogging, .walking:
            let stride: Float = kind == .jogging ? 1 : 0.6
            pose.rightFoot.y += 0.25 * max(s, 0) * stride
            pose.leftFoot.y += 0.25 * max(-s, 0) * stride
            pose.rightFoot.z += 0.15 * c * stride
            pose.leftFoot.z -= 0.15 * c * stride
            let bend: Float = kind == .jogging ? 0.9 : 0.25
            pose.right = Pose.Arm(
                upper: Vector(-0.12, -1, -0.6 * s * stride * size).direction(),
                fore: Vector(0.1, -1 + bend, bend - 0.4 * s * stride).direction(), hand: Vector(0, -0.3, 1).direction())
            pose.left = Pose.Arm(
                upper: Vector(0.12, -1, 0.6 * s * stride * size).direction(),
                fore: Vector(-0.1, -1 + bend, bend + 0.4 * s * stride).direction(), hand: Vector(0, -0.3, 1).direction()
            )
            pose.pelvis.y += 0.03 * abs(c) * stride
            pose.twist += 0.1 * s
            if kind == .walking { pose.pelvis.x += 0.5 * third(time).x; pose.yaw += 0.9 * third(time).y }
        case .squats:
            let down = 0.5 - 0.5 * c
            pose.pelvis.y -= 0.4 * down * size
            pose.lean += 0.45 * down
            pose.right = reach(Vector(0.05, -0.1, 0.3 + 0.6 * down), side: -1)
            pose.left = reach(Vector(-0.05, -0.1, 0.3 + 0.6 * down), side: 1)
        case .jacks:
            let up = 0.5 - 0.5 * c
            let angle = -1.4 + 2.8 * up * min(size, 1)
            let right = Vector(-cos(angle), sin(angle), 0.1).direction()
            pose.right = Pose.Arm(upper: right, fore: right, hand: right)
            pose.left = pose.right.mirrored
            pose.rightFoot.x -= 0.3 * up
            pose.leftFoot.x += 0.3 * up
            pose.pelvis.y += 0.05 * abs(s)
        case .pointing, .reaching:
            let out = stroke(phase)
            let aim = Vector(-0.5 + first(time).x * 0.4, height, 0.6).direction()
            pose.right = reach(
                Vector(-0.1, -0.9, 0.15) * (1 - out) + aim * (0.95 * out), side: -1)
            pose.headYaw -= 0.4 * out
            if kind == .reaching { pose.roll += 0.2 * out; pose.lean += 0.3 * out }
        case .scratching:
            pose.right = reach(Vector(0.15 + 0.05 * s, 0.35 + 0.06 * c * size, 0.2), side: -1)
            pose.headRoll += 0.1 * first(time).x
        case .turning:
            pose.yaw += 1.3 * size * s
            pose.headYaw += 0.3 * c
        case .raising:
            let up = 0.5 - 0.5 * c
            let forward = height > 0 ? Float(0.9) : 0.1
            pose.right = reach(
                Vector(-0.3 * (1 - forward), -0.95 + 1.8 * up * min(size, 1), forward * 4 * up * (1 - up) + 0.1),
                side: -1)
            pose.left = height > 0.35 ? pose.left : pose.right.mirrored
        case .bothWave:
            pose.right = reach(Vector(-0.35 + 0.25 * s * size, 0.35 + 0.3 * height, 0.35), side: -1)
            pose.left = reach(Vector(0.35 + 0.25 * s * size, 0.35 + 0.3 * height, 0.35), side: 1)
        case .wandering:
            pose.right = reach(Vector(-0.2, -0.2, 0.45) + first(time) * 0.35 * size, side: -1)
            pose.left = reach(Vector(0.2, -0.2, 0.45) + second(time) * 0.35 * size, side: 1)
            pose.lean += 0.1 * third(time).x
            pose.twist += 0.15 * third(time).y
        case .still:
            pose.right = idle.arm(at: time * 0.5).mirrored
        case .stretching:
            let up = 0.5 - 0.5 * c
            pose.right = reach(Vector(0.1 * s, 0.95, 0.1), side: -1)
            pose.left = reach(Vector(0.1 * s, 0.95, 0.1), side: 1)
            pose.roll += 0.3 * s * size
            pose.lean -= 0.1 * up
        case .kicking:
            let kick = stroke(phase)
            pose.rightFoot += Vector(0, 0.5 * kick * size, 0.6 * kick)
            pose.lean -= 0.15 * kick
            pose.left = reach(Vector(0.3, -0.4, 0.4 * kick), side: 1)
        case .driving:
            let turn = 0.9 * s * size
            pose.right = reach(Vector(0.1 - 0.25 * cos(turn), -0.15 + 0.3 * sin(turn), 0.6), side: -1)
            pose.left = reach(Vector(-0.1 + 0.25 * cos(turn), -0.15 - 0.3 * sin(turn), 0.6), side: 1)
        }
        return pose
    }
}
