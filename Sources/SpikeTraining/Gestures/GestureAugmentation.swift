import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// How training clips differ from the recordings they are cut from; all numbers are ranges to draw from.
public struct GestureAugmentation: Hashable, Sendable {
    /// The share of clips that are mirrored; their labels change accordingly.
    public var mirror: Float = 0.5
    /// The largest shift as a part of the sensor's side.
    public var shift: Float = 0.12
    /// The largest change of size as a factor, up or down.
    public var scale: Float = 1.25
    /// The largest rotation about the centre in radians.
    public var rotation: Float = 0.15
    /// The largest change of speed as a factor, up or down.
    public var speed: Float = 1.2
    /// The largest share of events that are lost.
    public var dropout: Float = 0.5
    /// The most events of noise per pixel and second; most clips get far fewer.
    public var noise: Float = 2
    /// The share of clips whose polarities are exchanged.
    public var inversion: Float = 0.2

    /// The defaults.
    public init() {}

    /// No change at all.
    public static var none: GestureAugmentation {
        var augmentation = GestureAugmentation().scaled(by: 0)
        augmentation.mirror = 0
        return augmentation
    }

    /// The same changes but for the mirror, `share` times as large; factors are scaled as logarithms.
    public func scaled(by share: Float) -> GestureAugmentation {
        var augmentation = self
        augmentation.shift *= share
        augmentation.scale = exp(log(scale) * share)
        augmentation.rotation *= share
        augmentation.speed = exp(log(speed) * share)
        augmentation.dropout *= share
        augmentation.noise *= share
        augmentation.inversion *= share
        return augmentation
    }
}

/// One drawn change of a recording: where each event goes, and which are lost.
struct GestureChange {
    let isMirrored: Bool
    let isInverted: Bool
    /// Stream time per recorded time.
    let pace: Float
    /// The share of events that stay, of 2^32.
    let kept: UInt64
    /// Events of noise per pixel and second.
    let noise: Float

    private let a: Float
    private let b: Float
    private let c: Float
    private let d: Float
    private let width: Float
    private let height: Float

    /// Draws a change for recordings of that size.
    init(
        _ augmentation: GestureAugmentation, width: Int, height: Int, canMirror: Bool,
        _ generator: inout SeededGenerator
    ) {
        let side = Float(min(width, height))
        isMirrored = generator.chance(augmentation.mirror) && canMirror
        isInverted = generator.chance(augmentation.inversion)
        pace = Self.factor(augmentation.speed, &generator)
        kept = UInt64(Double(1 - generator.uniform(0...max(augmentation.dropout, 0))) * 0x1p32)
        // A cube, so that most clips are nearly clean.
        let share = generator.unit()
        noise = augmentation.noise * share * share * share
        let size = Self.factor(augmentation.scale, &generator)
        let angle = generator.uniform(-augmentation.rotation...augmentation.rotation)
        a = size * cos(angle)
        b = size * sin(angle)
        self.width = Float(width)
        self.height = Float(height)
        c = generator.uniform(-augmentation.shift...augmentation.shift) * side
        d = generator.uniform(-augmentation.shift...augmentation.shift) * side
    }

    private static func factor(_ largest: Float, _ generator: inout SeededGenerator) -> Float {
        exp(generator.uniform(-1...1) * log(max(largest, 1)))
    }

    /// Where the pixel at `x`, `y` goes, or nil if that is outside the sensor.
    func place(x: UInt16, y: UInt16) -> (x: Int, y: Int)? {
        var u = Float(x) + 0.5 - width / 2
        let v = Float(y) + 0.5 - height / 2
        if isMirrored { u = -u }
        let column = a * u - b * v + c + width / 2
        let row = b * u + a * v + d + height / 2
        guard column >= 0, row >= 0, column < width, row < height else { return nil }
        return (Int(column), Int(row))
    }
}
