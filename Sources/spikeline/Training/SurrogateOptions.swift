import ArgumentParser
import SpikeSignals
import SpikeTraining

/// The options of trainers that choose the surrogate gradient.
struct SurrogateOptions: ParsableArguments {
    @Option(
        help:
            "What stands for the derivative of spikes: straight-line, fast-sigmoid, exponential, arctangent, triangular."
    )
    var surrogate = SurrogateGradient.Shape.straightLine.rawValue
    @Option(help: "Its width in thresholds, 0.05 to 4; the straight line has none. Default: 0.5, triangular 1.")
    var surrogateWidth: Double?

    /// The surrogate that was chosen.
    func chosen() throws(SpikelineError) -> SurrogateGradient {
        let names = SurrogateGradient.Shape.allCases.map(\.rawValue)
        guard let shape = SurrogateGradient.Shape(rawValue: surrogate) else {
            throw SpikelineError(
                "expected one of \(names.joined(separator: ", ")), found \"\(surrogate)\"", at: "--surrogate",
                hint: String(NearMiss.hint(for: surrogate, among: names).dropFirst()))
        }
        guard let width = surrogateWidth else { return SurrogateGradient(shape) }
        guard shape != .straightLine else {
            throw SpikelineError("the straight line has no width", at: "--surrogate-width")
        }
        guard (0.05...4).contains(width) else {
            throw SpikelineError("expected 0.05 to 4, found \(width)", at: "--surrogate-width")
        }
        return SurrogateGradient(shape, width: Float(width))
    }
}

extension SurrogateGradient {
    /// What a model's file says about the surrogate it was trained with.
    var information: [String: OptionValue] {
        var information = ["surrogate": OptionValue.string(shape.rawValue)]
        if shape != .straightLine { information["surrogate_width"] = .number(Double(width)) }
        return information
    }
}
