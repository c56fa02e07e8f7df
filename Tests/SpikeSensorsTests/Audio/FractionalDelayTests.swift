import Foundation
import Testing

@testable import SpikeSensors

@Suite("Values between samples") struct FractionalDelayTests {
    @Test("all places treat a tone alike, up to 0.4 of the rate within 0.1 dB", arguments: [0.01, 0.1, 0.3, 0.4])
    func tones(frequency: Double) {
        let delay = FractionalDelay()
        let samples = (0..<600).map { Int32((1_000_000 * sin(2 * .pi * frequency * Double($0))).rounded()) }
        for phase in stride(from: 0, to: 512, by: 37) {
            var worst = 0.0
            for start in 0..<500 {
                let place = Double(start + 15) + Double(phase) / 512
                let found = delay.sample(samples.span, from: start, stride: 1, phase: phase)
                worst = max(worst, abs(Double(found) - 1_000_000 * sin(2 * .pi * frequency * place)))
            }
            // 0.1 dB are 1.16 % of the amplitude.
            #expect(worst < 11_600, "\(phase): \(worst)")
        }
    }
}
