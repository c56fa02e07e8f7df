import SpikeTestSupport
import Testing

@testable import SpikeInterchange

/// Bytes from anywhere: reading ends with a network or a message that names the place.
@Suite("ONNX faults") struct ONNXFaultTests {
    @Test func everyTruncationIsRefused() throws {
        for bytes in [try ONNXFixtures.bytes("forms.onnx"), ONNXWriter.small().bytes] {
            #expect(ONNXFixtures.message(bytes) == nil)
            for count in 0..<bytes.count {
                let message = try #require(ONNXFixtures.message(Array(bytes.prefix(count))), "\(count) bytes")
                #expect(message.hasPrefix("m.onnx: "))
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func randomDamageNeverTraps() throws {
        var dice = Dice(state: 77)
        for original in [try ONNXFixtures.bytes("forms.onnx"), ONNXWriter.small().bytes] {
            var refused = 0
            let rounds = 2_000 * Environment.fuzz
            for _ in 0..<rounds {
                var bytes = original
                for _ in 0..<dice.pick(1...4) {
                    let index = dice.pick(0...(bytes.count - 1))
                    switch dice.pick(0...3) {
                    case 0: bytes[index] ^= 1 << UInt8(dice.pick(0...7))
                    case 1: bytes[index] = 0xFF
                    case 2: bytes.insert(UInt8(dice.pick(0...255)), at: index)
                    default: bytes.remove(at: index)
                    }
                }
                if ONNXFixtures.message(bytes) != nil { refused += 1 }
            }
            #expect(refused > rounds / 4 && refused < rounds)
        }
    }

    @Test func randomBytesNeverTrap() {
        var dice = Dice(state: 78)
        for _ in 0..<5_000 * Environment.fuzz {
            let bytes = (0..<dice.pick(0...60)).map { _ in UInt8(dice.pick(0...255)) }
            #expect(ONNXFixtures.message(bytes) != nil)
        }
    }

    @Test func whatIsTooMuchIsRefused() {
        var many = ONNXWriter.small()
        for _ in 0..<4_100 { many.add("Identity", ["x"], "z") }
        #expect(ONNXFixtures.message(many.bytes)?.contains("more than 4096 nodes") == true)
        // A tensor that says to be huge, and holds nothing.
        var huge = ONNXWriter.small()
        huge.constants[2].shape = [1 << 40, 1 << 40]
        huge.constants[2].floats = []
        #expect(ONNXFixtures.message(huge.bytes)?.contains("has the shape") == true)
        // A message longer than the file, and numbers without an end.
        let endless = [UInt8](repeating: 0xFF, count: 12)
        #expect(ONNXFixtures.message([0x3A] + endless)?.contains("more than 10 bytes") == true)
        #expect(ONNXFixtures.message([0x3A, 0x7F, 0x01])?.contains("a field of 127 bytes has 1") == true)
        #expect(ONNXFixtures.message([0x3B])?.contains("wire type 3") == true)
        #expect(ONNXFixtures.message([0x00, 0x00])?.contains("field has the number 0") == true)
    }

    @Test func numbersThatAreNoneAreRefused() {
        var nan = ONNXWriter.small()
        nan.constants[0].floats[3] = .nan
        #expect(ONNXFixtures.message(nan.bytes)?.contains("not finite") == true)
        var half = ONNXWriter.small()
        half.constants[0].type = 10
        #expect(ONNXFixtures.message(half.bytes)?.contains("has the type of data 10") == true)
        var short = ONNXWriter.small()
        short.constants[0].floats.removeLast()
        #expect(ONNXFixtures.message(short.bytes)?.contains("has 68 bytes of data, expected 72") == true)
        var twice = ONNXWriter.small()
        twice.constants.append(twice.constants[0])
        #expect(ONNXFixtures.message(twice.bytes)?.contains("two tensors") == true)
    }
}
