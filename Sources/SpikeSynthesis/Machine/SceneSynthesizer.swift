import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Pictures of a place where something goes on all the time: a wheel with three spokes turns, and something passes by now
/// and then; from a known time on a lamp flickers in a corner.
///
/// ```
/// +-----------+
/// |  \ /   []  |     wheel: one turn in 2.4 s, steady within 3 %; a box crosses the lower edge every 3 to 5 s
/// |   *        |     lamp: the square from (5/8, 1/8) to (6/8, 2/8), from `faultSeconds` on
/// |  / \  ->o  |
/// +-----------+
/// ```
/// Give the pictures to a ``VideoEmulator`` to get events. Equal seeds give equal pictures.
public struct SceneSynthesizer {
    /// Columns and rows.
    public let size: Int
    private let fault: Double
    private let flickerHertz: Double
    private var random: SeededGenerator
    private var angle = 0.0
    private var speed = 1.0
    private var box = -1.0
    private var wait = 1.0
    private var last = 0.0

    /// A square scene of `size` pixels, 16 to 1,024, whose lamp flickers from `faultSeconds` on.
    public init(size: Int, faultSeconds: Double, flickerHertz: Double = 50, seed: UInt64) {
        self.size = min(max(size, 16), 1_024)
        fault = faultSeconds
        self.flickerHertz = flickerHertz
        random = SeededGenerator(seed, 0x7363_656E)
    }

    /// The brightness of each pixel at `time` in seconds, 0 to 1, row after row; times ascend.
    public mutating func picture(at time: Double) -> [Float] {
        advance(to: time)
        let n = Double(size)
        var picture = [Float](repeating: 0, count: size * size)
        let isLit = time >= fault && (time * flickerHertz).truncatingRemainder(dividingBy: 1) < 0.5
        for row in 0..<size {
            for column in 0..<size {
                let (x, y) = ((Double(column) + 0.5) / n, (Double(row) + 0.5) / n)
                var value = 0.45 + 0.1 * sin(9 * x) * cos(7 * y)
                let (dx, dy) = (x - 0.35, y - 0.45)
                let radius = (dx * dx + dy * dy).squareRoot()
                if radius < 0.28 {
                    let spoke = sin(3 * (atan2(dy, dx) - angle))
                    value = spoke > 0.75 ? 0.9 : 0.25
                }
                if abs(x - box) < 0.05, abs(y - 0.88) < 0.06 { value = 0.8 }
                if isLit, abs(x - 0.6875) < 1.0 / 16, abs(y - 0.1875) < 1.0 / 16 { value = 1 }
                picture[row * size + column] = Float(value)
            }
        }
        return picture
    }

    private mutating func advance(to time: Double) {
        let step = max(time - last, 0)
        last = time
        speed += (0.03 * Double(random.normal()) - (speed - 1)) * min(step * 2, 1)
        angle += 2 * .pi / 2.4 * speed * step
        if box < 0 {
            wait -= step
            if wait <= 0 { box = 0 }
        } else {
            box += step * 0.5
            if box > 1.1 { (box, wait) = (-1, 1 + 2 * Double(random.unit())) }
        }
    }
}
