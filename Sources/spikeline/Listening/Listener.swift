import SpikeEncoders
import SpikeHeads
import SpikeSignals
import SpikeSinks

/// Looks on while a keyword pipeline runs: at the sound that goes into the ear, the scores of the head, and the records.
///
/// It does so by stages that do the same as those of the catalogue and let it look, so that the pipeline that listens is the
/// one that is in the file.
// Unchecked: it is made before the run and used by the pipeline's thread alone while that lasts.
final class Listener: @unchecked Sendable {
    private let screen: ListenScreen?
    private let recorder: ClipRecorder?

    /// Shows what happens on `screen`, if there is one, and keeps sound with `recorder`.
    init(screen: ListenScreen?, recorder: ClipRecorder?) {
        self.screen = screen
        self.recorder = recorder
    }

    /// The run is over.
    func finish() {
        recorder?.finish()
        screen?.finish()
    }

    /// `catalogue` with stages that let the listener look.
    func catalogue(_ catalogue: Catalogue) -> Catalogue {
        var list = Array(catalogue.descriptors.values)
        list.append(CochleaStage.descriptor.making { stage, _, _ in self.ear(stage) })
        list.append(
            KeywordHead.descriptor.making { (_, options, context) throws(SpikelineError) in
                .transform(AnyTransform(try self.head(KeywordParameters(options), context)))
            })
        if screen != nil { list.append(JSONLinesSink.descriptor.making { stage, _, _ in self.sink(stage) }) }
        return Catalogue(list)
    }

    /// An ear whose sound is heard here too.
    private func ear(_ stage: AnyStage) -> AnyStage {
        guard let recorder, case .transform(let ear) = stage else { return stage }
        return .transform(AnyTransform(TappedEar(ear) { recorder.hear($0) }))
    }

    /// The screen in place of lines of JSON.
    private func sink(_ stage: AnyStage) -> AnyStage { screen.map { .sink(AnySink(ScreenSink($0))) } ?? stage }

    /// A head whose scores and words are seen here too.
    private func head(_ parameters: KeywordParameters, _ context: StageContext) throws(SpikelineError) -> TappedHead {
        let head = try KeywordHead(parameters, context: context)
        screen?.begin(parameters)
        recorder?.begin(parameters)
        if screen != nil || recorder != nil {
            head.onTick = { [screen, recorder] glance in
                screen?.see(glance)
                recorder?.see(glance)
            }
        }
        return TappedHead(head) { [recorder] in recorder?.report($0) }
    }
}

/// An ear that shows its sound to somebody first.
private final class TappedEar: Transform {
    private let ear: AnyTransform
    private let look: (AudioBatch) -> Void
    let counters: StageCounters

    init(_ ear: AnyTransform, look: @escaping (AudioBatch) -> Void) {
        self.ear = ear
        self.look = look
        counters = ear.counters
    }

    func process(_ input: AudioBatch, into output: SpikeBatch) throws(SpikelineError) {
        look(input)
        try ear.process(input, output)
    }

    func processMore(into output: SpikeBatch) throws(SpikelineError) -> Bool { try ear.processMore(output) }

    func finish(into output: SpikeBatch) throws(SpikelineError) { try ear.finish(output) }
}

/// A head that shows its words to somebody.
private final class TappedHead: Transform {
    private let head: KeywordHead
    private let look: (KeywordRecord) -> Void

    init(_ head: KeywordHead, look: @escaping (KeywordRecord) -> Void) {
        self.head = head
        self.look = look
    }

    func process(_ input: PotentialBatch, into output: RecordBatch) throws(SpikelineError) {
        try head.process(input, into: output)
        for case .keyword(let record) in output.records { look(record) }
    }
}

/// Prints records for people.
private final class ScreenSink: Sink {
    private let screen: ListenScreen

    init(_ screen: ListenScreen) { self.screen = screen }

    func consume(_ input: RecordBatch) throws(SpikelineError) { for record in input.records { screen.print(record) } }
}

extension StageDescriptor {
    /// The same kind of stage, made by `make` from what this one makes.
    fileprivate func making(
        _ make: @escaping @Sendable (AnyStage, Options, StageContext) throws(SpikelineError) -> AnyStage
    ) -> StageDescriptor {
        StageDescriptor(
            type: type, role: role, input: input, output: output, summary: summary, options: options,
            neighbourDefaults: neighbourDefaults,
            make: { [made = self.make] (options, context) throws(SpikelineError) in
                try make(made(options, context), options, context)
            })
    }
}
