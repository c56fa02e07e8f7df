import SpikeSignals

@testable import SpikePipeline

/// A catalogue of toy stages whose sinks write to `bench`.
///
/// ```
/// count, audio_file, microphone -> audio      scale: audio -> audio       spot: audio -> records
/// model: audio -> potentials                  pass: records -> records    keep: audio ->   collect: records ->
/// ```
/// `model` knows what its neighbours need: `rate_hz` of the sources and `word` of `spot`.
func toyCatalogue(_ bench: Bench = Bench()) -> Catalogue {
    Catalogue(toySources(bench) + toyTransforms() + toySinks(bench))
}

private let whole = 0...1_000_000

private func toySources(_ bench: Bench) -> [StageDescriptor] {
    [
        StageDescriptor(
            type: "count", role: .source, output: .audio, summary: "Counts up from 0.",
            options: [
                OptionSpec("end", .integer(whole), help: "How far to count."),
                OptionSpec("block", .integer(1...1_000), help: "Samples per block."),
                OptionSpec("fails_at", .integer(whole), help: "Where to fail."),
                OptionSpec("rate_hz", .integer(1...192_000), help: "Samples per second."),
            ],
            make: { (options, context) throws(SpikelineError) in
                bench.note { $0.made.append(context.stage) }
                return .source(
                    AnySource(
                        CountingSource(
                            end: options.integer("end") ?? 25, block: options.integer("block") ?? 10,
                            failsAt: options.integer("fails_at"))))
            }),
        StageDescriptor(
            type: "audio_file", role: .source, output: .audio, summary: "Reads a sound file.",
            options: [
                OptionSpec("path", .string, required: true, help: "The file."),
                OptionSpec("rate_hz", .integer(1...192_000), help: "Samples per second."),
            ],
            make: { (options, context) throws(SpikelineError) in
                let path = context.resolve(path: options.string("path") ?? "")
                if path.hasSuffix("missing.wav") { throw SpikelineError("there is no such file", at: path) }
                bench.note { $0.made.append("\(context.stage)=\(path) rate_hz=\(options.integer("rate_hz") ?? 0)") }
                return .source(
                    AnySource(
                        CountingSource(
                            end: path.hasSuffix("broken.wav") ? 1_000 : 100, block: 10,
                            failsAt: path.hasSuffix("broken.wav") ? 50 : nil)))
            }),
        StageDescriptor(
            type: "microphone", role: .source, output: .audio, summary: "Would listen.",
            options: [
                OptionSpec("device", .string, help: "Which one."),
                OptionSpec("rate_hz", .integer(1...192_000), help: "Samples per second."),
            ],
            make: { (_, _) throws(SpikelineError) in throw SpikelineError("no microphone here", cause: .lost) }),
    ]
}

private func toyTransforms() -> [StageDescriptor] {
    [
        StageDescriptor(
            type: "scale", role: .transform, input: .audio, output: .audio, summary: "Multiplies.",
            options: [
                OptionSpec("gain", .integer(1...100), help: "By how much."),
                OptionSpec("fails_at", .integer(whole), help: "Where to fail."),
            ],
            make: { (options, _) throws(SpikelineError) in
                .transform(
                    AnyTransform(
                        ScalingTransform(
                            gain: Int32(options.integer("gain") ?? 2), failsAt: options.integer("fails_at"))))
            }),
        StageDescriptor(
            type: "spot", role: .transform, input: .audio, output: .records, summary: "Reports multiples.",
            options: [
                OptionSpec("every", .integer(1...1_000_000), help: "Of which number."),
                OptionSpec("word", .string, required: true, help: "What to call them."),
                OptionSpec("threshold", .number(0...1), help: "How sure to be."),
            ],
            make: { (options, context) throws(SpikelineError) in
                .transform(
                    AnyTransform(
                        SpottingTransform(
                            every: Int32(options.integer("every") ?? 10), word: options.string("word") ?? "",
                            context: context)))
            }),
        StageDescriptor(
            type: "model", role: .transform, input: .audio, output: .audio, summary: "Knows its neighbours.",
            options: [OptionSpec("model", .string, required: true, help: "The model: RATE-WORD.")],
            neighbourDefaults: { (options, context) throws(SpikelineError) in
                let path = context.resolve(path: options.string("model") ?? "")
                if path.hasSuffix("missing.nir") { throw SpikelineError("there is no such file", at: path) }
                let parts = (options.string("model") ?? "").split(separator: "-")
                let rate = parts.first.flatMap { Int($0) } ?? 0
                let defaults: [String: OptionValue] = ["rate_hz": .integer(rate)]
                if parts.last == "other" { return ["count": defaults, "guess": ["word": .string("other")]] }
                if parts.last == "odd" { return ["scale": ["colour": .string("red")]] }
                return [
                    "count": defaults, "audio_file": defaults, "microphone": defaults,
                    "spot": ["word": .string(parts.last.map(String.init) ?? "")],
                ]
            },
            make: { (_, _) throws(SpikelineError) in .transform(AnyTransform(ScalingTransform(gain: 1))) }),
        StageDescriptor(
            type: "potentials", role: .transform, input: .audio, output: .potentials, summary: "Gives potentials.",
            options: [], make: { (_, _) throws(SpikelineError) in .transform(AnyTransform(PotentialTransform())) }),
        StageDescriptor(
            type: "pass", role: .transform, input: .records, output: .records, summary: "Passes records on.",
            options: [], make: { (_, _) throws(SpikelineError) in .transform(AnyTransform(PassingTransform())) }),
        StageDescriptor(
            type: "liar", role: .transform, input: .audio, output: .audio, summary: "Is not what it says.",
            options: [], make: { (_, _) throws(SpikelineError) in .transform(AnyTransform(PassingTransform())) }),
    ]
}

private func toySinks(_ bench: Bench) -> [StageDescriptor] {
    [
        StageDescriptor(
            type: "keep", role: .sink, input: .audio, summary: "Keeps samples.",
            options: [OptionSpec("fails_at", .integer(whole), help: "Where to fail.")],
            make: { (options, context) throws(SpikelineError) in
                bench.note { $0.made.append(context.stage) }
                return .sink(
                    AnySink(SampleSink(bench: bench, name: context.stage, failsAt: options.integer("fails_at"))))
            }),
        StageDescriptor(
            type: "collect", role: .sink, input: .records, summary: "Keeps records.", options: [],
            make: { (_, context) throws(SpikelineError) in
                bench.note { $0.made.append(context.stage) }
                return .sink(AnySink(RecordSink(bench: bench, name: context.stage)))
            }),
    ]
}

/// All that is wrong with `text`, as it is printed; empty if nothing is.
func complaints(
    about text: String, overrides: PipelineOverrides = PipelineOverrides(), path: String = "toy.yaml"
) -> String {
    do {
        _ = try Pipeline.parse(text, path: path, catalogue: toyCatalogue(), overrides: overrides)
        return ""
    } catch {
        return error.description
    }
}

/// The messages alone, without places and excerpts.
func messages(about text: String, overrides: PipelineOverrides = PipelineOverrides()) -> [String] {
    do {
        _ = try Pipeline.parse(text, path: "toy.yaml", catalogue: toyCatalogue(), overrides: overrides)
        return []
    } catch {
        return error.diagnostics.filter { $0.severity == .error }.map(\.message)
    }
}
