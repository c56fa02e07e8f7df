import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A person in clothes before a background, seen by a camera.
struct Scene {
    var body: BodyShape
    var camera: Camera
    var motion: any Motion
    private let cloths: [Cloth]
    private let shading: Float
    private let backdrop: Texture
    private let backdropReflectance: Float
    private let light: Light
    private let hasLongSleeves: Bool
    private let shake: Drift3
    private let shakeRange: Float
    private let passers: [Passer]

    /// Somebody or something that passes behind the person.
    private struct Passer {
        let speed: Float, start: Float, height: Float, size: Float
        let bob: Drift
        let cloth: Int
        let leaves: Float
    }

    private enum Part { static let shirt = 0, trousers = 1, skin = 2, hair = 3, hand = 4, passer = 5 }

    /// A scene in which somebody performs `gesture`.
    init(
        _ gesture: Gesture, side: Float, isOutside: Bool, using random: inout SeededGenerator
    ) {
        body = BodyShape(using: &random, isOutside: isOutside)
        camera = Camera(side: side, body: body, using: &random)
        var context = MotionContext(body: body)
        if isOutside { context.slowness = random.chance(0.5) ? 1.1 : 1 / 1.1 }
        context.cameraYaw = camera.yaw
        motion = BodyBeat(gesture.motion(context, using: &random), using: &random)
        let scale = side / 128
        backdropReflectance = exp(random.uniform(log(0.06)...log(0.8)))
        backdrop = Texture(
            contrast: random.uniform(0...0.75), density: random.uniform(0.15...1.2) / scale,
            octaves: 2 + random.index(below: 3), stripes: random.chance(0.2) ? random.uniform(0.2...1) : 0,
            using: &random)
        func cloth(_ range: ClosedRange<Float>, contrast: ClosedRange<Float>, stripes: Float = 0) -> Cloth {
            let reflectance = exp(random.uniform(log(range.lowerBound)...log(range.upperBound)))
            return Cloth(
                reflectance: reflectance,
                texture: Texture(
                    contrast: random.uniform(contrast), density: exp(random.uniform(log(25)...log(160))),
                    octaves: 1 + random.index(below: 3),
                    stripes: random.chance(stripes) ? random.uniform(0.3...1.5) : 0,
                    using: &random))
        }
        let shirt = cloth(0.04...0.85, contrast: 0...0.6, stripes: 0.25)
        let trousers = cloth(0.04...0.6, contrast: 0...0.4)
        let skin = cloth(0.08...0.65, contrast: 0.02...0.25)
        let hair = cloth(0.02...0.4, contrast: 0.05...0.4)
        var hand = skin
        hand.reflectance *= random.uniform(0.85...1.2)
        cloths = [shirt, trousers, skin, hair, hand, cloth(0.04...0.8, contrast: 0...0.6, stripes: 0.2)]
        hasLongSleeves = random.chance(0.6)
        shading = random.uniform(0...0.55)
        let strength: Float = 0.45
        light = Light(
            base: random.uniform(0.7...1.3), x: random.uniform(-strength...strength) / side,
            y: random.uniform(-strength...strength) / side)
        shake = Drift3(hertz: random.uniform(0.3...3), using: &random)
        shakeRange = random.chance(0.15) ? random.uniform(0...0.8) * scale : 0
        let count = random.chance(0.2) ? 1 + random.index(below: 2) : 0
        var all: [Passer] = []
        for _ in 0..<count {
            all.append(
                Passer(
                    speed: random.uniform(-40...40) * scale, start: random.uniform(0...side),
                    height: random.uniform(0.1...0.9) * side, size: random.uniform(3...12) * scale,
                    bob: Drift(hertz: random.uniform(0.3...2), using: &random), cloth: Part.passer,
                    leaves: random.uniform(0.6...2.5)))
        }
        passers = all
    }

    /// Whether the whole image moves.
    var movesBackdrop: Bool { shakeRange > 0 }

    /// Where the camera has shaken to at `time`, in pixels.
    func offset(at time: Float) -> (x: Float, y: Float) {
        guard movesBackdrop else { return (0, 0) }
        let place = shake(time)
        return (place.x * shakeRange, place.y * shakeRange)
    }

    /// Draws the background alone.
    func drawBackdrop(on canvas: Canvas, at time: Float) {
        canvas.fill(backdrop, reflectance: backdropReflectance, light: light, shift: offset(at: time))
    }

    /// Draws limbs inside `box`, the farthest first.
    func draw(_ limbs: [Limb], on canvas: Canvas, in box: PixelBox) {
        for limb in limbs { canvas.draw(limb, cloths[limb.cloth], light: light, in: box) }
    }

    /// The limbs at `time`, the farthest first.
    func limbs(at time: Float, side: Float) -> [Limb] {
        let skeleton = Skeleton(body, motion.pose(at: time))
        var limbs: [Limb] = []
        limbs.reserveCapacity(28)
        let shift = offset(at: time)
        func add(
            _ a: Vector, _ ra: Float, _ b: Vector, _ rb: Float, _ cloth: Int, nearer: Float = 0,
            arm: Limb.Arm? = nil
        ) {
            let (p, q) = (camera.project(a), camera.project(b))
            limbs.append(
                Limb(
                    x0: p.x + shift.x, y0: p.y + shift.y, r0: ra * p.scale, x1: q.x + shift.x, y1: q.y + shift.y,
                    r1: rb * q.scale, metres: 2 / (p.scale + q.scale), depth: (p.depth + q.depth) / 2 + nearer,
                    cloth: cloth, shading: shading, arm: arm))
        }
        let g = body.girth
        for leg in [skeleton.rightLeg, skeleton.leftLeg] {
            add(leg.hip, 0.085 * g, leg.knee, 0.058 * g, Part.trousers)
            add(leg.knee, 0.056 * g, leg.ankle, 0.04 * g, Part.trousers)
            add(leg.ankle, 0.04, leg.toes, 0.03, Part.hair)
        }
        let (right, left) = (skeleton.right.shoulder, skeleton.left.shoulder)
        let (hipR, hipL) = (skeleton.rightLeg.hip, skeleton.leftLeg.hip)
        let middle = (right + left) / 2
        let pelvis = (hipR + hipL) / 2
        for side: Float in [0.75, -0.75, 0] {
            let top = middle + (right - left) / 2 * side * 0.85
            add(top, 0.09 * g, pelvis + (hipR - hipL) / 2 * side * 1.1, 0.095 * g, Part.shirt, nearer: -0.04)
        }
        add(right, 0.06 * g, left, 0.06 * g, Part.shirt, nearer: -0.02)
        add(middle, 0.055, skeleton.head - skeleton.crown * body.head * 0.6, 0.05, Part.skin)
        let up = skeleton.crown * (body.head * 0.26)
        add(skeleton.head - up, 0.74 * body.head, skeleton.head + up, 0.78 * body.head, Part.skin, nearer: 0.03)
        let back = skeleton.crown * (body.head * 0.45) - skeleton.face * (body.head * 0.35)
        add(
            skeleton.head + back, 0.74 * body.head, skeleton.head + back * 1.1, 0.7 * body.head, Part.hair,
            nearer: 0.035)
        for (arm, side) in [(skeleton.right, Limb.Arm.right), (skeleton.left, .left)] {
            add(arm.shoulder, 0.054 * g, arm.elbow, 0.042 * g, Part.shirt, nearer: 0.02)
            add(
                arm.elbow, 0.041 * g, arm.wrist, 0.029 * g, hasLongSleeves ? Part.shirt : Part.skin, nearer: 0.03,
                arm: side)
            add(arm.wrist, 0.032, arm.wrist + (arm.tips - arm.wrist) * 0.8, 0.03, Part.hand, nearer: 0.04, arm: side)
        }
        limbs.sort { $0.depth < $1.depth }
        let behind = passers.filter { time < $0.leaves }.map { passer in
            let x = passer.start + passer.speed * time
            let y = passer.height + passer.bob(time) * passer.size * 0.3
            return Limb(
                x0: x, y0: y, r0: passer.size, x1: x + 2, y1: y + passer.size * 2.5, r1: passer.size * 1.3,
                metres: 0.012,
                depth: -9, cloth: passer.cloth, shading: shading)
        }
        return behind + limbs
    }
}
