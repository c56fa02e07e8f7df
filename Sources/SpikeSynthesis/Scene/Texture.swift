import CRenderKernels
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A tile of smooth random pattern around one, repeated in both directions.
struct Texture: Sendable {
    static let side = 64
    /// For each cell its own value and those right of it, below it, and below right of it: one load for four.
    let corners: [SIMD4<Float>]
    /// Tile cells per pixel, or per metre on a body.
    let density: Float
    /// Where in the tile it begins, in pixels, or in metres on a body.
    let startX: Float, startY: Float

    /// A pattern whose finest parts are about `1 / density` long.
    init(contrast: Float, density: Float, octaves: Int = 3, stripes: Float = 0, using random: inout SeededGenerator) {
        self.density = density
        startX = random.uniform(0...64)
        startY = random.uniform(0...64)
        let side = Texture.side
        var sum = [Float](repeating: 0, count: side * side)
        var cell = 4
        var weight: Float = 1
        for _ in 0..<octaves {
            let grid = side / cell
            let knots = (0..<grid * grid).map { _ in random.uniform(-1...1) }
            for y in 0..<side {
                for x in 0..<side {
                    let (fx, fy) = (Float(x % cell) / Float(cell), Float(y % cell) / Float(cell))
                    let (x0, y0) = (x / cell, y / cell)
                    let (x1, y1) = ((x0 + 1) % grid, (y0 + 1) % grid)
                    let top = knots[y0 * grid + x0] * (1 - fx) + knots[y0 * grid + x1] * fx
                    let bottom = knots[y1 * grid + x0] * (1 - fx) + knots[y1 * grid + x1] * fx
                    sum[y * side + x] += weight * (top * (1 - fy) + bottom * fy)
                }
            }
            weight *= random.uniform(0.4...1.2)
            cell *= 2
        }
        if stripes > 0 {
            let count = Float(random.index(below: 14) + 2)
            let isUpright = random.chance(0.5)
            for y in 0..<side {
                for x in 0..<side {
                    let phase = Float(isUpright ? x : y) * count / Float(side) * 2 * .pi
                    sum[y * side + x] += stripes * (sin(phase) > 0 ? 1 : -1)
                }
            }
        }
        let largest = max(sum.map { abs($0) }.max() ?? 1, 1e-3)
        let values = sum.map { 1 + contrast * $0 / largest }
        corners = values.indices.map { index in
            let (x, y) = (index % side, index / side)
            let (right, below) = ((x + 1) % side, (y + 1) % side * side)
            return SIMD4(values[index], values[y * side + right], values[below + x], values[below + right])
        }
    }

    /// Lends the tile to the loops with wide vectors.
    func withTile<Result>(_ body: (rk_texture) -> Result) -> Result {
        unsafe corners.withUnsafeBytes { corners in
            unsafe body(
                rk_texture(
                    start_x: startX, start_y: startY, density: density,
                    corners: corners.bindMemory(to: Float.self).baseAddress))
        }
    }

    /// Between the cells of the tile at eight places, which are less than 65,536 cells from the first.
    @inline(__always)
    func smooth(_ x: SIMD8<Float>, _ y: SIMD8<Float>) -> SIMD8<Float> {
        let (c, fx) = Self.split((x + startX) * density + 65_536)
        let (r, fy) = Self.split((y + startY) * density + 65_536)
        let index = (r & 63) &* 64 | (c & 63)
        return unsafe corners.withUnsafeBufferPointer { p in
            // Both parts are masked to 6 bits, so the indices are below 4,096.
            let four = unsafe (
                p[Int(index[0])], p[Int(index[1])], p[Int(index[2])], p[Int(index[3])],
                p[Int(index[4])], p[Int(index[5])], p[Int(index[6])], p[Int(index[7])]
            )
            let a = Self.columns(four.0, four.1, four.2, four.3)
            let b = Self.columns(four.4, four.5, four.6, four.7)
            let p00 = SIMD8(lowHalf: a.0, highHalf: b.0)
            let p01 = SIMD8(lowHalf: a.1, highHalf: b.1)
            let p10 = SIMD8(lowHalf: a.2, highHalf: b.2)
            let p11 = SIMD8(lowHalf: a.3, highHalf: b.3)
            let top = p00 * (1 - fx) + p01 * fx
            let bottom = p10 * (1 - fx) + p11 * fx
            return top * (1 - fy) + bottom * fy
        }
    }

    /// The columns of four rows.
    @inline(__always)
    private static func columns(
        _ a: SIMD4<Float>, _ b: SIMD4<Float>, _ c: SIMD4<Float>, _ d: SIMD4<Float>
    ) -> (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>, SIMD4<Float>) {
        (
            SIMD4(a.x, b.x, c.x, d.x), SIMD4(a.y, b.y, c.y, d.y), SIMD4(a.z, b.z, c.z, d.z),
            SIMD4(a.w, b.w, c.w, d.w)
        )
    }

    /// The whole parts of numbers from 1 to 2^22 in the low bits, and what is left of them.
    ///
    /// Adding 2^23 to what is half less leaves the whole part in the low bits. Of a whole number it may be one too small, and
    /// all is left over: between two cells that is the same place.
    @inline(__always)
    private static func split(_ u: SIMD8<Float>) -> (whole: SIMD8<UInt32>, rest: SIMD8<Float>) {
        let shifted = (u - 0.5) + 8_388_608
        return unsafe (unsafeBitCast(shifted, to: SIMD8<UInt32>.self), u - (shifted - 8_388_608))
    }
}
