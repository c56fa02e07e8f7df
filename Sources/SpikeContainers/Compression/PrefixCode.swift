/// An optimal prefix code with a longest length, in the canonical form of RFC 1951, section 3.2.2.
///
/// Lengths are found by package-merge (Larmore and Hirschberg, Journal of the ACM 37, 1990): of every symbol there is
/// one coin per length; from the longest length on, coins are paired into packages of the next shorter one, and the
/// cheapest `2 n - 2` of the last list are bought. A symbol's length is how many of its coins were bought.
struct PrefixCode {
    /// The length of each symbol's code; 0 if the symbol does not occur.
    let lengths: [Int]

    private let codes: [Int]

    /// The code for symbols that occur `counts` times, none longer than `longest` bits.
    init(counts: [Int], longest: Int) {
        lengths = PrefixCode.lengths(counts, longest: longest)
        codes = PrefixCode.codes(lengths)
    }

    /// Appends the code of `symbol`.
    func write(_ symbol: Int, to bits: inout BitWriter) { bits.append(codes[symbol], lengths[symbol]) }

    private static func lengths(_ counts: [Int], longest: Int) -> [Int] {
        var lengths = [Int](repeating: 0, count: counts.count)
        let symbols = counts.indices.filter { counts[$0] > 0 }
        guard symbols.count > 1 else {
            // A lone code has one bit, so that decoders see a code at all.
            lengths[symbols.first ?? 0] = 1
            return lengths
        }
        let coins = symbols.map { (weight: counts[$0], symbols: [$0]) }
        var list = coins.sorted { ($0.weight, $0.symbols[0]) < ($1.weight, $1.symbols[0]) }
        let sorted = list
        for _ in 1..<longest {
            let packages = stride(from: 0, to: list.count - 1, by: 2).map { index in
                (
                    weight: list[index].weight + list[index + 1].weight,
                    symbols: list[index].symbols + list[index + 1].symbols
                )
            }
            list = merged(sorted, packages)
        }
        for coin in list.prefix(2 * symbols.count - 2) {
            for symbol in coin.symbols { lengths[symbol] += 1 }
        }
        return lengths
    }

    private typealias Coin = (weight: Int, symbols: [Int])

    private static func merged(_ coins: [Coin], _ packages: [Coin]) -> [Coin] {
        var result: [Coin] = []
        result.reserveCapacity(coins.count + packages.count)
        var next = 0
        for coin in coins {
            while next < packages.count, packages[next].weight < coin.weight {
                result.append(packages[next])
                next += 1
            }
            result.append(coin)
        }
        return result + packages[next...]
    }

    /// The codes with their bits reversed, as they are written.
    private static func codes(_ lengths: [Int]) -> [Int] {
        var codes = [Int](repeating: 0, count: lengths.count)
        var code = 0
        for length in 1...15 {
            for symbol in lengths.indices where lengths[symbol] == length {
                codes[symbol] = (0..<length).reduce(0) { $0 | (code >> $1 & 1) << (length - 1 - $1) }
                code += 1
            }
            code <<= 1
        }
        return codes
    }
}
