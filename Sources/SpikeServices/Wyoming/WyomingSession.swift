import SpikeSignals

/// Hears sound for one client and finds words in it.
public protocol WordListener: AnyObject {
    /// Samples per second that it takes.
    var sampleRate: Int { get }
    /// Forgets everything: the next sample is the first of a new stream.
    func begin() throws(SpikelineError)
    /// Hears mono samples (24 bits in an `Int32`) and gives the words that were found, with the time since ``begin()``.
    func hear(_ samples: [Int32]) throws(SpikelineError) -> [(word: String, at: StreamTime)]
}

/// What a wake-word service says of itself.
public struct WyomingInfo: Sendable {
    /// The words that it finds.
    public var words: [String]
    /// Its version.
    public var version: String

    /// A service that finds these words.
    public init(words: [String], version: String) { (self.words, self.version) = (words, version) }

    /// The answer to `describe`.
    var message: WyomingMessage {
        let source = JSONValue.object([
            ("name", .string("Spikeline")), ("url", .string("https://github.com/spikeline/spikeline")),
        ])
        func entry(_ name: String, _ text: String, _ more: [(String, JSONValue)]) -> JSONValue {
            .object(
                [
                    ("name", .string(name)), ("description", .string(text)), ("attribution", source),
                    ("installed", .bool(true)), ("version", .string(version)),
                ] + more)
        }
        let models = words.map {
            entry($0, "The word \"\($0)\"", [("phrase", .string($0)), ("languages", .array([.string("en")]))])
        }
        let program = entry("spikeline", "Keywords by an integer spiking network", [("models", .array(models))])
        return WyomingMessage("info", [("wake", .array([program]))])
    }
}

/// The conversation with one client, without sockets: a message in, messages out.
///
/// ```
/// describe                 -> info
/// detect {names}              from now on only these; without names all
/// audio-start, -chunk ...  -> detection {name, timestamp} for each word that is found
/// audio-stop               -> not-detected, if none was found since audio-start
/// ping                     -> pong
/// ```
/// Other messages are ignored, as the protocol asks. Sound is PCM of 16, 24 or 32 bits, of any number of channels up to 8, at the
/// rate of the ear; other sound is answered by `error`. A timestamp is that of the chunk, plus how far into it the word was found.
public final class WyomingSession {
    private let info: WyomingInfo
    private let listener: any WordListener
    private var names: Set<String>?
    private var hasDetected = false
    private var isListening = false
    /// What the clock of the client says for the first sample, in milliseconds.
    private var origin: Int?

    /// A conversation that has not begun.
    public init(info: WyomingInfo, listener: any WordListener) {
        self.info = info
        self.listener = listener
    }

    /// The answers to a message.
    ///
    /// - Throws: what is a defect of ours; what a client does wrong is answered.
    public func answer(_ message: WyomingMessage) throws(SpikelineError) -> [WyomingMessage] {
        switch message.type {
        case "describe": return [info.message]
        case "ping": return [WyomingMessage("pong", message.data)]
        case "detect":
            let wanted = message["names"]?.arrayValue?.compactMap(\.stringValue) ?? []
            names = wanted.isEmpty ? nil : Set(wanted)
            return []
        case "audio-start":
            try start()
            return []
        case "audio-chunk": return try hear(message)
        case "audio-stop":
            guard isListening else { return [] }
            isListening = false
            return hasDetected ? [] : [WyomingMessage("not-detected")]
        default: return []
        }
    }

    private func start() throws(SpikelineError) {
        try listener.begin()
        (hasDetected, isListening, origin) = (false, true, nil)
    }

    private func hear(_ message: WyomingMessage) throws(SpikelineError) -> [WyomingMessage] {
        if !isListening { try start() }
        let rate = message["rate"]?.integerValue ?? listener.sampleRate
        let width = message["width"]?.integerValue ?? 2
        let channels = message["channels"]?.integerValue ?? 1
        guard rate == listener.sampleRate, (2...4).contains(width), (1...8).contains(channels) else {
            return [
                WyomingMessage(
                    "error",
                    [
                        (
                            "text",
                            .string(
                                "expected PCM of 2 to 4 bytes a sample, 1 to 8 channels and \(listener.sampleRate) Hz, found "
                                    + "\(width) bytes, \(channels) channels and \(rate) Hz")
                        ), ("code", .string("unsupported-audio")),
                    ])
            ]
        }
        if origin == nil { origin = message["timestamp"]?.integerValue ?? 0 }
        let samples = Self.mono(message.payload, width: width, channels: channels)
        let found = try listener.hear(samples).filter { names?.contains($0.word) ?? true }
        if !found.isEmpty { hasDetected = true }
        return found.map { word, at in
            let (milliseconds, isTooFar) = (origin ?? 0).addingReportingOverflow(Int(at.nanoseconds / 1_000_000))
            return WyomingMessage(
                "detection", [("name", .string(word)), ("timestamp", .integer(isTooFar ? 0 : milliseconds))])
        }
    }

    /// The mean of the channels of little-endian PCM, as 24 bits; a frame that is cut off is left out.
    static func mono(_ bytes: [UInt8], width: Int, channels: Int) -> [Int32] {
        let frame = width * channels
        return (0..<(bytes.count / frame)).map { index in
            var sum: Int64 = 0
            for channel in 0..<channels {
                var sample: UInt32 = 0
                for byte in 0..<width {
                    // The highest byte comes last; the sample ends up in the upper bits.
                    let value = UInt32(bytes[index * frame + channel * width + byte])
                    sample |= value << UInt32(8 * (4 - width + byte))
                }
                sum += Int64(Int32(bitPattern: sample) >> 8)
            }
            return Int32(truncatingIfNeeded: sum / Int64(channels))
        }
    }
}
