import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A pinhole camera before a person.
struct Camera: Hashable, Sendable {
    /// Radians by which the camera stands to the right of the person's front, looks down, and is tilted.
    var yaw: Float = 0, pitch: Float = 0, roll: Float = 0
    /// From the camera to the person in metres.
    var distance: Float = 2
    /// The height on the person that the camera looks at, in metres.
    var target: Float = 1.2
    /// The focal length in pixels.
    var focus: Float = 150
    /// Where the target is in the image, in pixels.
    var x: Float = 64, y: Float = 64

    /// A place in the image, and the pixels that a metre has there.
    struct Projection {
        var x: Float
        var y: Float
        var scale: Float
        var depth: Float
    }

    /// Where a place in space is seen.
    func project(_ place: Vector) -> Projection {
        let seen = (place - Vector(0, target, 0)).turned(yaw: -yaw).turned(pitch: pitch).turned(roll: roll)
        let scale = focus / max(distance - seen.z, 0.3)
        return Projection(x: x + seen.x * scale, y: y - seen.y * scale, scale: scale, depth: seen.z)
    }

    /// A camera of the training ranges for an image of `side` pixels.
    init(side: Float, body: BodyShape, using random: inout SeededGenerator) {
        distance = random.uniform(1.3...3.5)
        yaw = random.chance(0.7) ? random.uniform(-0.35...0.35) : random.uniform(-0.8...0.8)
        pitch = random.uniform(-0.12...0.3)
        roll = random.uniform(-0.1...0.1)
        // From the upper body that fills the image to the whole person.
        let part = random.chance(0.5) ? random.uniform(0.62...1.0) : random.uniform(0.95...1.5)
        let seen = body.height * part
        focus = side / seen * distance
        // The head is in the image, most often with room above it.
        target = body.height * (1 - part * random.uniform(0.3...0.46))
        x = side * random.uniform(0.4...0.6)
        y = side * random.uniform(0.47...0.55)
    }
}
