import SpikeSignals
import Testing

@testable import SpikeTraining

/// The teacher's gradient against finite differences.
@Suite struct TeacherGradientTests {
    let architecture = TeacherArchitecture(steps: 13, channels: 5, widths: [4, 6, 5], outputs: 3)

    func loss(_ shard: TeacherShard, _ parameters: FloatBuffer, slopes: [Float]) -> Double {
        var generator = SeededGenerator(1)
        shard.forward(parameters: parameters, running: nil, using: &generator)
        return zip(shard.logits, slopes).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    @Test func everyKindOfParameter() {
        let shard = TeacherShard(architecture, clips: 6)
        let parameters = FloatBuffer(shard.parameterCount)
        var generator = SeededGenerator(3)
        for index in 0..<parameters.count { unsafe parameters.start[index] = generator.normal() * 0.3 }
        for unit in shard.units { for index in unit.gains { unsafe parameters.start[index] = 1 } }
        for index in 0..<shard.input.count { unsafe shard.input.start[index] = generator.normal() }
        let slopes = (0..<18).map { _ in generator.normal() }
        _ = loss(shard, parameters, slopes: slopes)
        shard.backward(slopes: slopes, parameters: parameters)
        let gradient = shard.gradients.array
        var dot = 0.0
        var lengthG = 0.0
        var lengthD = 0.0
        for index in stride(from: 0, to: parameters.count, by: 3) {
            let old = unsafe parameters.start[index]
            unsafe parameters.start[index] = old + 0.002
            let above = loss(shard, parameters, slopes: slopes)
            unsafe parameters.start[index] = old - 0.002
            let below = loss(shard, parameters, slopes: slopes)
            unsafe parameters.start[index] = old
            let difference = (above - below) / 0.004
            dot += difference * Double(gradient[index])
            lengthG += Double(gradient[index]) * Double(gradient[index])
            lengthD += difference * difference
        }
        #expect(dot / (lengthG * lengthD).squareRoot() > 0.999)
        #expect(abs((lengthG / lengthD).squareRoot() - 1) < 0.02)
    }
}
