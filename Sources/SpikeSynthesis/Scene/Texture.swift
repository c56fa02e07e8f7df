import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A tile of smooth random pattern around one, repeated in both directions.
struct Texture: Sendable {
    static let side = 64
    private let values: [Float]
    /// Tile cells per pixel, or per metre on a body.
    let density: Float
    private let startX: Float, startY: Float

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
        values = sum.map { 1 + contrast * $0 / largest }
    }

    /// Between the cells of the tile; for slow moves, which would jump from cell to cell.
    @inline(__always)
    func smooth(_ x: Float, _ y: Float) -> Float {
        let u = (x + startX) * density + 65_536
        let v = (y + startY) * density + 65_536
        let (column, row) = (Int(u), Int(v))
        let (fx, fy) = (u - Float(column), v - Float(row))
        let (c0, c1) = (column & 63, (column + 1) & 63)
        let (r0, r1) = ((row & 63) << 6, ((row + 1) & 63) << 6)
        return unsafe values.withUnsafeBufferPointer { p in
            let top = unsafe p[r0 | c0] * (1 - fx) + p[r0 | c1] * fx
            let bottom = unsafe p[r1 | c0] * (1 - fx) + p[r1 | c1] * fx
            return top * (1 - fy) + bottom * fy
        }
    }
}
