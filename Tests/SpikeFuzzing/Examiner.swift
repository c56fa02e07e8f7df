import Glibc
import SpikeSignals

@testable import SpikeSensors

/// Reads each input in several ways and stops the program if they do not agree.
///
/// ```
/// whole     EventFileReader over all bytes at once                            always
/// pieces    the decoder alone, which gets the bytes bit by bit                always
/// packets   EventFileReader over a socket that hands out the bytes bit by bit   one input in 8
/// file      HDF5 instead, which is read here and there: EventFileReader over a file
/// strict    EventFileReader that throws at damage                             one input in 16
/// ```
/// The environment's `SPIKELINE_FUZZ_FORMAT` names the format; `detect`: by the content.
final class Examiner {
    private let format: EventFileFormat?
    private let batch = EventBatch()

    init() {
        let name = unsafe getenv("SPIKELINE_FUZZ_FORMAT").map { unsafe String(cString: $0) } ?? "detect"
        format = EventFileFormat(rawValue: name)
        guard format != nil || name == "detect" else { fatalError("there is no format \(name)") }
    }

    /// Reads `bytes` in all ways.
    func examine(_ bytes: [UInt8]) {
        var dice = Dice(bytes)
        let whole = WholeReading.outcome(
            EventInput(bytes: bytes, name: "input"), format, batch, withStatistics: dice.roll(8) == 0)
        let pieces = PieceReading.outcome(bytes, format, batch, &dice)
        expect(whole, pieces, "in pieces")
        if dice.roll(8) == 0 { examineOtherInput(bytes, whole, &dice) }
        if dice.roll(16) == 0 { StrictReading.check(bytes, format, batch, whole) }
    }

    /// Reads `bytes` from a descriptor instead of from memory.
    private func examineOtherInput(_ bytes: [UInt8], _ whole: Outcome, _ dice: inout Dice) {
        if (format ?? NamelessFile.format(of: bytes)) == .hdf5 {
            expect(whole, WholeReading.outcome(NamelessFile.input(bytes), format, batch), "from a file")
        } else if let input = PacketSocket.input(bytes, &dice) {
            // AEDAT 4 takes its packets on several threads then.
            let threads = format == .aedat4 && dice.roll(16) == 0 ? 2 : 1
            expect(whole, WholeReading.outcome(input, format, batch, threads: threads), "through a socket")
        }
    }

    private func expect(_ whole: Outcome, _ other: Outcome, _ way: String) {
        guard whole != other else { return }
        fatalError("read \(way) it differs\nwhole: \(whole)\n\(way): \(other)")
    }
}
