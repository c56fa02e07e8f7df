#if canImport(Glibc)
import Glibc
#endif

/// A place or direction in metres: x to the right of the image, y up, z from the person to the camera.
typealias Vector = SIMD3<Float>

extension Vector {
    /// The scalar product.
    func dot(_ other: Vector) -> Float { (self * other).sum() }

    /// The length.
    var norm: Float { dot(self).squareRoot() }

    /// The direction; `fallback` for a vector that has next to no length.
    func direction(or fallback: Vector = Vector(0, -1, 0)) -> Vector {
        let norm = norm
        return norm > 1e-6 ? self / norm : fallback
    }

    /// The vector seen in a mirror that stands upright in the middle of the body.
    var mirrored: Vector { Vector(-x, y, z) }

    /// Turned about the vertical axis: z goes to x.
    func turned(yaw angle: Float) -> Vector {
        let (s, c) = (sin(angle), cos(angle))
        return Vector(c * x + s * z, y, c * z - s * x)
    }

    /// Turned about the axis to the right: y goes to z, so that an upright body leans forward.
    func turned(pitch angle: Float) -> Vector {
        let (s, c) = (sin(angle), cos(angle))
        return Vector(x, c * y - s * z, c * z + s * y)
    }

    /// Turned about the axis to the camera, counter-clockwise as the camera sees it.
    func turned(roll angle: Float) -> Vector {
        let (s, c) = (sin(angle), cos(angle))
        return Vector(c * x - s * y, c * y + s * x, z)
    }
}
