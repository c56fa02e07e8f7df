import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// How the pixels of an event camera behave; the ranges are those of published sensors and emulators.
///
/// Sources: Lichtsteiner, Posch, Delbruck, "A 128x128 120 dB 15 us latency asynchronous temporal contrast vision sensor"
/// (JSSC 2008); Rebecq, Gehrig, Scaramuzza, "ESIM" (CoRL 2018); Hu, Liu, Delbruck, "v2e: From video frames to realistic
/// DVS events" (CVPRW 2021); Nozaki and Delbruck, "Temperature and parasitic photocurrent effects in dynamic vision
/// sensors" (2017).
public struct PixelSettings: Hashable, Sendable {
    /// The rise of the natural logarithm of the luminance that gives an `on` event.
    public var onThreshold: Float = 0.22
    /// The fall of the natural logarithm of the luminance that gives an `off` event.
    public var offThreshold: Float = 0.22
    /// The standard deviation of the thresholds between pixels.
    public var mismatch: Float = 0.03
    /// The bandwidth in Hz of a pixel at luminance 1; it falls in proportion to the luminance.
    public var bandwidth: Float = 600
    /// The luminance below which the logarithm is flat: dark current.
    public var floor: Float = 0.02
    /// For how long a pixel is blind after an event, in microseconds.
    public var refractory: Float = 500
    /// `on` events of a pixel that sees nothing change, per second.
    public var leak: Float = 0.1
    /// Events of noise of a pixel, per second.
    public var noise: Float = 0.5
    /// The number of hot pixels.
    public var hotPixels = 2
    /// Events of a hot pixel per second.
    public var hotRate: Float = 50
    /// The largest delay in the read-out, in microseconds; whole rows are read at once.
    public var jitter: Float = 40

    /// Typical settings.
    public init() {}

    /// Settings drawn from the ranges of real sensors.
    public init(using random: inout SeededGenerator) {
        func spread(_ low: Float, _ high: Float) -> Float { exp(random.uniform(log(low)...log(high))) }
        onThreshold = spread(0.13, 0.42)
        offThreshold = onThreshold * random.uniform(0.75...1.33)
        mismatch = random.uniform(0.01...0.06)
        bandwidth = spread(60, 1_500)
        floor = spread(0.005, 0.05)
        refractory = spread(50, 3_000)
        leak = random.uniform(0...0.3)
        let share = random.unit()
        noise = 2.5 * share * share * share * share
        hotPixels = random.index(below: 6)
        hotRate = spread(5, 300)
        jitter = random.uniform(0...150)
    }
}
