/// Finds pixels that fire much more than their neighbours, second after second.
///
/// ```
/// hot = events >= least, and > 8 times those of each of its eight neighbours, in two seconds one after the other
/// ```
/// What moves or flickers touches neighbours too; a pixel that is alone is broken.
struct HotPixelSearch: Sendable {
    /// The length of a window in microseconds.
    static let window: Int64 = 1_000_000
    /// The most pixels that are reported in a window.
    static let most = 16

    private let width: Int
    private let height: Int
    private let least: UInt32
    private var counts: [UInt32]
    /// The pixels that looked hot in the last window.
    private var suspects: Set<Int> = []
    /// When the window ends, in microseconds.
    private(set) var due: Int64 = .min

    init(width: Int, height: Int, leastPerSecond: Int) {
        (self.width, self.height) = (width, height)
        least = UInt32(max(leastPerSecond, 1))
        counts = Array(repeating: 0, count: width * height)
    }

    /// An event at that pixel; outside the sensor it is ignored.
    mutating func add(x: Int, y: Int) {
        guard x < width, y < height, x >= 0, y >= 0 else { return }
        counts[y &* width &+ x] &+= 1
    }

    /// Begins a new window.
    mutating func restart(at time: Int64) {
        for index in counts.indices { counts[index] = 0 }
        suspects = []
        due = time + Self.window
    }

    /// Ends the window if it is over at `time`, and calls `report` with time and place of each hot pixel.
    mutating func advance(to time: Int64, _ report: (Int64, String) -> Void) {
        guard due != .min else {
            due = time + Self.window
            return
        }
        guard time >= due else { return }
        var hot: Set<Int> = []
        for index in counts.indices where counts[index] >= least && isAlone(index) {
            hot.insert(index)
            if hot.count >= Self.most { break }
        }
        for index in hot.sorted() where suspects.contains(index) {
            report(due, "pixel \(index % width), \(index / width)")
        }
        let end = due
        restart(at: time - (time - end) % Self.window)
        suspects = time - end < Self.window ? hot : []
    }

    private func isAlone(_ index: Int) -> Bool {
        let (x, y) = (index % width, index / width)
        let limit = counts[index] / 8
        for row in max(y - 1, 0)...min(y + 1, height - 1) {
            for column in max(x - 1, 0)...min(x + 1, width - 1) where row != y || column != x {
                if counts[row * width + column] >= limit { return false }
            }
        }
        return true
    }
}
