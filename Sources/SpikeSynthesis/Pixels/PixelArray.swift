import CRenderKernels
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// The pixels of an event camera, which see luminance and answer with events.
///
/// Each pixel low-passes the logarithm of its luminance and compares it with what it remembers:
/// ```
/// v += (log(luminance + floor) - v) (1 - exp(-2 pi f dt)),   f = bandwidth (luminance + floor), at most bandwidth
/// while v - memory >= its on threshold:  an on event,  memory += threshold        off likewise
/// ```
/// Several events of one step lie on the straight line between its ends. A pixel within its refractory period remembers
/// but does not speak. Leak, noise and hot pixels are drawn as they are seen from outside, see ``addNoise``.
/// Sources: ``PixelSettings``.
@safe
public final class PixelArray {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int

    private var settings: PixelSettings
    private let filtered: UnsafeMutablePointer<Float>
    private let memory: UnsafeMutablePointer<Float>
    private let on: UnsafeMutablePointer<Float>
    private let off: UnsafeMutablePointer<Float>
    private let quietUntil: UnsafeMutablePointer<Float>
    /// What the pixels of the row in hand were before the step.
    private let earlier: UnsafeMutablePointer<Float>
    /// Which of them have something to tell, a bit each.
    private let marks: UnsafeMutablePointer<UInt8>
    private let isWide: Bool
    private var isDark = true
    /// The events so far, in the order of steps; ``sorted()`` puts them in order of time.
    private var events: [PixelEvent] = []
    private var sorter = WordSort()

    /// An array of `width x height` pixels.
    public convenience init(width: Int, height: Int) {
        self.init(width: width, height: height, isWide: WideLoops.areThere)
    }

    init(width: Int, height: Int, isWide: Bool) {
        self.isWide = isWide
        self.width = width
        self.height = height
        settings = PixelSettings()
        func buffer() -> UnsafeMutablePointer<Float> {
            let buffer = UnsafeMutablePointer<Float>.allocate(capacity: width * height)
            unsafe buffer.initialize(repeating: 0, count: width * height)
            return unsafe buffer
        }
        unsafe filtered = buffer()
        unsafe memory = buffer()
        unsafe on = buffer()
        unsafe off = buffer()
        unsafe quietUntil = buffer()
        unsafe earlier = buffer()
        unsafe marks = .allocate(capacity: width / 8 + 1)
        unsafe marks.initialize(repeating: 0, count: width / 8 + 1)
    }

    deinit {
        unsafe filtered.deallocate()
        unsafe memory.deallocate()
        unsafe on.deallocate()
        unsafe off.deallocate()
        unsafe quietUntil.deallocate()
        unsafe earlier.deallocate()
        unsafe marks.deallocate()
    }

    /// Begins anew with these settings; thresholds are drawn for each pixel.
    public func start(_ settings: PixelSettings, using random: inout SeededGenerator) {
        self.settings = settings
        isDark = true
        events.removeAll(keepingCapacity: true)
        for pixel in 0..<width * height {
            // The sum of four even numbers is near enough to normal, and quick.
            let bits = random.next()
            func part(_ shift: UInt64) -> Float { Float(bits >> shift & 0xFFFF) / 32_768 - 1 }
            let a = (part(0) + part(16)) * 1.22
            let b = (part(32) + part(48)) * 1.22
            unsafe on[pixel] = max(settings.onThreshold + settings.mismatch * a, 0.03)
            unsafe off[pixel] = max(settings.offThreshold + settings.mismatch * b, 0.03)
            unsafe quietUntil[pixel] = -1
        }
    }

    /// Shows the pixels of `box` the luminance `image` (`[row][column]`, 1 is a bright wall) for the microseconds
    /// from `time` to `time + step`. The first image is what they remember; it gives no events.
    func see(_ image: UnsafePointer<Float>, in box: PixelBox, time: Float, step: Float) {
        let floor = settings.floor
        if isDark {
            isDark = false
            for pixel in 0..<width * height {
                let value = log(unsafe image[pixel] + floor)
                unsafe filtered[pixel] = value
                unsafe memory[pixel] = value
            }
            return
        }
        guard !box.isEmpty else { return }
        let pace = 2 * Float.pi * settings.bandwidth * step * 1e-6
        for y in box.top..<box.bottom {
            let row = y * width + box.left
            let count = box.right - box.left
            guard unsafe settle(row, count: count, image: image + row, pace: pace) else { continue }
            for group in 0..<(count + 7) / 8 {
                var mark = unsafe marks[group]
                while mark != 0 {
                    let index = 8 * group + mark.trailingZeroBitCount
                    mark &= mark &- 1
                    fire(
                        row + index, x: box.left + index, y: y, before: unsafe earlier[index],
                        after: unsafe filtered[row + index], time: time, step: step)
                }
            }
        }
    }

    /// Low-passes `count` pixels from `first` on and marks those that have something to tell; says whether there are any.
    private func settle(_ first: Int, count: Int, image: UnsafePointer<Float>, pace: Float) -> Bool {
        let (v, m) = unsafe (filtered + first, memory + first)
        let (high, low) = unsafe (on + first, off + first)
        let floor = settings.floor
        if isWide {
            return unsafe rk_settle(image, v, m, high, low, earlier, Int32(count), floor, pace, marks) != 0
        }
        var fires: UInt8 = 0
        for start in stride(from: 0, to: count, by: 8) {
            var mark: UInt8 = 0
            for index in start..<min(start + 8, count) {
                let light = unsafe image[index] + floor
                let old = unsafe v[index]
                // 1 - exp(-a) by its Padé approximant; within 1 % below 2 and never above 1.
                let a = pace * min(light, 1)
                let share = a * (1 + 0.5 * a) / (1 + a + 0.5 * a * a)
                let new = old + (naturalLogarithm(light) - old) * share
                unsafe earlier[index] = old
                unsafe v[index] = new
                let change = unsafe new - m[index]
                let isFiring = unsafe change >= high[index] || -change >= low[index]
                mark |= (isFiring ? 1 : 0) << UInt8(index - start)
            }
            unsafe marks[start / 8] = mark
            fires |= mark
        }
        return fires != 0
    }

    private func fire(_ pixel: Int, x: Int, y: Int, before: Float, after: Float, time: Float, step: Float) {
        let isOn = unsafe after > memory[pixel]
        let threshold = unsafe isOn ? on[pixel] : off[pixel]
        let slope = after - before
        for _ in 0..<32 {
            let level = unsafe memory[pixel] + (isOn ? threshold : -threshold)
            guard isOn ? after >= level : after <= level else { return }
            unsafe memory[pixel] = level
            let share = abs(slope) > 1e-9 ? min(max((level - before) / slope, 0), 1) : 1
            let moment = time + share * step
            guard unsafe moment >= quietUntil[pixel] else { continue }
            unsafe quietUntil[pixel] = moment + settings.refractory
            events.append(PixelEvent(offset: Int32(moment), x: UInt16(x), y: UInt16(y), isOn: isOn))
        }
        // More than 32 events in a step: the pixel catches up.
        unsafe memory[pixel] = after
    }

    /// Adds leak, noise and hot pixels over `duration` microseconds.
    func addNoise(duration: Float, using random: inout SeededGenerator) {
        let pixels = Float(width * height)
        func add(_ expected: Float, _ next: (inout SeededGenerator) -> (pixel: Int, isOn: Bool)) {
            var count = Int(expected + expected.squareRoot() * random.normal() + random.unit())
            count = max(count, 0)
            for _ in 0..<count {
                let place = next(&random)
                let moment = random.unit() * duration
                events.append(
                    PixelEvent(
                        offset: Int32(moment), x: UInt16(place.pixel % width), y: UInt16(place.pixel / width),
                        isOn: place.isOn))
            }
        }
        let all = width * height
        add(settings.leak * pixels * duration * 1e-6) { ($0.index(below: all), true) }
        add(settings.noise * pixels * duration * 1e-6) { random in
            let bits = random.next()
            return ((Int(bits >> 32) * all) >> 32, bits & 1 == 1)
        }
        for _ in 0..<settings.hotPixels {
            let pixel = random.index(below: all)
            let isOn = random.chance(0.5)
            add(settings.hotRate * duration * 1e-6) { _ in (pixel, isOn) }
        }
    }

    /// The events in order of time, each row read out a little late, as an arbiter does.
    func sorted(duration: Float, using random: inout SeededGenerator) -> [PixelEvent] {
        let last = max(Int32(duration) - 1, 0)
        let delays = (0..<256).map { _ in Int32(random.unit() * settings.jitter) }
        var words = events.map { event -> UInt64 in
            let delay = delays[(Int(event.offset) >> 6 &+ Int(event.y) &* 37) & 255]
            let time = min(max(event.offset + delay, 0), last)
            return UInt64(UInt32(time)) << 32 | event.bits & 0xFFFF_FFFF
        }
        sorter.sort(&words)
        return words.map { PixelEvent(bits: $0) }
    }

    /// As ``sorted(duration:using:)``; the next step begins at time 0 again, without events.
    func takeSorted(duration: Float, using random: inout SeededGenerator) -> [PixelEvent] {
        defer {
            events.removeAll(keepingCapacity: true)
            for pixel in 0..<width * height { unsafe quietUntil[pixel] -= duration }
        }
        return sorted(duration: duration, using: &random)
    }

    /// The natural logarithm of a positive number within 1e-4: exponent, and a polynomial for the mantissa.
    @inline(__always)
    private func naturalLogarithm(_ x: Float) -> Float {
        let bits = x.bitPattern
        let exponent = Float(Int32(bitPattern: bits >> 23) - 127)
        let m = Float(bitPattern: bits & 0x7F_FFFF | 0x3F80_0000)
        let p = -1.7417939 + (2.8212026 + (-1.4699568 + (0.44717955 - 0.056570851 * m) * m) * m) * m
        return exponent * 0.693_147_18 + p
    }
}
