/// How a device writes a sample; all of them lowest byte first.
///
/// ```
/// s16     |lo|hi|              s24  |lo|..|hi|??|   the highest byte means nothing
/// packed  |lo|..|hi|           s32  |lo|..|..|hi|   float  IEEE 754, full scale ±1
/// ```
/// Samples become floats with full scale ±1. Those of up to 24 bits are exact; of 32 bits the lowest are rounded away, as
/// for files. A float that is not a number or infinite is nothing that a converter can mean, and becomes 0.
enum CaptureFormat: String, Sendable, CaseIterable {
    case s16 = "S16_LE"
    case s24 = "S24_LE"
    case packed24 = "S24_3LE"
    case s32 = "S32_LE"
    case float = "FLOAT_LE"

    /// The bytes of a sample.
    var width: Int {
        switch self {
        case .s16: 2
        case .packed24: 3
        case .s24, .s32, .float: 4
        }
    }

    /// Converts the first `count` samples of `bytes`; both arrays have room for them.
    func convert(_ bytes: [UInt8], count: Int, into samples: inout [Float]) {
        switch self {
        case .s16:
            for index in 0..<count {
                let word = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8
                samples[index] = Float(Int16(bitPattern: word)) / 0x1p15
            }
        case .s24: for index in 0..<count { samples[index] = CaptureFormat.float24(bytes, at: 4 * index) }
        case .packed24: for index in 0..<count { samples[index] = CaptureFormat.float24(bytes, at: 3 * index) }
        case .s32:
            for index in 0..<count {
                samples[index] = Float(Int32(bitPattern: CaptureFormat.word(bytes, at: 4 * index))) / 0x1p31
            }
        case .float:
            for index in 0..<count {
                let value = Float(bitPattern: CaptureFormat.word(bytes, at: 4 * index))
                samples[index] = value.isFinite ? value : 0
            }
        }
    }

    private static func float24(_ bytes: [UInt8], at start: Int) -> Float {
        let word = UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]) << 16
        return Float(Int32(bitPattern: word << 8) >> 8) / 0x1p23
    }

    private static func word(_ bytes: [UInt8], at start: Int) -> UInt32 {
        UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]) << 16
            | UInt32(bytes[start + 3]) << 24
    }
}
