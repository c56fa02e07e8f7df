import SpikeSignals

/// The `cochlea` stage of a pipeline: audio in, spikes out.
public enum CochleaStage {
    /// How pipelines name, check and make the stage.
    public static let descriptor = StageDescriptor(
        type: "cochlea", role: .transform, input: .audio, output: .spikes,
        summary: "An ear: gammatone filters, hair cells, gain control and one spiking neuron per channel.",
        options: Cochlea.Parameters.specs,
        neighbourDefaults: { (options, _) throws(SpikelineError) in
            // Who hears at another rate than usual wants sources that deliver it.
            guard let rate = options["sample_rate_hz"] else { return [:] }
            return ["audio_file": ["sample_rate_hz": rate], "alsa": ["sample_rate_hz": rate]]
        },
        make: { (options, context) throws(SpikelineError) in
            let parameters = try Cochlea.Parameters(options: options.values, place: context.stage)
            return .transform(AnyTransform(try Cochlea(parameters, place: context.stage)))
        })
}
