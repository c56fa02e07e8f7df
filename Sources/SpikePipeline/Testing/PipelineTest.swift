import SpikeSignals

/// A test that a pipeline carries in its own file.
///
/// ```yaml
/// tests:
///   - name: hears yes once
///     insert: {at: ear, file: ../SampleData/keywords.wav}     # takes the place of the sources
///     expect:
///       - {from: words, word: yes, between_ms: [300, 1300]}   # one record with that word in that time
///       - {from: words, word: no, count: 2}                   # exactly two records with that word
///     expect_nothing_else: true                               # and no record that no line above asked for
///   - name: stays quiet
///     insert: {at: ear, file: ../SampleData/noise.wav}
///     none: true                                              # no record at all
/// ```
/// The file is read by the `audio_file` source and given to the stage `at`; that stage and what follows it run as in
/// the pipeline, but sinks deliver nothing. `file` starts from the folder of the pipeline.
public struct PipelineTest: Sendable {
    /// One line of `expect`.
    public struct Expectation: Sendable {
        /// The stage whose records are looked at.
        public var from: String
        /// The word that the records must carry.
        public var word: String
        /// The time in which the records must lie, in milliseconds of stream time; nil for any time.
        public var betweenMilliseconds: ClosedRange<Double>?
        /// How many records there must be, exactly; nil for at least one.
        public var count: Int?
        /// Where the stage is named.
        var fromPlace: Place
    }

    /// What the test is called.
    public var name: String
    /// The stage that the file is given to.
    public var at: String
    /// The sound file, as it is written.
    public var file: String
    /// What must come, in the order of the file.
    public var expectations: [Expectation]
    /// Whether records that no expectation asked for fail the test; `none: true` is this without expectations.
    public var expectsNothingElse: Bool

    /// Where `name`, `at` and `file` stand.
    var places: (name: Place, at: Place, file: Place)
}
