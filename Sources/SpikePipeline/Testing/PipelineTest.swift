import SpikeSignals

/// A test that a pipeline carries in its own file.
///
/// ```yaml
/// tests:
///   - name: hears yes once
///     insert: {at: ear, file: ../SampleData/keywords.wav}     # takes the place of the sources
///     expect:
///       - {from: words, word: yes, between_ms: [300, 1300]}   # one record with that word in that time
///       - {from: hands, gesture: arm_roll}                    # one record of that gesture
///       - {from: watch, anomaly: onset}                     # one alert; also `phase: armed`, `fault: dead`
///       - {from: words, word: no, count: 2}                   # exactly two records with that word
///     expect_nothing_else: true                               # and no record that no line above asked for
///   - name: loses the noise
///     insert: {at: clean, file: ../SampleData/bar.aedat4}
///     expect:
///       - {from: clean, events: [900, 1100]}                  # so many events, both ends included
///   - name: stays quiet
///     insert: {at: ear, file: ../SampleData/noise.wav}
///     none: true                                              # no record at all
/// ```
/// The file is read by the source `audio_file` or `event_file`, whichever fits, and given to the stage `at`; that stage and what follows it run as in
/// the pipeline, but sinks deliver nothing. If the stage reads from such a source, `channel` and `sample_rate_hz` are those of the source. `file` starts from the folder of the pipeline.
public struct PipelineTest: Sendable {
    /// One line of `expect`.
    public struct Expectation: Sendable {
        /// The stage whose records are looked at.
        public var from: String
        /// What must come.
        public var what: What
        /// The time in which the records must lie, in milliseconds of stream time; nil for any time.
        public var betweenMilliseconds: ClosedRange<Double>?
        /// How many records there must be, exactly; nil for at least one.
        public var count: Int?
        /// Where the stage is named.
        var fromPlace: Place

        /// What may be expected of a stage.
        public enum What: Hashable, Sendable {
            /// Records that carry this word.
            case word(String)
            /// Records of this gesture.
            case gesture(String)
            /// Records of an anomaly that is an `onset`, an `update` or a `clear`.
            case anomaly(String)
            /// A stage that learns came to this phase.
            case phase(String)
            /// A sensor fault of this kind.
            case fault(String)
            /// So many events.
            case events(ClosedRange<Int>)

            /// What the line of the file calls it.
            var wordOrEvents: String {
                switch self {
                case .word: "\"word\""
                case .gesture: "\"gesture\""
                case .anomaly: "\"anomaly\""
                case .phase: "\"phase\""
                case .fault: "\"fault\""
                case .events: "\"events\""
                }
            }
        }
    }

    /// What the test is called.
    public var name: String
    /// The stage that the file is given to.
    public var at: String
    /// The file, as it is written.
    public var file: String
    /// What must come, in the order of the file.
    public var expectations: [Expectation]
    /// Whether records that no expectation asked for fail the test; `none: true` is this without expectations.
    public var expectsNothingElse: Bool

    /// Where `name`, `at` and `file` stand.
    var places: (name: Place, at: Place, file: Place)
}
