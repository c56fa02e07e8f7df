import SpikeSignals

/// The 512 bytes before the HDF5 part of a model file: its length and checksum, so that damage is told as damage.
///
/// ```
/// Spikeline model 1 (NIR graph in HDF5 from byte 512)\n
/// bytes 241664\n                                            of the HDF5 part
/// crc32 0a1b2c3d\n                                          of the HDF5 part
/// \n ... \n                                                 to byte 512
/// ```
/// HDF5 looks for its signature at bytes 0, 512, 1024 ... and lets programs put what they like before it (HDF5 File
/// Format Specification 3.0, section II.A), so every HDF5 reader opens the file. CRC-32 is that of zlib (IEEE 802.3,
/// reflected polynomial 0xEDB88320). A file that starts with HDF5 itself, as the Python package `nir` writes it, has
/// no seal and is read without this check.
enum ModelSeal {
    /// The length of the seal.
    static let length = 512
    private static let title = "Spikeline model 1 (NIR graph in HDF5 from byte 512)\n"
    private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    /// `image` with its seal before it.
    static func bytes(sealing image: [UInt8]) -> [UInt8] { seal(of: image[...]) + image }

    /// The HDF5 part of the file `bytes`, if it is whole.
    static func open(_ bytes: [UInt8], name: String) throws(SpikelineError) -> [UInt8] {
        let hint = "Give a model that `spikeline train` wrote or one of Pipelines/Models"
        if bytes.isEmpty { throw SpikelineError("the file is empty, expected a model", at: name, hint: hint) }
        if bytes.starts(with: signature) { return bytes }
        guard bytes.starts(with: Array("Spikeline model ".utf8)) else {
            throw SpikelineError(
                "the file is not a model: expected a NIR graph in HDF5, found \(beginning(of: bytes))", at: name,
                hint: hint)
        }
        let body = bytes.dropFirst(length)
        if bytes.prefix(length).elementsEqual(seal(of: body)) { return Array(body) }
        if let declared = declaredBytes(bytes), declared > body.count {
            throw SpikelineError(
                "the file is cut off: it has \(bytes.count) of \(declared + length) bytes", at: name,
                hint: "Copy it again")
        }
        guard bytes.starts(with: Array(title.utf8)) else {
            throw SpikelineError(
                "the model is of a format that this program does not know", at: name, hint: "Update it")
        }
        throw SpikelineError(
            "the file is damaged: its checksum does not fit its bytes", at: name, hint: "Copy it again")
    }

    private static func seal(of body: ArraySlice<UInt8>) -> [UInt8] {
        let hex = String(checksum(body), radix: 16)
        let text = title + "bytes \(body.count)\ncrc32 " + String(repeating: "0", count: 8 - hex.count) + hex + "\n"
        return Array(text.utf8) + [UInt8](repeating: UInt8(ascii: "\n"), count: length - text.utf8.count)
    }

    private static func declaredBytes(_ bytes: [UInt8]) -> Int? {
        let lines = bytes.prefix(length).split(separator: UInt8(ascii: "\n"), maxSplits: 2)
        guard lines.count > 1, lines[1].starts(with: Array("bytes ".utf8)) else { return nil }
        return Int(String(decoding: lines[1].dropFirst(6), as: UTF8.self))
    }

    private static func beginning(of bytes: [UInt8]) -> String {
        let start = bytes.prefix(16)
        guard start.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) else {
            return "bytes "
                + start.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
        }
        return "a text that begins " + JSONValue.string(String(decoding: start, as: UTF8.self)).text
    }

    /// The CRC-32 of `bytes`, as `zlib.crc32` gives it.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes { crc = (crc >> 8) ^ table[Int((crc ^ UInt32(byte)) & 0xFF)] }
        return ~crc
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
