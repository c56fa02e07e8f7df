import SpikeContainers

/// Writes PNG (W3C Recommendation, third edition, 2025): 8 bits for each of red, green and blue, no filter.
///
/// ```
/// signature | chunks:  bytes(4) kind(4) data checksum(4), highest byte first:  IHDR, IDAT (zlib), IEND
/// ```
public enum PNG {
    /// The file that shows `image`.
    public static func file(_ image: PixelImage) -> [UInt8] {
        var rows: [UInt8] = []
        rows.reserveCapacity(image.bytes.count + image.height)
        for y in 0..<image.height {
            rows.append(0)
            rows += image.bytes[(3 * image.width * y)..<(3 * image.width * (y + 1))]
        }
        var header = bigEndian(UInt32(image.width)) + bigEndian(UInt32(image.height))
        header += [8, 2, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
            + chunk("IDAT", Deflate.zlib(rows)) + chunk("IEND", [])
    }

    private static func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(kind.utf8) + data
        return bigEndian(UInt32(data.count)) + body + bigEndian(checksum(body))
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    /// The cyclic redundancy check of ISO 3309, polynomial 0xEDB88320 reflected.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xFFFF_FFFF) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
