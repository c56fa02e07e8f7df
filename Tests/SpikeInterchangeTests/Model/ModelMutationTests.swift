import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeInterchange

/// Random damage to whole files: reading ends with a model or a message, never with a trap.
@Suite struct ModelMutationTests {
    private func damaged(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<dice.pick(1...4) {
            let index = dice.pick(0...(bytes.count - 1))
            switch dice.pick(0...3) {
            case 0: bytes[index] ^= 1 << UInt8(dice.pick(0...7))
            case 1: bytes[index] = UInt8(dice.pick(0...255))
            case 2: bytes[index] = 0xFF
            default: bytes.removeSubrange(index..<min(index + dice.pick(1...3), bytes.count))
            }
        }
        return bytes
    }

    @Test(.timeLimit(.minutes(2))) func damageBehindTheSealNeverTraps() throws {
        let image = Array(try Samples.small().bytes().dropFirst(512))
        var dice = Dice(state: 42)
        var refused = 0
        for _ in 0..<2_000 where Faulty.message(ModelSeal.bytes(sealing: damaged(image, &dice))) != nil { refused += 1 }
        #expect(refused > 700)
        #expect(refused < 2_000)
    }

    @Test(.timeLimit(.minutes(2))) func everyDamageToASealedFileIsFound() throws {
        let bytes = try Samples.small().bytes()
        var dice = Dice(state: 43)
        for _ in 0..<500 {
            let changed = damaged(bytes, &dice)
            #expect(changed == bytes || Faulty.message(changed) != nil)
        }
    }

    @Test(.timeLimit(.minutes(2)), .enabled(if: Goldens.folder != nil, "no golden NIR files on this machine"))
    func damagedFilesOfOtherProgramsNeverTrap() throws {
        var dice = Dice(state: 44)
        for name in ["braille_noDelay_bias_zero.nir", "lif_norse.nir"] {
            let bytes = try Goldens.bytes(name)
            for _ in 0..<300 { #expect(Faulty.message(damaged(bytes, &dice)) != nil) }
        }
    }
}
