import Testing

@testable import SpikeSynthesis

@Suite("Digits") struct DigitSynthesizerTests {
    @Test func picturesFollowFromSeedDigitAndNumber() {
        let digits = DigitSynthesizer(size: 16, seed: 4)
        #expect(digits.picture(of: 3, number: 7) == DigitSynthesizer(size: 16, seed: 4).picture(of: 3, number: 7))
        #expect(digits.picture(of: 3, number: 7) != digits.picture(of: 3, number: 8))
        #expect(digits.picture(of: 3, number: 7) != digits.picture(of: 5, number: 7))
        #expect(digits.picture(of: 3, number: 7) != DigitSynthesizer(size: 16, seed: 5).picture(of: 3, number: 7))
    }

    @Test(arguments: 0...9) func everyDigitHasInkAndPaper(digit: Int) {
        for size in [16, 40] {
            let digits = DigitSynthesizer(size: size, seed: 1)
            for number in 0..<20 {
                let picture = digits.picture(of: digit, number: number)
                #expect(picture.count == size * size)
                let ink = picture.count { $0 > 90 }
                #expect(ink * 100 > 2 * picture.count && ink * 2 < picture.count, "\(number): \(ink)")
            }
        }
    }

    @Test func sizesStayWithinBounds() {
        #expect(DigitSynthesizer(size: -3, seed: 0).size == 8)
        #expect(DigitSynthesizer(size: 1 << 40, seed: 0).size == 256)
    }

    @Test func digitsDifferMoreThanTheirCopies() {
        // The mean pictures of two halves of a class are nearer to each other than to any other class.
        let digits = DigitSynthesizer(size: 16, seed: 9)
        func mean(_ digit: Int, _ numbers: Range<Int>) -> [Double] {
            numbers.reduce(into: [Double](repeating: 0, count: 256)) { sum, number in
                for (index, value) in digits.picture(of: digit, number: number).enumerated() {
                    sum[index] += Double(value) / Double(numbers.count)
                }
            }
        }
        let (first, second) = ((0...9).map { mean($0, 0..<60) }, (0...9).map { mean($0, 60..<120) })
        for digit in 0...9 {
            let distances = second.map { other in
                zip(first[digit], other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            }
            #expect(distances.indices.min { distances[$0] < distances[$1] } == digit)
        }
    }
}
