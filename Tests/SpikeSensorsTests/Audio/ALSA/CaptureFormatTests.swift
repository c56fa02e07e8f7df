import SpikeSignals
import Testing

@testable import SpikeSensors

/// Bytes of devices become samples, bit by bit.
@Suite struct CaptureFormatTests {
    private func samples(_ format: CaptureFormat, _ bytes: [UInt8]) -> [Int32] {
        var floats = [Float](repeating: -9, count: bytes.count / format.width)
        format.convert(bytes, count: floats.count, into: &floats)
        return floats.map(AudioSample.fixed)
    }

    @Test func everySampleOf16BitsComesThroughExactly() {
        let values = (Int(Int16.min)...Int(Int16.max)).map { Int16($0) }
        let bytes = values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        #expect(samples(.s16, bytes) == values.map { Int32($0) << 8 })
    }

    @Test func samplesOf24BitsComeThroughExactlyInThreeBytesAndInFour() {
        let values: [Int32] = [0, 1, -1, 0x7F_FFFF, -0x80_0000, 0x12_3456, -0x12_3456]
        let packed = values.flatMap { value in (0..<3).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        #expect(samples(.packed24, packed) == values)
        // The fourth byte means nothing, whatever it is.
        for junk: UInt8 in [0, 0xFF, 0xA5] {
            let wide = values.flatMap { value in (0..<3).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } + [junk] }
            #expect(samples(.s24, wide) == values)
        }
    }

    @Test func samplesOf32BitsAreRoundedTo24() {
        let values: [Int32] = [0, 0x100, -0x100, 0x7FFF_FF00, Int32.min, 0x1234_5678, 0x81, 0x7F]
        let bytes = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        #expect(samples(.s32, bytes) == [0, 1, -1, 0x7F_FFFF, -0x80_0000, 0x12_3457, 1, 0])
    }

    @Test func floatsThatMeanNothingBecomeZeroAndLoudOnesAreClipped() {
        let values: [Float] = [0, 0.5, -1, 1, 1.5, -.infinity, .nan, 0x1p-23]
        let bytes = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } }
        let full = AudioBatch.fullScale
        let wanted: [Int32] = [0, full / 2, -full, full, full, 0, 0, 1]
        #expect(samples(.float, bytes) == wanted)
    }
}
