import SpikeSignals

/// How batches of one kind become bodies of messages, and come back.
protocol LiveCoding<Content>: AnyObject, SendableMetatype {
    associatedtype Content: Batch

    /// Nothing gathered yet; a message spans about `gather` nanoseconds of stream time.
    init(gather: Int64)
    /// Takes a batch and calls `send` with each body that is full.
    func take(_ batch: Content, _ send: ([UInt8]) throws(SpikelineError) -> Void) throws(SpikelineError)
    /// The body of what is still gathered, if anything is.
    func finish(_ send: ([UInt8]) throws(SpikelineError) -> Void) throws(SpikelineError)
    /// Appends what a body holds to the empty `batch`, and sets how far it has come.
    ///
    /// - Throws: what is wrong with the body; the batch may then hold a part of it.
    static func read(_ body: [UInt8], into batch: Content) throws(SpikelineError)
}

/// Bounds of what messages may say of time, so that sums and products with it cannot overflow.
enum LiveBounds {
    /// The latest stream time, in nanoseconds: 73 years.
    static let latest: Int64 = 1 << 61
    /// Ticks of spikes, in nanoseconds: up to 18 minutes.
    static let tick: ClosedRange<Int64> = 1...1 << 40
    /// The most samples, spikes or ticks in a message.
    static let mostItems = 1 << 16
}
