/// How the ten digits are written: polylines in a square from 0 to 1, x to the right and y down.
enum DigitStrokes {
    /// A point of a stroke.
    struct Point {
        var x: Float
        var y: Float
    }

    /// The strokes of `digit`, 0 to 9.
    static func strokes(of digit: Int) -> [[Point]] {
        switch digit {
        case 0: [ellipse(x: 0.5, y: 0.5, width: 0.29, height: 0.42)]
        case 1: [points(0.34, 0.25, 0.54, 0.07, 0.54, 0.93)]
        case 2:
            [points(0.2, 0.28, 0.28, 0.12, 0.5, 0.06, 0.72, 0.14, 0.77, 0.32, 0.65, 0.52, 0.2, 0.92, 0.82, 0.92)]
        case 3:
            [
                points(
                    0.22, 0.15, 0.45, 0.06, 0.7, 0.13, 0.74, 0.3, 0.6, 0.44, 0.42, 0.47, 0.62, 0.5, 0.78, 0.66, 0.7,
                    0.86, 0.45, 0.94, 0.2, 0.85)
            ]
        case 4: [points(0.62, 0.93, 0.62, 0.06, 0.17, 0.66, 0.86, 0.66)]
        case 5:
            [
                points(
                    0.76, 0.08, 0.3, 0.08, 0.26, 0.45, 0.5, 0.38, 0.72, 0.48, 0.78, 0.66, 0.68, 0.87, 0.45, 0.94, 0.2,
                    0.85)
            ]
        case 6: [six]
        case 7: [points(0.19, 0.08, 0.8, 0.08, 0.42, 0.93)]
        case 8:
            [
                ellipse(x: 0.5, y: 0.28, width: 0.2, height: 0.21),
                ellipse(x: 0.5, y: 0.71, width: 0.26, height: 0.22),
            ]
        default: [six.map { Point(x: 1 - $0.x, y: 1 - $0.y) }]
        }
    }

    private static let six = points(
        0.7, 0.1, 0.45, 0.2, 0.28, 0.45, 0.24, 0.7, 0.35, 0.9, 0.55, 0.94, 0.73, 0.83, 0.75, 0.65, 0.62, 0.5, 0.42, 0.5,
        0.26, 0.64)

    private static func points(_ numbers: Float...) -> [Point] {
        (0..<numbers.count / 2).map { Point(x: numbers[2 * $0], y: numbers[2 * $0 + 1]) }
    }

    /// Sixteen sides, which at sixteen pixels nobody sees; the cosines are those of multiples of pi / 8.
    private static func ellipse(x: Float, y: Float, width: Float, height: Float) -> [Point] {
        let quarter: [Float] = [1, 0.92388, 0.70711, 0.38268, 0]
        func cosine(_ step: Int) -> Float {
            let place = step & 15
            let folded = place > 8 ? 16 - place : place
            return folded > 4 ? -quarter[8 - folded] : quarter[folded]
        }
        return (0...16).map { Point(x: x + width * cosine($0), y: y + height * cosine($0 + 12)) }
    }
}
