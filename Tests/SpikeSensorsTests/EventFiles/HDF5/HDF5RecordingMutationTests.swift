import SpikeContainers
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// Random damage and cuts: reading ends with events or a message, never with a trap, and soon.
@Suite struct HDF5RecordingMutationTests {
    private static let rounds = 2_000 * Environment.fuzz

    /// Reads whatever `bytes` hold; whether they were a recording without damage.
    private func isWhole(_ bytes: [UInt8]) -> Bool {
        guard let reader = try? EventFileReader(bytes: bytes, name: "m"),
            let events = try? HDF5Recordings.events(reader)
        else { return false }
        return events.count <= 4_000 && reader.log.damage.isEmpty
    }

    @Test(
        .timeLimit(.minutes(10)), arguments: HDF5Recordings.own + ["h5py_dsec_lzf.h5", "h5py_prophesee_gzip_latest.h5"])
    func damagedRecordingsNeverTrap(name: String) throws {
        let whole = try HDF5Recordings.bytes(name)
        var dice = Dice(state: UInt64(whole.count))
        var counts = [false: 0, true: 0]
        for _ in 0..<HDF5RecordingMutationTests.rounds {
            var bytes = whole
            for _ in 0...dice.below(5) {
                let index = dice.below(bytes.count)
                switch dice.below(4) {
                case 0: bytes[index] ^= 1 << UInt8(dice.below(8))
                case 1: bytes[index] = UInt8(dice.below(256))
                case 2: bytes[index] = 0xFF
                default:
                    for place in index..<min(index + 8, bytes.count) { bytes[place] = UInt8(dice.below(256)) }
                }
            }
            if dice.below(10) == 0 { bytes.removeLast(dice.below(bytes.count)) }
            counts[isWhole(bytes), default: 0] += 1
        }
        #expect(counts.values.allSatisfy { $0 > 0 })
    }

    @Test(arguments: HDF5Recordings.own) func recordingsCutAnywhereGiveWhatIsThere(name: String) throws {
        let whole = try HDF5Recordings.bytes(name)
        for count in stride(from: 0, to: whole.count, by: 29) {
            let bytes = Array(whole.prefix(count))
            guard let reader = try? EventFileReader(bytes: bytes, name: "m") else { continue }
            var options = EventFileReader.Options()
            options.addsTimeOffset = true
            let events = try HDF5Recordings.events(EventFileReader(bytes: bytes, name: "m", options: options))
            guard reader.format == .hdf5 else { continue }
            // What is delivered are events of the recording, in their order.
            var rest = HDF5Recordings.expected[...]
            for event in events {
                guard let place = rest.firstIndex(of: event) else {
                    Issue.record("\(count) bytes give an event that is not in the recording: \(event)")
                    return
                }
                rest = rest[(place + 1)...]
            }
        }
    }
}
