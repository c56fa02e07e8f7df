import CRenderKernels

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

    fileprivate var inC: rk_box {
        rk_box(left: Int32(left), top: Int32(top), right: Int32(right), bottom: Int32(bottom))
    }
}

/// A light of `base + x * column + y * row`.
struct Light: Hashable, Sendable {
    var base: Float, x: Float, y: Float

    fileprivate var inC: rk_light { rk_light(base: base, x: x, y: y) }
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
    /// The arm whose forearm or hand it is.
    var arm: Arm?

    /// An arm of the person.
    enum Arm { case right, left }

    var box: PixelBox {
        PixelBox(
            left: Int(min(x0 - r0, x1 - r1) - 1), top: Int(min(y0 - r0, y1 - r1) - 1),
            right: Int(max(x0 + r0, x1 + r1) + 2), bottom: Int(max(y0 + r0, y1 + r1) + 2))
    }
}

extension Limb {
    /// What drawing needs to know of it.
    fileprivate func brush(_ cloth: Cloth, _ tile: rk_texture) -> rk_limb {
        let (dx, dy) = (x1 - x0, y1 - y0)
        let squared = max(dx * dx + dy * dy, 1e-6)
        let length = squared.squareRoot()
        // Within a row only pixels this near to the line can be covered: |px dy - py dx| <= widest.
        let widest = (max(r0, r1) + 0.5) * length
        let isFlat = abs(dy) <= 1e-3 * length
        return unsafe rk_limb(
            x0: x0, y0: y0, dx: dx, dy: dy, inverse: 1 / squared, inverse_length: 1 / length, length: length,
            slope: isFlat ? 0 : dx / dy, half: isFlat ? .infinity : widest / abs(dy), r0: r0, dr: r1 - r0,
            metres: metres, shading: shading, reflectance: cloth.reflectance, texture: tile)
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

    private let isWide: Bool

    init(width: Int, height: Int, isWide: Bool = WideLoops.areThere) {
        self.isWide = isWide
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
    func draw(_ limb: Limb, _ cloth: Cloth, light: Light, in box: PixelBox) {
        let box = limb.box.cut(to: box)
        guard !box.isEmpty else { return }
        unsafe cloth.texture.withTile { tile in
            var brush = unsafe limb.brush(cloth, tile)
            if isWide {
                return unsafe rk_draw(&brush, light.inC, box.inC, Int32(width), pixels)
            }
            for y in box.top..<box.bottom {
                let py = Float(y) - limb.y0
                let middle = unsafe limb.x0 + py * brush.slope
                let (first, last) = unsafe (middle - brush.half, middle + brush.half)
                let left = first > Float(box.left) ? first < Float(box.right) ? Int(first) : box.right : box.left
                let right = last < Float(box.right) ? last > Float(box.left) ? Int(last) + 1 : box.left : box.right
                guard left < right else { continue }
                unsafe draw(
                    brush, cloth.texture, py, glow: light.base + light.y * Float(y), light.x, left..<right,
                    of: pixels + y * width)
            }
        }
    }

    /// Fills all with a texture that is moved by `shift`.
    func fill(_ texture: Texture, reflectance: Float, light: Light, shift: (x: Float, y: Float)) {
        if isWide {
            return unsafe texture.withTile { tile in
                var tile = unsafe tile
                unsafe rk_fill(&tile, reflectance, light.inC, shift.x, shift.y, Int32(width), Int32(height), pixels)
            }
        }
        for y in 0..<height {
            let row = SIMD8(repeating: Float(y) - shift.y)
            // The last eight of a row may run into the next, which comes later.
            for x in stride(from: 0, to: width, by: 8) {
                let columns = Self.lanes + Float(x)
                let pattern = texture.smooth(columns - shift.x, row)
                let value = reflectance * pattern * (light.base + light.x * columns + light.y * Float(y))
                unsafe UnsafeMutableRawPointer(pixels + y * width + x).storeBytes(of: value, as: SIMD8<Float>.self)
            }
        }
    }

    /// Draws the part of a limb that lies in some columns of a row, `py` below where it begins; the twin of `rk_draw`.
    private func draw(
        _ limb: rk_limb, _ texture: Texture, _ py: Float, glow: Float, _ glowPerColumn: Float, _ columns: Range<Int>,
        of row: UnsafeMutablePointer<Float>
    ) {
        let (dx, dy) = unsafe (limb.dx, limb.dy)
        // Eight pixels at a time; the arithmetic of a pixel does not depend on its neighbours.
        for x in stride(from: columns.lowerBound, to: columns.upperBound, by: 8) {
            let eight = Self.lanes + Float(x)
            let px = unsafe eight - limb.x0
            let t = unsafe ((px * dx + py * dy) * limb.inverse).clamped(to: 0, 1)
            let (ex, ey) = (px - t * dx, py - t * dy)
            let d2 = ex * ex + ey * ey
            let reach = unsafe limb.r0 + t * limb.dr + 0.5
            let isCovered = (d2 .< reach * reach) .& (eight .< Float(columns.upperBound))
            guard any(isCovered) else { continue }
            let soft = reach - d2.squareRoot()
            let cover = soft.replacing(with: 1, where: soft .> 1)
            let across = unsafe (px * dy - py * dx) * limb.inverse_length
            let pattern = unsafe texture.smooth(t * limb.length * limb.metres, across * limb.metres)
            let shade = unsafe 1 - limb.shading * d2 / (reach * reach)
            let value = unsafe limb.reflectance * pattern * shade * (glow + glowPerColumn * eight)
            let place = unsafe UnsafeMutableRawPointer(row + x)
            let old = unsafe place.loadUnaligned(as: SIMD8<Float>.self)
            unsafe place.storeBytes(
                of: old.replacing(with: old + cover * (value - old), where: isCovered), as: SIMD8<Float>.self)
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
