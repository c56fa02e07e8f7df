import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite("Highest scores of blocks") struct BlockMaximaTests {
    /// The highest of each whole block of `length`.
    private static func blocks(_ scores: [Int64], _ length: Int64) -> [Int64] {
        stride(from: 0, to: scores.count - Int(length) + 1, by: Int(length)).map { start in
            scores[start..<start + Int(length)].max() ?? 0
        }
    }

    @Test("joined blocks have the maxima of blocks that were so long from the beginning", arguments: [1, 3, 16])
    func joined(length: Int) {
        var dice = Dice(state: UInt64(length))
        var maxima = BlockMaxima(length: length, longest: 1 << 40)
        var scores: [Int64] = []
        for tick in 0..<length * 5_000 {
            scores.append(Int64(dice.pick(0...1_000_000)))
            maxima.add(scores[tick])
            guard tick % (97 * length) == 0 || tick == length * 5_000 - 1 else { continue }
            #expect(maxima.maxima == Self.blocks(scores, maxima.length), "\(tick)")
            #expect(maxima.partial.fill == Int64(scores.count) % maxima.length)
            #expect(maxima.ticks + maxima.partial.fill == Int64(scores.count))
        }
        #expect(maxima.length == Int64(16 * length))
    }

    @Test("blocks grow no longer than the longest; then the oldest are dropped")
    func dropped() {
        var dice = Dice(state: 5)
        var maxima = BlockMaxima(length: 2, longest: 9)
        var scores: [Int64] = []
        for _ in 0..<30_000 {
            scores.append(Int64(dice.pick(0...1_000_000)))
            maxima.add(scores[scores.count - 1])
        }
        #expect(maxima.length == 8 && maxima.maxima.count == BlockMaxima.capacity)
        #expect(maxima.maxima == Self.blocks(scores, 8).suffix(BlockMaxima.capacity))
    }

    @Test("a block that was interrupted does not count")
    func interrupted() {
        var maxima = BlockMaxima(length: 4, longest: 100)
        for score in [1, 2, 3] { maxima.add(Int64(score)) }
        maxima.interrupt()
        for score in [7, 5, 6, 4, 9] { maxima.add(Int64(score)) }
        #expect(maxima.maxima == [7] && maxima.ticks == 4)
        #expect(maxima.partial == (1, 9))
    }

    @Test("a score that is held counts for its block and takes no time; a factor holds for all")
    func heldAndScaled() {
        var maxima = BlockMaxima(length: 2, longest: 100)
        for score in [3, 1, 2] { maxima.add(Int64(score)) }
        maxima.hold(8)
        #expect(maxima.maxima == [3] && maxima.partial == (1, 8))
        maxima.scale(by: 1.5)
        maxima.add(4)
        #expect(maxima.maxima == [5, 12] && maxima.partial == (0, 0))
        maxima.scale(by: 1e12)
        #expect(maxima.maxima == [LateralPredictor.mostScore, LateralPredictor.mostScore])
    }

    @Test("ten million ticks stay in a fixed memory")
    func bounded() {
        var maxima = BlockMaxima(length: 1, longest: .max)
        for tick in 0..<10_000_000 { maxima.add(Int64(tick)) }
        #expect(maxima.maxima.count <= BlockMaxima.capacity && maxima.maxima.capacity < 2 * BlockMaxima.capacity)
        #expect(maxima.ticks + maxima.partial.fill == 10_000_000)
        #expect(maxima.length == 32_768)
    }
}
