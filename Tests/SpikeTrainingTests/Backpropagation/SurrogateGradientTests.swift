import Foundation
import SpikeNetwork
import SpikeSignals
import Testing

@testable import SpikeTraining

/// Every surrogate is the derivative of the smooth function that it says it is the derivative of.
@Suite("Surrogate gradients") struct SurrogateGradientTests {
    static let all = SurrogateGradient.Shape.allCases.flatMap { shape in
        shape == .straightLine ? [SurrogateGradient(shape)] : [0.3, 1].map { SurrogateGradient(shape, width: $0) }
    }

    /// `dL/dx` of one neuron over its ticks for `L = sum of spikes`, as the trainer computes it.
    static func gradient(_ surrogate: SurrogateGradient, inputs: [Float], maximum: Int32 = 3) -> [Float] {
        var scan = LIFScan(clips: 1, width: 1, decayQ15: 16_384, maximumSpikes: maximum)
        scan.surrogate = surrogate
        let (gradients, potentials) = (FloatBuffer(inputs.count), FloatBuffer(inputs.count))
        gradients.array = inputs.map { _ in 1 }
        potentials.array = Self.potentials(surrogate, inputs: inputs.map(Double.init), maximum: maximum).map {
            Float($0.x)
        }
        unsafe scan.backward(gradients.start, potentials: potentials.start, ticks: inputs.count)
        return gradients.array
    }

    /// The smooth neuron, written plainly: potential before the reset and spikes, tick by tick.
    static func potentials(
        _ surrogate: SurrogateGradient, inputs: [Double], maximum: Int32 = 3
    ) -> [(x: Double, spikes: Double)] {
        var v = 0.0
        return inputs.map { input in
            let x = 0.5 * v + input
            let spikes = Double(surrogate.smoothed(Float(x), maximum: maximum))
            v = x - spikes
            return (x, spikes)
        }
    }

    static let inputs: [Float] = [0.37, 0.81, -0.22, 1.43, 2.61, -0.93, 0.55, 3.17, 0.12]

    static func differences(_ surrogate: SurrogateGradient) -> [Double] {
        inputs.indices.map { index in
            func loss(_ change: Double) -> Double {
                var changed = inputs.map(Double.init)
                changed[index] += change
                return potentials(surrogate, inputs: changed).reduce(0) { $0 + $1.spikes }
            }
            return (loss(0.002) - loss(-0.002)) / 0.004
        }
    }

    @Test("the way back of one neuron agrees with finite differences", arguments: all)
    func oneNeuron(surrogate: SurrogateGradient) {
        let gradient = Self.gradient(surrogate, inputs: Self.inputs)
        for (one, other) in zip(gradient, Self.differences(surrogate)) {
            #expect(abs(Double(one) - other) < 0.01, "\(surrogate): \(one) and \(other)")
        }
    }

    @Test("the comparison notices another shape and another width")
    func notices() {
        for surrogate in Self.all {
            for other in Self.all where other != surrogate {
                let largest =
                    zip(Self.gradient(other, inputs: Self.inputs), Self.differences(surrogate)).map {
                        abs(Double($0) - $1)
                    }.max() ?? 0
                #expect(largest > 0.02, "\(surrogate) passes for \(other)")
            }
        }
    }

    @Test(
        "a step rises by one, half of it at the threshold, and becomes the staircase when it is narrow", arguments: all)
    func steps(surrogate: SurrogateGradient) {
        #expect(abs(surrogate.smoothed(400, maximum: 3) - (surrogate.shape == .straightLine ? 4 : 3)) < 0.01)
        #expect(abs(surrogate.smoothed(-400, maximum: 3)) < 0.01)
        guard surrogate.shape != .straightLine else { return }
        #expect(abs(surrogate.smoothed(1, maximum: 1) - 0.5) < 1e-6)
        let narrow = SurrogateGradient(surrogate.shape, width: 0.05)
        for (x, spikes) in [(0.5, 0), (1.5, 1), (2.5, 2), (3.5, 3), (6, 3)] as [(Float, Float)] {
            #expect(abs(narrow.smoothed(x, maximum: 3) - spikes) < 0.12, "\(x)")
        }
    }

    /// One width for each: differences of weights are steps too wide for the kinks of a narrow triangle.
    @Test(
        "weights, gains and shifts of a network of two layers",
        arguments: SurrogateGradient.Shape.allCases.map { SurrogateGradient($0) })
    func network(surrogate: SurrogateGradient) {
        var check = GradientTests().check
        check.surrogate = surrogate
        check.expectGainsAndShifts()
        for layer in 0..<2 { check.expectWeights(layer: layer) }
    }

    @Test("widths are kept within their range, and codes give the same surrogate again", arguments: all)
    func codes(surrogate: SurrogateGradient) {
        #expect(SurrogateGradient(codes: surrogate.codes) == surrogate)
        #expect(SurrogateGradient(.arctangent, width: 99).width == 4)
        #expect(SurrogateGradient(.arctangent, width: .nan).width == 0.5)
        #expect(SurrogateGradient(.straightLine, width: 3) == .straightLine)
        for codes in [
            [], [5, 0], [1, 0], [1, .max], [0, UInt64(Float(2).bitPattern)], [1, UInt64(Float(9).bitPattern)],
        ] {
            #expect(SurrogateGradient(codes: codes) == nil, "\(codes)")
        }
    }

    @Test("a run goes on only with its own surrogate, and the message names both")
    func checkpoint() throws {
        func trainer(_ surrogate: SurrogateGradient) throws -> KeywordTrainer {
            var configuration = ToneMaterial.configuration()
            configuration.epochs = 1
            configuration.teacherEpochs = 0
            configuration.surrogate = surrogate
            return try KeywordTrainer(
                ToneMaterial.architecture, configuration: configuration, pool: ToneMaterial.pool(configuration),
                dev: ToneMaterial.dev())
        }
        let path = "/tmp/spikeline-surrogate-\(UInt64.random(in: 0 ... .max)).checkpoint"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try trainer(SurrogateGradient(.fastSigmoid, width: 0.25))
        _ = try first.runEpoch { _ in }
        try first.writeCheckpoint(to: path)
        let again = try trainer(SurrogateGradient(.fastSigmoid, width: 0.25))
        try again.resume(from: path)
        #expect(again.epoch == 1)
        #expect(again.network.snapshot == first.network.snapshot)
        #expect(try TrainableNetwork.best(ofCheckpoint: path, ToneMaterial.architecture).snapshot == first.best)
        for other in [SurrogateGradient(.fastSigmoid), SurrogateGradient(.triangular)] {
            do {
                try trainer(other).resume(from: path)
                Issue.record("went on")
            } catch {
                #expect("\(error)".contains("surrogate \(other), found one with fast-sigmoid, 0.25 wide"), "\(error)")
            }
        }
    }
}
