import SpikeSignals
import Testing

@testable import SpikeContainers

/// Structures that would loop, blow up or lead outside the file, made by hand.
@Suite struct HostileStructureTests {
    /// A file of version 0 whose root's object header is at byte 96 and followed by `rest`.
    private func message(_ rest: HDF5Bytes) -> String? {
        var file = HDF5Bytes()
        file.append(bytes: 0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0, 0, 8, 8, 0)
        file.append(contentsOf: [UInt8](repeating: 0, count: 48))
        file.append(96, 8)
        file.append(contentsOf: [UInt8](repeating: 0, count: 24))
        file.append(contentsOf: rest.all)
        return HDF5Samples.message(file.all)
    }

    /// An object header of version 1 with one message.
    private func header(_ type: Int, _ body: [Int]) -> HDF5Bytes {
        var header = HDF5Bytes()
        header.append(bytes: 1, 0, 1, 0, 1, 0, 0, 0)
        header.append(8 + 8 * body.count, 4)
        header.append(0, 4)
        header.append(type, 2)
        header.append(8 * body.count, 2)
        header.append(0, 4)
        for number in body { header.append(number, 8) }
        return header
    }

    @Test func aHeaderThatContinuesInItselfEnds() {
        // The message begins at byte 96 + 16.
        #expect(
            message(header(0x10, [112, 24])) == "m.nir: \"/\" cannot be read: an object header is too long")
    }

    @Test func addressesOutsideTheFileAreRefused() {
        let start = "m.nir: \"/\" cannot be read: "
        #expect(message(header(0x10, [1 << 40, 24])) == start + "an address is outside the file")
        #expect(message(header(0x10, [112, 1 << 40])) == start + "a structure is cut off")
        #expect(message(header(0x10, [112, -2])) == start + "a size of 18446744073709551614 is impossible")
        #expect(message(header(0x10, [-1, 24])) == start + "an object header goes nowhere")
        #expect(message(header(0x11, [-1, 0])) == start + "its symbol table is missing")
        #expect(message(HDF5Bytes()) == start + "a structure is cut off")
    }

    /// The heap at byte 136 (with one empty name at 168), then a tree at byte 176 of that level with these children.
    private func table(level: UInt8, children: [Int]) -> HDF5Bytes {
        var bytes = header(0x11, [176, 136])
        bytes.append(contentsOf: "HEAP".utf8)
        bytes.append(0, 4)
        bytes.append(8, 8)
        bytes.append(0, 8)
        bytes.append(168, 8)
        bytes.append(0, 8)
        bytes.append(contentsOf: "TREE".utf8)
        bytes.append(bytes: 0, level)
        bytes.append(children.count, 2)
        bytes.append(0, 16)
        for child in children {
            bytes.append(0, 8)
            bytes.append(child, 8)
        }
        return bytes
    }

    @Test func aTreeThatContainsItselfEnds() {
        #expect(
            message(table(level: 1, children: [176])) == "m.nir: \"/\" cannot be read: a tree has a level too many")
        #expect(
            message(table(level: 0, children: [176]))
                == "m.nir: \"/\" cannot be read: \"SNOD\" is not where it should be")
    }

    @Test func namesThatAreCountedAgainAndAgainAreBounded() {
        var bytes = table(level: 0, children: [Int](repeating: 176 + 24 + 1_600, count: 100))
        bytes.append(contentsOf: "SNOD".utf8)
        bytes.append(1, 2)
        bytes.append(1_000, 2)
        bytes.append(contentsOf: [UInt8](repeating: 0, count: 40_000))
        #expect(message(bytes) == "m.nir: \"/\" cannot be read: it has too many names")
    }
}
