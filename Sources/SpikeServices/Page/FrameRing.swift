import SpikeSignals

/// The last frames of a page, for any number of clients that each send them at their own speed.
///
/// A frame is made once, whoever looks. A client that falls behind by more than ``capacity`` frames is told so and let go: a slow
/// client costs the others nothing.
final class FrameRing: @unchecked Sendable {
    // Unchecked: everything is touched inside `monitor` only.

    /// What a client finds.
    enum Find {
        /// The frame with that number.
        case frame([UInt8])
        /// None came in time.
        case nothing
        /// The frame has gone already.
        case tooLate
    }

    /// How many frames are kept; about a second.
    static let capacity = 32

    private let monitor = Monitor()
    private var frames: [[UInt8]] = []
    private var first = 0

    /// The number of the next frame.
    var next: Int { monitor.locked { first + frames.count } }

    /// Adds a frame and wakes those who wait for it.
    func append(_ frame: [UInt8]) {
        monitor.locked {
            frames.append(frame)
            if frames.count > FrameRing.capacity {
                frames.removeFirst()
                first += 1
            }
            monitor.wake()
        }
    }

    /// Frame `number`, waiting at most so many milliseconds for it.
    func frame(_ number: Int, withinMilliseconds limit: Int64) -> Find {
        monitor.locked {
            if number >= first + frames.count { monitor.wait(milliseconds: limit) }
            if number < first { return .tooLate }
            return number < first + frames.count ? .frame(frames[number - first]) : .nothing
        }
    }
}
