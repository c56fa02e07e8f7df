import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Both forearms turn around each other before the chest.
struct RollMotion: Motion {
    let period: Float
    private let body: BodyShape
    private let rhythm: Rhythm
    private let posture: Posture
    private let centre: Vector
    private let place: Drift3
    private let radius: Float, depth: Float, overlap: Float
    private let sense: Float
    private let pole: Float

    init(_ context: MotionContext, using random: inout SeededGenerator) {
        body = context.body
        period = context.period(0.3...1.2, using: &random)
        rhythm = Rhythm(period: period, using: &random)
        posture = Posture(using: &random)
        centre = Vector(random.uniform(-0.05...0.05), random.uniform(-0.45...0.2), random.uniform(0.4...0.65))
        place = Drift3(hertz: 0.4, using: &random)
        radius = random.uniform(0.13...0.34)
        depth = radius * random.uniform(0.6...1.1)
        overlap = random.uniform(-0.12...0.25)
        sense = random.chance(0.7) ? 1 : -1
        pole = random.uniform(0.8...2)
    }

    func pose(at time: Float) -> Pose {
        var pose = posture.pose(at: time)
        let phase = rhythm.skewed(time)
        let size = rhythm.size(time)
        let middle = centre + place(time) * 0.03
        func arm(side: Float) -> Pose.Arm {
            let shoulder = Vector(side * body.shoulder / body.arm, 0, 0)
            let turn = Vector(-side * overlap, radius * size * cos(phase), depth * size * sin(phase) * sense) * 1
            let target = middle + Vector(turn.x, side * turn.y, side * turn.z) - shoulder
            return Reach.arm(
                body, to: target, pole: Vector(side * pole, -0.6, 0.1), hand: Vector(-side, 0.05, 0.15).direction())
        }
        pose.right = arm(side: -1)
        pose.left = arm(side: 1)
        pose.lean += 0.015 * sin(phase)
        return pose
    }
}

/// Both hands beat drums: in turn or together, each stroke quicker down than up.
struct DrumMotion: Motion {
    let period: Float
    private let body: BodyShape
    private let rhythm: Rhythm
    private let posture: Posture
    private let rightPlace: Vector, leftPlace: Vector
    private let wander: Drift3, otherWander: Drift3
    private let range: Float
    private let stroke: Float, offset: Float, ratio: Float
    private let snap: Float
    private let nod: Float

    init(_ context: MotionContext, using random: inout SeededGenerator) {
        body = context.body
        period = context.period(0.22...0.9, using: &random)
        rhythm = Rhythm(period: period, using: &random)
        posture = Posture(using: &random)
        let (height, forward) = (random.uniform(-0.6...0.05), random.uniform(0.35...0.75))
        rightPlace = Vector(random.uniform(-0.3...0.3), height, forward)
        leftPlace = Vector(random.uniform(-0.3...0.3), height + random.uniform(-0.1...0.1), forward)
        wander = Drift3(hertz: 0.5, using: &random)
        otherWander = Drift3(hertz: 0.5, using: &random)
        range = random.uniform(0.02...0.2)
        stroke = min(max(period / 0.4, 0.5), 1.6) * random.uniform(0.12...0.4)
        offset = random.chance(0.75) ? Float.pi + random.uniform(-0.4...0.4) : random.uniform(-0.3...0.3)
        ratio = random.chance(0.8) ? 1 : 2
        snap = random.uniform(0.2...0.55)
        nod = random.uniform(0...0.08)
    }

    func pose(at time: Float) -> Pose {
        var pose = posture.pose(at: time)
        let phase = rhythm.phase(time)
        func arm(side: Float, place: Vector, wander: Vector, phase: Float) -> Pose.Arm {
            let height = 0.5 + 0.5 * cos(phase + snap * sin(phase))
            let lift = stroke * rhythm.size(time) * height
            let target = place + wander * Vector(range, 0.3 * range, 0.5 * range) + Vector(0, lift, -0.35 * lift)
            let stick = Vector(-side * 0.25, 0.9 * height - 0.35, 0.9).direction()
            return Reach.arm(body, to: target, pole: Vector(side * 0.7, -1, -0.3), hand: stick)
        }
        pose.right = arm(side: -1, place: rightPlace, wander: wander(time), phase: phase)
        pose.left = arm(side: 1, place: leftPlace, wander: otherWander(time), phase: phase * ratio + offset)
        pose.headPitch += nod * cos(phase)
        pose.lean += 0.3 * nod * cos(phase)
        pose.twist += 0.03 * sin(phase)
        return pose
    }
}

/// One hand strums near the belly, the other is out at the neck of the guitar; mostly the right hand strums.
struct GuitarMotion: Motion {
    var period: Float { inner.period }
    private let inner: Strum
    private let isMirrored: Bool

    init(_ context: MotionContext, using random: inout SeededGenerator) {
        inner = Strum(context, using: &random)
        isMirrored = random.chance(0.2)
    }

    func pose(at time: Float) -> Pose {
        let pose = inner.pose(at: time)
        return isMirrored ? pose.mirrored : pose
    }

    /// The right hand strums.
    private struct Strum {
        let period: Float
        let body: BodyShape
        let rhythm: Rhythm
        let posture: Posture
        let belly: Vector, neck: Vector
        let slide: Drift, fingers: Drift, bob: Drift
        let slideRange: Float, bobRange: Float
        let sweep: Vector
        let wrist: Float

        init(_ context: MotionContext, using random: inout SeededGenerator) {
            body = context.body
            period = context.period(0.22...0.9, using: &random)
            rhythm = Rhythm(period: period, using: &random)
            posture = Posture(using: &random)
            belly = Vector(random.uniform(0.1...0.5), random.uniform(-0.8...(-0.45)), random.uniform(0.3...0.5))
            neck = Vector(random.uniform(0.25...0.75), random.uniform(-0.55...0.1), random.uniform(0.35...0.65))
            slide = Drift(hertz: random.uniform(0.3...1.2), using: &random)
            fingers = Drift(hertz: 2.5, using: &random)
            bob = Drift(hertz: 0.5 / period, using: &random)
            slideRange = random.uniform(0.01...0.14)
            bobRange = random.uniform(0...0.05)
            let size = min(max(period / 0.35, 0.6), 1.6) * random.uniform(0.08...0.26)
            sweep = Vector(random.uniform(-0.4...0.3), 1, random.uniform(-0.2...0.2)) * size
            wrist = random.uniform(0.1...0.7)
        }

        func pose(at time: Float) -> Pose {
            var pose = posture.pose(at: time)
            let phase = rhythm.skewed(time)
            let beat = sin(phase)
            let strum = belly + sweep * (beat * rhythm.size(time))
            pose.right = Reach.arm(
                body, to: strum, pole: Vector(-1, -0.4, -0.3),
                hand: Vector(0.8, 0.6 * wrist * sin(phase - 0.5) - 0.3, 0.35).direction())
            let along = slide(time) * slideRange
            pose.left = Reach.arm(
                body, to: neck + Vector(along, 0.4 * along, 0), pole: Vector(0.7, -1, -0.1),
                hand: Vector(-0.5, 0.6 + 0.1 * fingers(time), 0.3).direction())
            pose.lean += bobRange * bob(time)
            pose.pelvis.y -= 0.3 * bobRange * abs(bob(time))
            pose.headPitch += bobRange * 2 * bob(time)
            return pose
        }
    }
}
