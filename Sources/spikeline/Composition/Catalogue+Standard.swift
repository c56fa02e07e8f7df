import SpikeEncoders
import SpikeHeads
import SpikeSensors
import SpikeSignals
import SpikeSinks

extension Catalogue {
    /// Every kind of stage that this program knows; a new one is one line here.
    static let standard = Catalogue([
        AudioFileSource.descriptor,
        EventFileSource.descriptor,
        CochleaStage.descriptor,
        NetworkStage.descriptor,
        KeywordHead.descriptor,
        JSONLinesSink.descriptor,
        EventFileSink.descriptor,
    ])
}
