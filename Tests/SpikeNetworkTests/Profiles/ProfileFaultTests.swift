import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeNetwork

/// Numbers that do not fit the chips, weights in few bits, and the borders of the arithmetic.
@Suite struct ProfileFaultTests {
    private func message(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch { return "\(error)" }
    }

    @Test func registersThatAreTooSmallAreNamed() {
        #expect(
            message { _ = try LoihiNeuron(currentDecay: 4_096, voltageDecay: 0, threshold: 1) }
                == "loihi2: expected a current decay of 0 to 4095, found 4096")
        for (voltage, threshold, mantissa, exponent) in [
            (-1, 1, 0, 0), (4_097, 1, 0, 0), (0, 131_072, 0, 0), (0, -1, 0, 0), (0, 1, 4_096, 0), (0, 1, -4_097, 0),
            (0, 1, 0, 8), (0, 1, 0, -1),
        ] as [(Int32, Int32, Int32, Int32)] {
            #expect(
                message {
                    _ = try LoihiNeuron(
                        currentDecay: 0, voltageDecay: voltage, threshold: threshold, biasMantissa: mantissa,
                        biasExponent: exponent)
                } != nil)
        }
        #expect(message { _ = try RingBuffer(shift: 16) } != nil)
        let (low, high) = (Accum(-70), Accum(-50))
        for (decay, threshold, steps) in [(32_769, high, 0), (-1, high, 0), (1, low, 0), (1, high, -1)]
            as [(Int32, Accum, Int32)]
        {
            #expect(
                message {
                    _ = try SpiNNakerNeuron(
                        resistance: Accum(1), decay: Accum(bits: decay), rest: low, reset: low, threshold: threshold,
                        refractorySteps: steps)
                } != nil)
        }
    }

    @Test func weightsThatDoNotFitTogetherAreRefused() throws {
        #expect(message { _ = try LoihiWeights([1, 2, 3], sources: 2, targets: 2) } != nil)
        #expect(message { _ = try LoihiWeights([], sources: 0, targets: 2) } != nil)
        #expect(message { _ = try LoihiWeights([1], sources: 1, targets: 1, exponent: 8) } != nil)
        #expect(message { _ = try LoihiWeights([1], sources: 1, targets: 1, bits: 0) } != nil)
        let neuron = try LoihiNeuron(currentDecay: 0, voltageDecay: 0, threshold: 1)
        let input = try LoihiWeights([1, 2], sources: 1, targets: 2)
        #expect(message { _ = try LoihiLayer(neuron: neuron, input: input, recurrent: input) } != nil)
        var layer = try LoihiLayer(neuron: neuron, input: input)
        for wrong in [[1], [-1], [0, 0]] { #expect(message { try layer.step(firing: wrong) } != nil) }
        #expect(layer.states == [.init(), .init()])
    }

    @Test func xyloRefusesWhatItsRegistersCannotHold() throws {
        typealias Change = (inout XyloNetwork.Parameters) -> Void
        let changes: [Change] = [
            { $0.hidden[0].threshold = 0 }, { $0.hidden[0].threshold = 32_768 }, { $0.hidden[1].membraneDash = 16 },
            { $0.readout[0].synapseDashes.0 = -1 }, { $0.hidden[3].synapseDashes.1 = 16 }, { $0.hidden[0].bias = 1 },
            { $0.shifts.recurrent = 16 }, { $0.input.removeLast() }, { $0.input = [] }, { $0.recurrent.append(0) },
            { $0.output = [] }, { $0.hidden = [] }, { $0.readout = [] },
        ]
        for (index, change) in changes.enumerated() {
            var parameters = ChipVectorTests.xylo(.v1)
            change(&parameters)
            #expect(message { _ = try XyloNetwork(parameters) } != nil, "\(index)")
        }
        var network = try XyloNetwork(ChipVectorTests.xylo(.v1))
        for counts in [[1, 2], [1, -1, 0], []] as [[Int32]] { #expect(message { try network.step(counts) } != nil) }
    }

    @Test func loihiStoresWeightsAsLavaDoes() throws {
        func stored(_ weights: [Int32], bits: Int = 8) throws -> [Int16] {
            try LoihiWeights(weights, sources: weights.count, targets: 1, bits: bits).stored
        }
        #expect(try stored([-300, -3, -1, 0, 1, 3, 300]) == [-256, -4, -2, 0, 0, 2, 254])
        #expect(try stored([0, 1, 3, 300]) == [0, 1, 3, 255])
        #expect(try stored([0, -1, -3, -300]) == [0, -1, -3, -255])
        #expect(try stored([17, 255], bits: 4) == [16, 240])
        #expect(try stored([-17, 255], bits: 4) == [-32, 224])
    }

    @Test func wrappingIsModulo24Bits() {
        let half: Int64 = 1 << 23
        for (x, expected) in [(half, half), (half + 1, -half + 1), (-half, half), (-half + 1, -half + 1), (0, 0)] {
            #expect(LoihiNeuron.wrapped24(x) == expected)
        }
    }

    @Test func xyloDecaysByFloorAndAtLeastByOne() {
        for (x, dash, expected) in [(5, 2, 4), (-5, 2, -3), (1, 15, 0), (-1, 15, 0), (0, 3, 0), (-32_768, 0, 0)]
            as [(Int32, Int32, Int32)]
        {
            #expect(XyloNeuron.decay(x, dash: dash) == expected, "\(x)")
        }
    }

    @Test(arguments: [PackedWeights.Width.four, .eight]) func packedWeightsComeBack(width: PackedWeights.Width) throws {
        var dice = Dice(state: 5)
        for count in 0..<40 {
            let weights = (0..<count).map { _ in dice.pick32(-300...300) }
            let packed = PackedWeights(weights, width: width)
            let range = width.range
            let expected = weights.map { Int8(min(max($0, range.lowerBound), range.upperBound)) }
            #expect(packed.weights == expected)
            #expect(packed.saturated == weights.count { !range.contains($0) })
            #expect(packed.bytes.count == (count * width.rawValue + 7) / 8)
            let again = try PackedWeights(bytes: packed.bytes, count: count, width: width)
            #expect(again.weights == expected)
        }
    }

    @Test func bytesThatAreNoWeightsAreRefused() {
        #expect(PackedWeights([-8, 7, 3], width: .four).bytes == [0x78, 0x03])
        #expect(message { _ = try PackedWeights(bytes: [0x78, 0x13], count: 3, width: .four) } != nil)
        #expect(message { _ = try PackedWeights(bytes: [0x78], count: 3, width: .four) } != nil)
        #expect(message { _ = try PackedWeights(bytes: [], count: -1, width: .eight) } != nil)
        #expect(message { _ = try PackedWeights(bytes: [1], count: Int.max, width: .four) } != nil)
    }

    @Test func ringBuffersStopAtSixteenBits() throws {
        var slot = try RingBuffer(shift: 15)
        slot.add(65_000)
        slot.add(536)
        #expect(slot.saturations == 1)
        #expect(slot.take().bits == 65_535 << 15)
        #expect(slot.take().bits == 0)
    }
}
