/// Sorts words whose upper half is a time in order, as `sort()` does, in a third of its time.
///
/// Passes over 12 bits of the time each, then a sort of what has one time.
struct WordSort {
    private var spare: [UInt64] = []
    private var starts: [Int] = []

    /// Sorts `words`.
    mutating func sort(_ words: inout [UInt64]) {
        let longest = words.reduce(0) { max($0, $1 >> 32) }
        var shift: UInt64 = 32
        repeat {
            pass(&words, shift)
            shift += 12
        } while shift < 64 && longest >> (shift - 32) > 0
        var first = 0
        while first < words.count {
            var last = first + 1
            while last < words.count, words[last] >> 32 == words[first] >> 32 { last += 1 }
            if last - first > Self.few {
                words[first..<last].sort()
            } else if last - first > 1 {
                insert(&words, first, last)
            }
            first = last
        }
    }

    /// As many words are sorted by insertion.
    private static let few = 24

    private func insert(_ words: inout [UInt64], _ first: Int, _ last: Int) {
        for index in first + 1..<last {
            let word = words[index]
            var place = index
            while place > first, words[place - 1] > word {
                words[place] = words[place - 1]
                place -= 1
            }
            words[place] = word
        }
    }

    /// Puts words in the order of 12 of their bits; those with equal bits stay in theirs.
    private mutating func pass(_ words: inout [UInt64], _ shift: UInt64) {
        starts.removeAll(keepingCapacity: true)
        starts.append(contentsOf: repeatElement(0, count: 4_097))
        for word in words { starts[Int(word >> shift & 4_095) + 1] += 1 }
        for digit in 1...4_096 { starts[digit] += starts[digit - 1] }
        if spare.count < words.count { spare += repeatElement(0, count: words.count - spare.count) }
        for word in words {
            let digit = Int(word >> shift & 4_095)
            spare[starts[digit]] = word
            starts[digit] += 1
        }
        for index in words.indices { words[index] = spare[index] }
    }
}
