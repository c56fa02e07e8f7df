import SpikeInterchange
import SpikeNetwork
import SpikeSignals

/// The `network` stage of a pipeline: a model file's network, run by the engine.
///
/// The model also knows the ear it was trained with and the words it reports, so the stage gives both to the stages
/// beside it, and the YAML need not repeat them.
enum NetworkStage {
    /// How pipelines name, check and make the stage.
    static let descriptor = StageDescriptor(
        type: "network", role: .transform, input: .spikes, output: .potentials,
        summary: "Runs the spiking network of a model file in integers.",
        options: [OptionSpec("model", .string, required: true, help: "The model file (.nir).")],
        neighbourDefaults: { (options, context) throws(SpikelineError) in
            let model = try model(options, context)
            return [model.encoder.type: model.encoder.options, model.head.type: model.head.options]
        },
        make: { (options, context) throws(SpikelineError) in
            .transform(AnyTransform(try SpikingNetwork(model(options, context).network)))
        })

    private static func model(_ options: Options, _ context: StageContext) throws(SpikelineError) -> ModelFile {
        try ModelCache.shared.model(at: context.resolve(path: options.string("model") ?? ""))
    }
}
