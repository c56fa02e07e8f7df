import Testing

@testable import SpikeTraining

@Suite struct OptimizationTests {
    @Test func theFirstStepOfAdamIsTheRate() {
        let adam = Adam(count: 2)
        let parameters = FloatBuffer(2)
        let gradients = FloatBuffer(2)
        gradients.array = [0.5, -30]
        adam.step(parameters, gradients: gradients, rate: 0.01, weightDecay: 0)
        #expect(abs(parameters.array[0] + 0.01) < 1e-6 && abs(parameters.array[1] - 0.01) < 1e-6)
    }

    @Test func adamFindsTheBottomOfABowl() {
        let adam = Adam(count: 1)
        let parameters = FloatBuffer(1)
        let gradients = FloatBuffer(1)
        for _ in 0..<2_000 {
            gradients.array = [2 * (parameters.array[0] - 3)]
            adam.step(parameters, gradients: gradients, rate: 0.02, weightDecay: 0)
        }
        #expect(abs(parameters.array[0] - 3) < 0.01)
    }

    @Test func theRateWarmsUpAndFallsToAHundredth() {
        let schedule = LearningRate(peak: 1, warmUp: 10, steps: 110)
        #expect(schedule.rate(atStep: 0) == 0.1)
        #expect(schedule.rate(atStep: 9) == 1)
        #expect(abs(schedule.rate(atStep: 60) - 0.505) < 1e-3)
        #expect(abs(schedule.rate(atStep: 110) - 0.01) < 1e-4)
        #expect(abs(schedule.rate(atStep: 10_000) - 0.01) < 1e-4)
    }

    @Test func workersRunEveryIndexOnce() {
        var counts = [Int](repeating: 0, count: 7)
        unsafe counts.withUnsafeMutableBufferPointer { counts in
            Workers.run(7) { unsafe counts[$0] += $0 + 1 }
        }
        #expect(counts == [1, 2, 3, 4, 5, 6, 7])
    }
}
