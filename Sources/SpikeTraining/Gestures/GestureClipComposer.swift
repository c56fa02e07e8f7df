import SpikeEncoders
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Cuts clips out of recordings, changes them, and encodes them; one for each thread.
public final class GestureClipComposer {
    /// The number of ticks of a clip.
    public let ticks: Int

    private let parameters: EventGridParameters
    private let augmentation: GestureAugmentation
    private let labels: GestureLabels
    private var encoder: EventGridEncoder
    private var size: (width: Int, height: Int)

    /// A composer of clips of `ticks` ticks.
    public init(
        _ parameters: EventGridParameters, labels: GestureLabels, augmentation: GestureAugmentation, ticks: Int
    ) throws(SpikelineError) {
        self.parameters = parameters
        self.labels = labels
        self.augmentation = augmentation
        self.ticks = ticks
        size = (128, 128)
        encoder = try EventGridEncoder(parameters, sensorWidth: 128, sensorHeight: 128)
    }

    /// Encodes a part of `recording`, changed as `generator` draws it.
    ///
    /// - Parameter body: called for each spike count that is not zero.
    /// - Returns: the label of the clip, which is another one than the recording's if it was mirrored.
    func compose(
        _ recording: LabelledRecording, _ generator: inout SeededGenerator,
        _ body: (_ tick: Int, _ spikes: ChannelSpikes) -> Void
    ) -> Int {
        prepareEncoder(recording)
        let mirrored = labels.mirror(of: recording.label)
        let change = GestureChange(
            augmentation, width: recording.width, height: recording.height, canMirror: mirrored != nil, &generator)
        let tickTime = Float(parameters.tickNanoseconds) / 1_000
        let span = Int32(Float(ticks) * tickTime / change.pace)
        let latest = max(recording.duration - span, 0)
        let start = Int32(generator.unit() * Float(latest))
        var index = firstIndex(in: recording.events, from: start)
        let noisePerTick = change.noise * Float(size.width * size.height) * tickTime / 1e6
        let scale = change.pace / tickTime
        for tick in 0..<ticks {
            while index < recording.events.count {
                let event = recording.events[index]
                guard Float(event.offset - start) * scale < Float(tick + 1) else { break }
                index += 1
                guard generator.next() >> 32 < change.kept, let place = change.place(x: event.x, y: event.y) else {
                    continue
                }
                encoder.add(x: place.x, y: place.y, isOn: event.isOn != change.isInverted)
            }
            addNoise(noisePerTick, &generator)
            encoder.endTick { body(tick, $0) }
        }
        return change.isMirrored ? mirrored ?? recording.label : recording.label
    }

    /// Encodes all of `recording` as it is.
    public func clip(of recording: LabelledRecording) -> SpikeClip {
        prepareEncoder(recording)
        var clip = SpikeClip(label: recording.label)
        var tick: [ChannelSpikes] = []
        let tickTime = Int64(parameters.tickNanoseconds) / 1_000
        var end = tickTime
        for event in recording.events {
            while Int64(event.offset) >= end {
                tick.removeAll(keepingCapacity: true)
                encoder.endTick { tick.append($0) }
                clip.appendTick(tick)
                end += tickTime
            }
            encoder.add(x: Int(event.x), y: Int(event.y), isOn: event.isOn)
        }
        return clip
    }

    private func prepareEncoder(_ recording: LabelledRecording) {
        if size != (recording.width, recording.height),
            let fitting = try? EventGridEncoder(
                parameters, sensorWidth: recording.width, sensorHeight: recording.height)
        {
            size = (recording.width, recording.height)
            encoder = fitting
        }
        encoder.reset()
    }

    private func firstIndex(in events: [PixelEvent], from time: Int32) -> Int {
        var (low, high) = (0, events.count)
        while low < high {
            let middle = (low + high) / 2
            if events[middle].offset < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func addNoise(_ expected: Float, _ generator: inout SeededGenerator) {
        var count = Int(expected)
        if generator.chance(expected - Float(count)) { count += 1 }
        for _ in 0..<count {
            let bits = generator.next()
            encoder.add(
                x: Int(bits & 0xFFFF) * size.width >> 16, y: Int(bits >> 16 & 0xFFFF) * size.height >> 16,
                isOn: bits >> 32 & 1 == 1)
        }
    }
}
