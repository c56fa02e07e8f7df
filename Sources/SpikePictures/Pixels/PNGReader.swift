import SpikeContainers
import SpikeSignals

/// Reads the brightness of a PNG (W3C Recommendation, third edition, 2025): all colour types with 8 or 16 bits, and
/// palettes with 8; not interlaced.
struct PNGReader {
    let bytes: [UInt8]
    let name: String

    private struct Header {
        var width = 0, height = 0, depth = 0, colour = 0
        var channels: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colour] ?? 0 }
        var pixelBytes: Int { channels * depth / 8 }
    }

    init(bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
    }

    func image() throws(SpikelineError) -> GrayImage {
        var header: Header?
        var palette: [Float] = []
        var data: [UInt8] = []
        var place = 8
        while place + 12 <= bytes.count {
            let count = number(place)
            guard count <= bytes.count - place - 12 else { throw damage("a chunk ends behind the file", place) }
            let body = Array(bytes[(place + 4)..<(place + 8 + count)])
            guard UInt32(number(place + 8 + count)) == PNG.checksum(body) else {
                throw damage("the checksum of a chunk does not fit", place)
            }
            let content = body.dropFirst(4)
            switch String(decoding: body.prefix(4), as: UTF8.self) {
            case "IHDR": header = try read(Array(content))
            case "PLTE":
                let all = Array(content)
                palette = Swift.stride(from: 0, to: all.count - 2, by: 3).map { index in
                    GrayImage.luma(Float(all[index]), Float(all[index + 1]), Float(all[index + 2])) / 255
                }
            case "IDAT": data += content
            case "IEND": place = bytes.count
            default: break
            }
            place += 12 + count
        }
        guard let header else { throw damage("there is no header", 8) }
        let rows = try rows(of: header, data)
        return GrayImage(width: header.width, height: header.height, values: values(rows, header, palette))
    }

    private func read(_ content: [UInt8]) throws(SpikelineError) -> Header {
        guard content.count == 13 else { throw damage("the header has \(content.count) bytes, expected 13", 8) }
        func number(_ place: Int) -> Int { content[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        let header = Header(
            width: number(0), height: number(4), depth: Int(content[8]), colour: Int(content[9]))
        try GrayImage.check(width: header.width, height: header.height, name)
        guard header.channels > 0, header.depth == 8 || header.depth == 16 && header.colour != 3, content[12] == 0
        else {
            throw SpikelineError(
                "expected 8 or 16 bits a channel and no interlacing, found colour type \(header.colour) with "
                    + "\(header.depth) bits" + (content[12] == 0 ? "" : ", interlaced"), at: name)
        }
        return header
    }

    /// The bytes of all rows with their filters undone (section 9 of the standard).
    private func rows(of header: Header, _ data: [UInt8]) throws(SpikelineError) -> [UInt8] {
        let line = header.width * header.pixelBytes + 1
        // DEFLATE makes at most 1,032 bytes of one.
        guard header.height * line <= 1_032 * data.count + 1_032 else { throw damage("pixels are missing", 8) }
        var rows = [UInt8](repeating: 0, count: header.height * line)
        var inflate = Inflate()
        var target = rows.mutableSpan
        do throws(ContainerDamage) {
            guard try inflate.zlib(data.span, into: &target, 0..<target.count) == target.count else {
                throw ContainerDamage("pixels are missing")
            }
        } catch {
            throw damage(error.what, 8)
        }
        let back = header.pixelBytes
        for y in 0..<header.height {
            let start = y * line
            let filter = rows[start]
            guard filter <= 4 else { throw damage("row \(y) has filter \(filter), expected 0 to 4", 8) }
            for x in 0..<line - 1 {
                let index = start + 1 + x
                let left = x >= back ? Int(rows[index - back]) : 0
                let up = y > 0 ? Int(rows[index - line]) : 0
                let corner = x >= back && y > 0 ? Int(rows[index - line - back]) : 0
                let guess =
                    switch filter {
                    case 0: 0
                    case 1: left
                    case 2: up
                    case 3: (left + up) / 2
                    default: paeth(left, up, corner)
                    }
                rows[index] &+= UInt8(truncatingIfNeeded: guess)
            }
        }
        return rows
    }

    private func paeth(_ a: Int, _ b: Int, _ c: Int) -> Int {
        let (pa, pb, pc) = (abs(b - c), abs(a - c), abs(a + b - 2 * c))
        return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
    }

    private func values(_ rows: [UInt8], _ header: Header, _ palette: [Float]) -> [Float] {
        let bytes = header.depth / 8
        let line = header.width * header.pixelBytes + 1
        return (0..<header.width * header.height).map { pixel in
            let start = pixel / header.width * line + 1 + pixel % header.width * header.pixelBytes
            func sample(_ channel: Int) -> Float {
                let place = start + channel * bytes
                return bytes == 2
                    ? Float(Int(rows[place]) << 8 | Int(rows[place + 1])) / 65_535 : Float(rows[place]) / 255
            }
            switch header.colour {
            case 3: return Int(rows[start]) < palette.count ? palette[Int(rows[start])] : 0
            case 0, 4: return sample(0)
            default: return GrayImage.luma(sample(0), sample(1), sample(2))
            }
        }
    }

    private func number(_ place: Int) -> Int { bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) } }

    private func damage(_ what: String, _ place: Int) -> SpikelineError {
        SpikelineError("the PNG is damaged: \(what)", at: "\(name): byte \(place)")
    }
}
