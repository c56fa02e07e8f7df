import SpikeSignals

/// Draws digits that nobody wrote: strokes that are moved, turned, slanted, stretched, bent and thickened by chance,
/// under noise.
///
/// A picture depends on seed, digit and number alone, so that two seeds give sets without a common picture. Arithmetic
/// is IEEE 754 addition, multiplication and square root: the same bytes on every machine. Cost: a distance for each
/// pixel and line.
public struct DigitSynthesizer: Sendable {
    /// Rows and columns of a picture, 8 to 256.
    public let size: Int
    private let seed: UInt64

    /// A synthesiser of pictures of `size x size` pixels, 8 to 256.
    public init(size: Int, seed: UInt64) {
        self.size = min(max(size, 8), 256)
        self.seed = seed
    }

    /// Brightness of picture `number` of `digit` (0 to 9), 0 to 255, `[row][column]`; ink is bright.
    public func picture(of digit: Int, number: Int) -> [UInt8] {
        var dice = SeededGenerator(seed, UInt64(digit), UInt64(number))
        let lines = lines(of: digit, &dice)
        let pixel = 1 / Float(size)
        let halfWidth = dice.uniform(0.035...0.075)
        let ink = dice.uniform(0.6...1)
        let noise = dice.uniform(0...0.35)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size * size)
        for row in 0..<size {
            for column in 0..<size {
                let (x, y) = ((Float(column) + 0.5) * pixel, (Float(row) + 0.5) * pixel)
                let distance = lines.reduce(Float.infinity) { min($0, $1.squaredDistance(x, y)) }.squareRoot()
                // An edge one pixel wide, as if the pixel were a square that the stroke covers in part.
                let cover = min(max((halfWidth - distance) / pixel + 0.5, 0), 1)
                // Noise of triangular distribution; what would be darker than black is black.
                let grain = noise * (dice.unit() + dice.unit() - 1)
                let value = min(max(ink * cover + grain, 0), 1)
                bytes.append(UInt8((value * 255).rounded()))
            }
        }
        return bytes
    }

    private struct Line {
        var from: DigitStrokes.Point
        var to: DigitStrokes.Point

        func squaredDistance(_ x: Float, _ y: Float) -> Float {
            let (dx, dy) = (to.x - from.x, to.y - from.y)
            let length = dx * dx + dy * dy
            let along = length > 0 ? min(max(((x - from.x) * dx + (y - from.y) * dy) / length, 0), 1) : 0
            let (ox, oy) = (x - from.x - along * dx, y - from.y - along * dy)
            return ox * ox + oy * oy
        }
    }

    private func lines(of digit: Int, _ dice: inout SeededGenerator) -> [Line] {
        let (width, height) = (dice.uniform(0.5...0.78), dice.uniform(0.62...0.86))
        let slant = dice.uniform(-0.35...0.35)
        // A turn by up to 20 degrees, drawn by its sine.
        let sine = dice.uniform(-0.34...0.34)
        let cosine = (1 - sine * sine).squareRoot()
        let (moveX, moveY) = (dice.uniform(-0.1...0.1), dice.uniform(-0.1...0.1))
        var lines: [Line] = []
        for stroke in DigitStrokes.strokes(of: digit) {
            let moved = stroke.map { point in
                let x = (point.x - 0.5 + dice.uniform(-0.055...0.055)) * width
                let y = (point.y - 0.5 + dice.uniform(-0.055...0.055)) * height
                let slanted = x - slant * y
                return DigitStrokes.Point(
                    x: 0.5 + cosine * slanted - sine * y + moveX, y: 0.5 + sine * slanted + cosine * y + moveY)
            }
            for (from, to) in zip(moved, moved.dropFirst()) { lines.append(Line(from: from, to: to)) }
        }
        return lines
    }
}
