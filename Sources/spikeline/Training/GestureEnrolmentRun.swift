import SpikeEncoders
import SpikeInterchange
import SpikeNetwork
import SpikeSignals
import SpikeSynthesis
import SpikeTraining

/// One run of `spikeline enroll gesture`.
struct GestureEnrolmentRun {
    private let options: EnrollGesture
    private let model: ModelFile
    private let labels: GestureLabels
    private let encoder: EventGridParameters
    private let enrolment: OutputEnrolment
    private let scaleBits: Int
    /// Changed copies of each recording.
    private static let copies = 6

    /// Reads the model.
    init(_ options: EnrollGesture) throws(SpikelineError) {
        self.options = options
        try Folders.expectWritable(options.out)
        let path = if let model = options.model { model } else { try ShippedFile.model("gestures.nir") }
        model = try ModelFile(contentsOf: path)
        guard model.head.type == "gesture", model.encoder.type == "event_grid" else {
            throw SpikelineError(
                "expected a model of gestures, found one with a head \"\(model.head.type)\"", at: path)
        }
        try model.checkFit(path: path)
        let head = Options(model.head.options)
        let names = (head.list("labels") ?? []).compactMap { value -> String? in
            if case .string(let text) = value { text } else { nil }
        }
        labels = GestureLabels(names)
        encoder = try EventGridParameters(options: model.encoder.options, place: path)
        scaleBits = head.integer("potential_scale_bits") ?? 8
        enrolment = try OutputEnrolment(model.network, scaleBits: scaleBits)
        try ClassName.check(options.name, among: names, at: path)
        guard (1...1_000).contains(options.others) else {
            throw SpikelineError("expected 1 to 1,000, found \(options.others)", at: "--others")
        }
    }

    /// Learns, measures and writes.
    func run() throws(SpikelineError) {
        let start = Progress.now()
        let own = try options.files.map { (path) throws(SpikelineError) in
            try GestureFolder.read(path, label: 0, seconds: 20, grid: encoder)
        }
        var augmentation = GestureAugmentation()
        augmentation.mirror = 0
        let longest = own.map(\.events.count).max() ?? 0
        guard longest > 0 else { throw SpikelineError("expected events, found none", at: options.files[0]) }
        let composer = try GestureClipComposer(
            encoder, labels: labels, augmentation: augmentation, ticks: Int(2_000_000_000 / encoder.tickNanoseconds))
        let others = try otherClips(composer, seed: options.seed)
        let news = try own.enumerated().map { (index, recording) throws(SpikelineError) in
            try copies(of: recording, composer, seed: UInt64(index))
        }
        Console.error("\(own.count) recordings of \(options.name), \(others.count) of other classes")
        let network = enrolment.network(with: try enrolment.learn(news.flatMap { $0 } + others))
        // Judged by networks that did not learn from the recordings they are judged on.
        var found = 0
        let folds = min(own.count, 2)
        for fold in 0..<folds where folds == 2 {
            let seen = news.indices.filter { $0 % 2 != fold }.flatMap { news[$0] }
            let engine = try SpikingNetwork(enrolment.network(with: try enrolment.learn(seen + others)))
            for index in own.indices where index % 2 == fold {
                if try GestureTrainer.label(of: composer.clip(of: own[index]), engine, scaleBits: scaleBits)
                    == labels.names.count
                {
                    found += 1
                }
            }
        }
        try report(network, found: found, of: folds == 2 ? own.count : 0)
        try write(network)
        Console.error("\(JSONValue.decimal(Progress.now() - start, decimals: 1) ?? "-") s")
    }

    /// Changed copies of a recording of the new class, and the recording itself.
    private func copies(
        of recording: LabelledRecording, _ composer: GestureClipComposer, seed: UInt64
    ) throws(SpikelineError) -> [OutputEnrolment.Example] {
        var examples = [try enrolment.example(composer.clip(of: recording), isNew: true)]
        for copy in 0..<Self.copies {
            var generator = SeededGenerator(options.seed, 0x656E_726F, seed, UInt64(copy))
            var clip = SpikeClip(label: 0)
            var ticks = [[ChannelSpikes]](repeating: [], count: composer.ticks)
            _ = composer.compose(recording, &generator) { tick, spikes in ticks[tick].append(spikes) }
            for tick in ticks { clip.appendTick(tick) }
            examples.append(try enrolment.example(clip, isNew: true))
        }
        return examples
    }

    private func otherClips(
        _ composer: GestureClipComposer, seed: UInt64
    ) throws(SpikelineError) -> [OutputEnrolment.Example] {
        var recordings = synthesized(seed: seed &+ 0x6F74)
        if let data = options.data {
            recordings += try GestureFolder(data).recordings(labels, seconds: 10, grid: encoder)
        }
        return try recordings.map { (recording) throws(SpikelineError) in
            try enrolment.example(composer.clip(of: recording), isNew: false)
        }
    }

    /// Synthesised recordings of the old classes that the synthesis knows.
    private func synthesized(seed: UInt64) -> [LabelledRecording] {
        let known = labels.names.enumerated().compactMap { index, name in
            Gesture(rawValue: name).map { (label: index, gesture: $0) }
        }
        let count = known.count * options.others
        let threads = 2
        let synthesizers = (0..<threads).map { _ in GestureSynthesizer() }
        let parts = Workers.map(threads) { worker in
            Swift.stride(from: worker, to: count, by: threads).map { index in
                let (label, gesture) = known[index % known.count]
                let recording = synthesizers[worker].recording(
                    of: gesture, seed: seed &* 7_919 &+ UInt64(index), seconds: 2.5)
                return LabelledRecording(events: recording.events, width: 128, height: 128, label: label)
            }
        }
        return parts.flatMap { $0 }
    }

    private func report(_ network: NetworkDescription, found: Int, of count: Int) throws(SpikelineError) {
        let composer = try GestureClipComposer(encoder, labels: labels, augmentation: .none, ticks: 1)
        let judged = synthesized(seed: options.seed &+ 0x6A75).map { composer.clip(of: $0) }
        let (before, after) = (try SpikingNetwork(model.network), try SpikingNetwork(network))
        var right = (before: 0, after: 0)
        for clip in judged {
            if try GestureTrainer.label(of: clip, before, scaleBits: scaleBits) == clip.label { right.before += 1 }
            if try GestureTrainer.label(of: clip, after, scaleBits: scaleBits) == clip.label { right.after += 1 }
        }
        func share(_ part: Int, _ whole: Int) -> String {
            whole == 0 ? "-" : (JSONValue.decimal(100 * Double(part) / Double(whole), decimals: 1) ?? "-")
        }
        Console.print(
            "old classes: \(share(right.before, judged.count)) % before, \(share(right.after, judged.count)) % after "
                + "(\(judged.count) synthesised recordings)")
        Console.print(
            count == 0
                ? "\(options.name): too few recordings to leave some out"
                : "\(options.name): \(share(found, count)) % of \(count) recordings, each judged by a network that learned "
                    + "from the other half")
    }

    private func write(_ network: NetworkDescription) throws(SpikelineError) {
        var enrolled = model
        enrolled.network = network
        enrolled.addLabel(options.name)
        try enrolled.write(to: options.out)
    }
}
