import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A program as the taker of records: it is run once for each.
///
/// It gets the record as one line of JSON at its standard input, and its fields in the environment: `SPIKELINE_KIND`,
/// `SPIKELINE_WORD`, `SPIKELINE_SCORE` and so on. What it prints goes to standard error. Exit code 0 means that it has the
/// record, 65 (EX_DATAERR) that it will never take it, anything else that it should be given it again later.
final class CommandPeer: Peer {
    let window: Int
    private let words: [String]
    private let timeout: Int64
    /// How long a program has between the polite request to end and the other one, in nanoseconds.
    private static let grace: Int64 = 2_000_000_000

    /// Runs `words`, at most `window` at once, each for at most `timeoutSeconds`.
    init(_ words: [String], timeoutSeconds: Double, window: Int) {
        self.words = words
        self.window = window
        timeout = Int64(timeoutSeconds * 1e9)
    }

    func deliver(_ records: [OutgoingRecord], until deadline: Deadline) -> Delivery {
        var delivery = Delivery()
        var running: [(key: Int64, child: CommandChild)] = []
        for record in records {
            do throws(SpikelineError) {
                running.append((record.key, try CommandChild(words, record: record)))
            } catch {
                delivery.failure = DeliveryFailure(error: error)
                break
            }
        }
        let end = MonotonicClock.nanoseconds() + timeout
        while !running.isEmpty {
            let now = MonotonicClock.nanoseconds()
            for index in running.indices.reversed() {
                if let status = running[index].child.step() {
                    settle(running.remove(at: index).key, status, in: &delivery)
                } else if now >= end + CommandPeer.grace || deadline.hasPassed {
                    running[index].child.kill(SIGKILL)
                } else if now >= end {
                    running[index].child.kill(SIGTERM)
                }
            }
            if !running.isEmpty { usleep(2_000) }
        }
        delivery.delivered.sort()
        return delivery
    }

    private func settle(_ key: Int64, _ status: CommandChild.Status, in delivery: inout Delivery) {
        switch status {
        case .exit(0): delivery.delivered.append(key)
        case .exit(65):
            delivery.refused.append((key, SpikelineError("the program ends with exit code 65", at: words[0])))
        case .exit(let code): fail("the program ends with exit code \(code), expected 0", in: &delivery)
        case .signal(let number): fail("the program was ended by signal \(number)", in: &delivery)
        case .timeout:
            fail("the program was ended as it ran for more than \(Double(timeout) / 1e9) s", in: &delivery)
        }
    }

    private func fail(_ what: String, in delivery: inout Delivery) {
        delivery.failure = DeliveryFailure(error: SpikelineError(what, at: words[0], cause: .lost))
    }
}
