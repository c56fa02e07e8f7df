import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Makes events of a sequence of images, as the pixels of an event camera would have seen them.
///
/// ```swift
/// let emulator = try VideoEmulator(width: 346, height: 260, settings: PixelSettings(), seed: 1)
/// for frame in frames { for event in try emulator.events(frame.values, at: frame.time) { ... } }
/// ```
/// Between two images the logarithm of the luminance goes in a straight line, as in ESIM with images given (section 3.2 of
/// Rebecq et al. 2018); images have to be close enough for that, some hundred per second for people who move.
public final class VideoEmulator {
    private let pixels: PixelArray
    private var random: SeededGenerator
    private var last: Int64?
    private var linear: [Float]

    /// An emulator of `width x height` pixels.
    public init(width: Int, height: Int, settings: PixelSettings, seed: UInt64) throws(SpikelineError) {
        guard (1...4_096).contains(width), (1...4_096).contains(height) else {
            throw SpikelineError("expected images of 1 x 1 to 4096 x 4096 pixels, found \(width) x \(height)")
        }
        pixels = PixelArray(width: width, height: height)
        random = SeededGenerator(seed, 0x7669_6465)
        linear = [Float](repeating: 0, count: width * height)
        pixels.start(settings, using: &random)
    }

    /// The events between the image before and this one, in order of time.
    ///
    /// - Parameters:
    ///   - brightness: 0 to 1 as picture files have it, `[row][column]`; the curve of sRGB (IEC 61966-2-1) is undone.
    ///   - time: microseconds, above that of the image before. Offsets count from the image before.
    public func events(_ brightness: [Float], at time: Int64) throws(SpikelineError) -> [PixelEvent] {
        guard brightness.count == linear.count else {
            throw SpikelineError("expected \(linear.count) pixels, found \(brightness.count)")
        }
        for index in linear.indices {
            let value = min(max(brightness[index], 0), 1)
            linear[index] = value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        let step = Float(time - (last ?? time))
        defer { last = time }
        guard last == nil || (1...60_000_000).contains(step) else {
            throw SpikelineError("expected images 1 µs to 60 s apart, found \(Int(step)) µs")
        }
        let box = PixelBox(left: 0, top: 0, right: pixels.width, bottom: pixels.height)
        unsafe linear.withUnsafeBufferPointer { image in
            guard let start = image.baseAddress else { return }
            unsafe pixels.see(start, in: box, time: 0, step: max(step, 1))
        }
        guard last != nil else { return [] }
        pixels.addNoise(duration: step, using: &random)
        return pixels.takeSorted(duration: step, using: &random)
    }
}
