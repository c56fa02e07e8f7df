/// A rectangle of pixels; `right` and `bottom` are the first beyond it.
struct PixelBox: Hashable, Sendable {
    var left: Int, top: Int, right: Int, bottom: Int

    static let none = PixelBox(left: .max, top: .max, right: .min, bottom: .min)

    var isEmpty: Bool { left >= right || top >= bottom }

    func union(_ other: PixelBox) -> PixelBox {
        PixelBox(
            left: min(left, other.left), top: min(top, other.top), right: max(right, other.right),
            bottom: max(bottom, other.bottom))
    }

    func cut(to other: PixelBox) -> PixelBox {
        PixelBox(
            left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
            bottom: min(bottom, other.bottom))
    }
}

/// A limb in the image: a line with round ends whose radius goes from one to the other.
struct Limb: Sendable {
    var x0: Float, y0: Float, r0: Float
    var x1: Float, y1: Float, r1: Float
    /// Metres per pixel, for its pattern.
    var metres: Float
    var depth: Float
    /// Its reflectance and pattern.
    var cloth: Int
    /// How much darker it is at its edge than in the middle.
    var shading: Float

    var box: PixelBox {
        PixelBox(
            left: Int(min(x0 - r0, x1 - r1) - 1), top: Int(min(y0 - r0, y1 - r1) - 1),
            right: Int(max(x0 + r0, x1 + r1) + 2), bottom: Int(max(y0 + r0, y1 + r1) + 2))
    }
}

/// Reflectance with a pattern.
struct Cloth: Sendable {
    var reflectance: Float
    var texture: Texture
}

/// The luminance of an image, drawn with smooth edges.
@safe
final class Canvas {
    let width: Int
    let height: Int
    /// `[row][column]`.
    let pixels: UnsafeMutablePointer<Float>

    var frame: PixelBox { PixelBox(left: 0, top: 0, right: width, bottom: height) }

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        // Seven more, so that eight may be touched wherever there is one.
        unsafe pixels = .allocate(capacity: width * height + 7)
        unsafe pixels.initialize(repeating: 0, count: width * height + 7)
    }

    deinit { unsafe pixels.deallocate() }

    /// Copies the pixels of `box` from `other`.
    func copy(_ other: Canvas, _ box: PixelBox) {
        guard !box.isEmpty else { return }
        for y in box.top..<box.bottom {
            let start = y * width + box.left
            unsafe (pixels + start).update(from: other.pixels + start, count: box.right - box.left)
        }
    }

    /// Draws a limb inside `box`.
    func draw(_ limb: Limb, _ cloth: Cloth, light: (base: Float, x: Float, y: Float), in box: PixelBox) {
        let box = limb.box.cut(to: box)
        guard !box.isEmpty else { return }
        let (dx, dy) = (limb.x1 - limb.x0, limb.y1 - limb.y0)
        let squared = max(dx * dx + dy * dy, 1e-6)
        let inverse = 1 / squared
        let length = squared.squareRoot()
        let (inverseLength, dr, metres) = (1 / length, limb.r1 - limb.r0, limb.metres)
        // Within a row only pixels this near to the line can be covered.
        let widest = (max(limb.r0, limb.r1) + 0.5) * length
        for y in box.top..<box.bottom {
            let py = Float(y) - limb.y0
            let row = unsafe pixels + y * width
            var (left, right) = (box.left, box.right)
            if abs(dy) > 1e-3 * length {
                // |px dy - py dx| <= widest
                let (one, other) = ((py * dx - widest) / dy + limb.x0, (py * dx + widest) / dy + limb.x0)
                left = max(left, Int(max(min(one, other), -1e6)))
                right = min(right, Int(min(max(one, other), 1e6)) + 1)
            }
            guard left < right else { continue }
            let glow = light.base + light.y * Float(y)
            // Eight pixels at a time; the arithmetic of a pixel does not depend on its neighbours.
            var x = left
            while x < right {
                let columns = Self.lanes + Float(x)
                let px = columns - limb.x0
                let t = ((px * dx + py * dy) * inverse).clamped(to: 0, 1)
                let (ex, ey) = (px - t * dx, py - t * dy)
                let d2 = ex * ex + ey * ey
                let reach = limb.r0 + t * dr + 0.5
                let isCovered = (d2 .< reach * reach) .& (columns .< Float(right))
                if any(isCovered) {
                    let soft = reach - d2.squareRoot()
                    let cover = soft.replacing(with: 1, where: soft .> 1)
                    let across = (px * dy - py * dx) * inverseLength
                    let pattern = cloth.texture.smooth(t * length * metres, across * metres)
                    let shade = 1 - limb.shading * d2 / (reach * reach)
                    let value = cloth.reflectance * pattern * shade * (glow + light.x * columns)
                    let place = unsafe UnsafeMutableRawPointer(row + x)
                    let old = unsafe place.loadUnaligned(as: SIMD8<Float>.self)
                    unsafe place.storeBytes(
                        of: old.replacing(with: old + cover * (value - old), where: isCovered), as: SIMD8<Float>.self)
                }
                x += 8
            }
        }
    }

    private static let lanes = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7)
}

extension SIMD8<Float> {
    /// Each number, brought between two others.
    @inline(__always) func clamped(to least: Float, _ most: Float) -> Self {
        let bounded = replacing(with: least, where: self .< least)
        return bounded.replacing(with: most, where: bounded .> most)
    }
}
