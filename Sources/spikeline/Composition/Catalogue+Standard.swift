import SpikeEncoders
import SpikeFleet
import SpikeHeads
import SpikeSensors
import SpikeSignals
import SpikeSinks

extension Catalogue {
    /// Every kind of stage that this program knows; a new one is one line here.
    static let standard = Catalogue([
        AudioFileSource.descriptor,
        AudioReplaySource.descriptor,
        ALSASource.descriptor,
        EventFileSource.descriptor,
        EventDatagramSource.descriptor,
        EventStreamSource.socketDescriptor,
        EventStreamSource.pipeDescriptor,
        CochleaStage.descriptor,
        BandEncoder.descriptor,
        CodingStage.descriptor,
        CropFilter.descriptor,
        DownsampleFilter.descriptor,
        PolarityFilter.descriptor,
        MirrorFilter.descriptor,
        RefractoryFilter.descriptor,
        BackgroundActivityFilter.descriptor,
        HotPixelFilter.descriptor,
        RateLimitFilter.descriptor,
        FlickerFilter.descriptor,
        EventGridStage.descriptor,
        NetworkStage.descriptor,
        KeywordHead.descriptor,
        GestureHead.descriptor,
        AnomalyHead.descriptor,
        SoundWatchdog.descriptor,
        EventWatchdog.descriptor,
        JSONLinesSink.descriptor,
        MQTTSink.descriptor,
        WebhookSink.descriptor,
        SQLiteLogSink.descriptor,
        CommandSink.descriptor,
        EventFileSink.descriptor,
        NATSStages.descriptor,
    ])
}
