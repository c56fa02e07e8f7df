import SpikeTestSupport
import Testing

@testable import SpikeInterchange

/// The running of networks against plainly written sums.
@Suite("ReLU networks") struct ReLUNetworkTests {
    @Test func everyLayerIsThatOfPlainSums() {
        var dice = Dice(state: 5)
        for _ in 0..<60 {
            let network = RandomNetwork.make(&dice)
            let picture = (0..<network.input.count).map { _ in Float(dice.unit()) }
            var current = picture
            for (layer, found) in zip(network.layers, network.activations(of: picture)) {
                let expected = PlainLayer.output(layer, current)
                #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 } && found.count == expected.count)
                current = found
            }
        }
    }

    @Test func theFirstOfSeveralHighestIsTheDecision() {
        #expect(ReLUNetwork.highest([1, 3, 3, 2]) == 1)
        #expect(ReLUNetwork.highest([-2.0, -1, -3]) == 1)
    }
}

/// A layer by its definition, in double precision.
enum PlainLayer {
    static func output(_ layer: ReLUNetwork.Layer, _ values: [Float]) -> [Float] {
        let (input, pooled, output) = (layer.input, layer.pooled, layer.output)
        func source(_ channel: Int, _ y: Int, _ x: Int) -> Double {
            guard (0..<pooled.height).contains(y), (0..<pooled.width).contains(x) else { return 0 }
            var sum = 0.0
            for row in 0..<layer.poolHeight {
                for column in 0..<layer.poolWidth {
                    let (down, right) = (y * layer.poolHeight + row, x * layer.poolWidth + column)
                    sum += Double(values[(channel * input.height + down) * input.width + right])
                }
            }
            return sum / Double(layer.poolHeight * layer.poolWidth)
        }
        var result: [Float] = []
        for target in 0..<output.channels {
            for y in 0..<output.height {
                for x in 0..<output.width {
                    var sum = Double(layer.biases[target])
                    switch layer.pattern {
                    case .dense:
                        for channel in 0..<pooled.channels {
                            for row in 0..<pooled.height {
                                for column in 0..<pooled.width {
                                    let place = (channel * pooled.height + row) * pooled.width + column
                                    sum +=
                                        Double(layer.weights[target * pooled.count + place])
                                        * source(channel, row, column)
                                }
                            }
                        }
                    case .convolution(let kernel, let stride, let padding):
                        for channel in 0..<pooled.channels {
                            for row in 0..<kernel {
                                for column in 0..<kernel {
                                    let place = ((target * pooled.channels + channel) * kernel + row) * kernel + column
                                    sum +=
                                        Double(layer.weights[place])
                                        * source(channel, y * stride + row - padding, x * stride + column - padding)
                                }
                            }
                        }
                    }
                    result.append(Float(layer.isRectified ? max(sum, 0) : sum))
                }
            }
        }
        return result
    }
}

/// Networks drawn by chance: up to two convolutions with pools, strides and padding, and one or two dense layers.
enum RandomNetwork {
    static func make(_ dice: inout Dice) -> ReLUNetwork {
        let input = ReLUNetwork.Shape(
            channels: dice.pick(1...2), height: dice.pick(5...9), width: dice.pick(5...9))
        var shape = input
        var layers: [ReLUNetwork.Layer] = []
        for index in 0..<dice.pick(0...2) {
            let pool = index > 0 ? dice.pick(1...2) : 1
            let (height, width) = (shape.height / pool, shape.width / pool)
            let kernel = min(dice.pick(1...3), height, width)
            let (stride, padding) = (dice.pick(1...2), dice.pick(0...(kernel - 1)))
            let output = ReLUNetwork.Shape(
                channels: dice.pick(1...4), height: (height + 2 * padding - kernel) / stride + 1,
                width: (width + 2 * padding - kernel) / stride + 1)
            layers.append(
                ReLUNetwork.Layer(
                    name: "conv\(index)", input: shape, poolHeight: pool, poolWidth: pool,
                    pattern: .convolution(kernel: kernel, stride: stride, padding: padding),
                    weights: numbers(output.channels * shape.channels * kernel * kernel, &dice),
                    biases: numbers(output.channels, &dice).map { $0 * 0.3 }, output: output, isRectified: true))
            shape = output
        }
        for index in 0..<2 {
            let pool = (dice.pick(1...min(2, shape.height)), dice.pick(1...min(3, shape.width)))
            let sources = shape.channels * (shape.height / pool.0) * (shape.width / pool.1)
            let output = ReLUNetwork.Shape(channels: index == 0 ? dice.pick(6...12) : 4)
            layers.append(
                ReLUNetwork.Layer(
                    name: "dense\(index)", input: shape, poolHeight: pool.0, poolWidth: pool.1, pattern: .dense,
                    weights: numbers(output.count * sources, &dice).map { $0 * 2 / Float(sources).squareRoot() },
                    biases: numbers(output.count, &dice).map { $0 * 0.3 }, output: output, isRectified: index == 0))
            shape = output
        }
        return ReLUNetwork(input: input, layers: layers, name: "random")
    }

    private static func numbers(_ count: Int, _ dice: inout Dice) -> [Float] {
        (0..<count).map { _ in Float(dice.unit() * 2 - 0.9) }
    }
}
