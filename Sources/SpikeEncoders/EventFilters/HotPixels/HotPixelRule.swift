import SpikeSignals

/// The rule of a ``HotPixelFilter``.
struct HotPixelRule: EventRule {
    static var needsGrid: Bool { true }

    /// Why a pixel is masked, as bits.
    private enum Reason {
        static let learned: UInt8 = 1
        static let listed: UInt8 = 2
    }

    private let parameters: HotPixelFilter.Parameters
    private let (learn, relearn): (Int64, Int64)
    /// Whether counts are being gathered.
    private(set) var isLearning = false
    /// When the phase began, and when the next learning ends or begins; `max`: never.
    private var (start, turn) = (Int64.max, Int64.min)
    private var grid = SensorGrid(columns: 0, rows: 0)
    private var counts = EventCounts(pixels: 0)
    private var mask = PixelMap<UInt8>(0, of: 0)
    /// How many pixels are masked.
    private(set) var maskedPixels = 0

    init(_ parameters: HotPixelFilter.Parameters) {
        self.parameters = parameters
        learn = Int64(parameters.learnMilliseconds) * 1_000
        relearn = Int64(parameters.relearnMilliseconds) * 1_000
        if learn == 0 { (start, turn) = (.min, .max) }
    }

    mutating func begin(on grid: SensorGrid) throws(SpikelineError) {
        self.grid = grid
        mask = PixelMap(grid.pixels, of: 0)
        for pixel in parameters.pixels {
            guard pixel.x < grid.width, pixel.y < grid.height else {
                throw SpikelineError(
                    "expected pixels inside the sensor of \(grid.width) x \(grid.height), found "
                        + "[\(pixel.x), \(pixel.y)] in \"pixels\"")
            }
            mask[grid.index(pixel.x, pixel.y)] = Reason.listed
        }
        maskedPixels = Set(parameters.pixels).count
        if learn > 0 { counts = EventCounts(pixels: grid.pixels) }
    }

    @inline(__always) mutating func judge(_ event: PixelEvent, at time: Int64) -> Verdict {
        if time >= turn || time < start { changePhase(at: time) }
        let pixel = grid.index(Int(event.x), Int(event.y))
        if isLearning { counts.add(pixel) }
        return Verdict(event: event, isKept: mask[pixel] == 0)
    }

    @inline(never) private mutating func changePhase(at time: Int64) {
        if time < start, turn != .min {
            // Time stepped back: the phase goes on from here.
            start = time
            turn = turn == .max ? .max : time &+ (isLearning ? learn : relearn)
            return
        }
        if isLearning {
            mark()
            isLearning = false
            turn = relearn > 0 ? start &+ relearn : .max
        }
        if time >= turn, turn != .max {
            isLearning = true
            start = time
            turn = time &+ learn
        }
    }

    /// Masks the pixels that the counts show to be hot, and forgets the counts.
    private mutating func mark() {
        let usual = Int(counts.median) * parameters.factor
        let limit = max(usual, parameters.minRateHertz * parameters.learnMilliseconds / 1_000)
        maskedPixels = 0
        for pixel in 0..<mask.count {
            let isHot = Int(counts[pixel]) > limit
            mask[pixel] = mask[pixel] & Reason.listed | (isHot ? Reason.learned : 0)
            maskedPixels += mask[pixel] == 0 ? 0 : 1
        }
        counts.clear()
    }
}

/// How many events each pixel had, and the median of that, without storage of its own for sorting.
struct EventCounts {
    private let counts: PixelMap<UInt32>
    private let histogram = PixelMap<Int>(256, of: 0)

    /// Counts of so many pixels, all 0.
    init(pixels: Int) { counts = PixelMap(pixels, of: 0) }

    /// The count of a pixel, at most 2^32 - 1.
    subscript(pixel: Int) -> UInt32 { counts[pixel] }

    /// Counts an event.
    @inline(__always) func add(_ pixel: Int) {
        let count = counts[pixel]
        counts[pixel] = count &+ (count == .max ? 0 : 1)
    }

    /// Sets all counts to 0.
    func clear() { counts.fill(with: 0) }

    /// The lower median of the counts; 0 without pixels.
    ///
    /// Digit by digit to the base 256 from the top: the numbers that share the digits found so far are counted by their next.
    var median: UInt32 {
        guard counts.count > 0 else { return 0 }
        var (found, known) = (UInt32(0), UInt32(0))
        var rank = (counts.count - 1) / 2
        for shift in stride(from: UInt32(24), through: 0, by: -8) {
            histogram.fill(with: 0)
            for pixel in 0..<counts.count where counts[pixel] & known == found {
                histogram[Int(counts[pixel] >> shift & 0xFF)] += 1
            }
            var digit = 0
            while digit < 255, rank >= histogram[digit] {
                rank -= histogram[digit]
                digit += 1
            }
            found |= UInt32(digit) << shift
            known |= 0xFF << shift
        }
        return found
    }
}
