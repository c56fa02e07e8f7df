import ArgumentParser
import SpikeSignals
import SpikeSynthesis

/// The options of those who draw people that perform gestures.
struct SceneOptions: ParsableArguments {
    @Option(
        help: """
            Synthesised people: the share of the forearms and hands that has to stand out by the pixels' threshold, 0 to 1. \
            Scenes in which less does are drawn anew, up to 16 times, as are those in which a circle or a wave does not look \
            like one; at 0 all are taken as they come.
            """)
    var leastVisible = GestureSynthesisOptions().leastVisible

    /// What they ask for.
    func chosen() throws(SpikelineError) -> GestureSynthesisOptions {
        guard (0...1).contains(leastVisible) else {
            throw SpikelineError("expected 0 to 1, found \(leastVisible)", at: "--least-visible")
        }
        var synthesis = GestureSynthesisOptions()
        synthesis.leastVisible = leastVisible
        return synthesis
    }
}
