/// What a network did with a piece of sound, as a picture: the ear's spikes, the spikes of its layers, and the scores
/// of its words, above one time axis.
///
/// ```
///            "yes"                       words that were spoken: bands through all panels
/// 4 kHz  |  . ..:. .                     ear: one row per channel, low at the bottom
/// 500 Hz | ..:::..  .
/// layer  |   .  ..:.                     each layer of the network
/// score  |     __/\___                   one line per word; ▼ marks a detection
///        0 s        1 s
/// ```
/// The size of the document is bounded whatever goes in: spikes are gathered into cells, lines into columns.
public struct RasterFigure: Sendable {
    /// `count` spikes on a channel within the tick that begins at `time`.
    public struct Spike: Hashable, Sendable {
        /// Seconds since the start of the stream.
        public var time: Double
        /// The channel or neuron.
        public var channel: Int
        /// How often it fired.
        public var count: Int

        /// `count` spikes on `channel` at `time`.
        public init(time: Double, channel: Int, count: Int = 1) {
            self.time = time
            self.channel = channel
            self.count = count
        }
    }

    /// One panel of spikes.
    public struct SpikePanel: Sendable {
        /// What fires.
        public var name: String
        /// How many channels or neurons there are.
        public var channels: Int
        /// The spikes, in any order.
        public var spikes: [Spike]
        /// The centre frequency of each channel in Hz, ascending or descending; empty for neurons.
        public var frequencies: [Double]
        /// The length of a tick in seconds.
        public var tick: Double

        /// A panel of `channels` rows.
        public init(name: String, channels: Int, spikes: [Spike], frequencies: [Double] = [], tick: Double = 0.01) {
            self.name = name
            self.channels = channels
            self.spikes = spikes
            self.frequencies = frequencies
            self.tick = tick
        }
    }

    /// A line of values, one per tick.
    public struct Series: Sendable {
        /// The word.
        public var name: String
        /// The values, the first at the start of the figure.
        public var values: [Double]

        /// A line called `name`.
        public init(name: String, values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    /// The panel of scores.
    public struct ScorePanel: Sendable {
        /// What is drawn.
        public var name: String
        /// One line per word.
        public var series: [Series]
        /// The time of the first value and the distance between two, in seconds.
        public var clock: (start: Double, tick: Double)
        /// The threshold, if one is to be shown.
        public var threshold: Double?

        /// A panel of `series`.
        public init(name: String, series: [Series], clock: (start: Double, tick: Double), threshold: Double? = nil) {
            self.name = name
            self.series = series
            self.clock = clock
            self.threshold = threshold
        }
    }

    /// A word that was spoken, in seconds.
    public struct Word: Hashable, Sendable {
        /// The word.
        public var text: String
        /// When it begins.
        public var start: Double
        /// When it ends.
        public var end: Double

        /// `text` from `start` to `end`; equal for a detection.
        public init(_ text: String, start: Double, end: Double) {
            self.text = text
            self.start = start
            self.end = end
        }
    }

    /// What stands above the picture.
    public var title: String
    /// What stands under the title.
    public var subtitle: String
    /// The span of time that is drawn, in seconds.
    public var span: ClosedRange<Double>
    /// The panels of spikes, top to bottom.
    public var panels: [SpikePanel]
    /// The panel of scores, at the bottom.
    public var scores: ScorePanel?
    /// The words that were spoken.
    public var spoken: [Word]
    /// The words that were detected.
    public var detected: [Word]

    /// A figure of these panels.
    public init(
        title: String, subtitle: String = "", span: ClosedRange<Double>, panels: [SpikePanel], scores: ScorePanel?,
        spoken: [Word] = [], detected: [Word] = []
    ) {
        self.title = title
        self.subtitle = subtitle
        self.span = span
        self.panels = panels
        self.scores = scores
        self.spoken = spoken
        self.detected = detected
    }
}
