import CHDF5
import SpikeSignals
import Testing

@testable import SpikeContainers

/// libhdf5 reads what this package writes, and this package reads what libhdf5 writes.
@Suite struct HDF5WriterTests {
    private let content = HDF5Content.group([
        ("small", .int8([1, -2, 3, 4, 5, -128], dimensions: [2, 3])),
        ("large", .int8((0..<600).map { Int8(truncatingIfNeeded: $0 * 7) }, dimensions: [20, 30])),
        ("counts", .int32((0..<100).map { $0 * $0 * 99_991 - 7 })),
        ("sizes", .int64([-5, 1 << 40])),
        ("times", .float32((0..<50).map { Float($0) / 3 })),
        ("one", .text("a text of more than sixty-four bytes, so that it does not fit into the header, with an ü")),
        ("pairs", .texts(["a", "bcd", "", "ef"], dimensions: [2, 2])),
        ("inner", .group([("empty", .group([])), ("text", .text(""))])),
    ])

    @Test func libhdf5ReadsEveryType() throws {
        let image = HDF5Writer.file(content)
        try HDF5Library.exclusively { () throws(SpikelineError) in
            let file = try HDF5Object.open(image: image)
            #expect(file.read("small", as: Int8.self, count: 6) == [1, -2, 3, 4, 5, -128])
            #expect(file.read("large", as: Int8.self, count: 600) == (0..<600).map { Int8(truncatingIfNeeded: $0 * 7) })
            #expect(file.read("counts", as: Int32.self, count: 100) == (0..<100).map { $0 * $0 * 99_991 - 7 })
            #expect(file.read("sizes", as: Int64.self, count: 2) == [-5, 1 << 40])
            #expect(file.read("times", as: Float.self, count: 50) == (0..<50).map { Float($0) / 3 })
            #expect(unsafe H5Lexists(file.raw, "inner/empty", 0) > 0)
            #expect(unsafe H5Lexists(file.raw, "inner/none", 0) == 0)
        }
    }

    @Test func whatWasWrittenIsReadBack() throws {
        for image in [HDF5Writer.file(content), try libhdf5Image()] {
            let root = try HDF5File(bytes: image, name: "m").root()
            #expect(root.childNames == ["counts", "inner", "large", "one", "pairs", "sizes", "small", "times"])
            #expect(try root.array("small", dimensions: [2, 3]) == [1, -2, 3, 4, 5, -128] as [Int8])
            #expect(try root.array("counts", dimensions: [100]) == (0..<100).map { Int32($0 * $0 * 99_991 - 7) })
            #expect(try root.text("one").hasSuffix("with an ü"))
            #expect(try root.child("inner").text("text") == "")
            #expect(try root.child("inner").child("empty").childNames.isEmpty)
        }
    }

    private func libhdf5Image() throws(SpikelineError) -> [UInt8] {
        try HDF5Library.exclusively { () throws(SpikelineError) in
            try HDF5Object.image(name: "m") { (file) throws(SpikelineError) in
                guard case .group(let children) = content else { return }
                for child in children { try file.write(child.name, content: child.content) }
            }
        }
    }
}

extension HDF5Object {
    /// Opens an image with libhdf5.
    static func open(image: [UInt8]) throws(SpikelineError) -> HDF5Object {
        var image = image
        guard let access = HDF5Object(h5x_create_file_access()), H5Pset_fapl_core(access.raw, 1 << 16, false) >= 0,
            unsafe image.withUnsafeMutableBytes({ unsafe H5Pset_file_image(access.raw, $0.baseAddress, $0.count) })
                >= 0,
            let file = HDF5Object(unsafe H5Fopen("image", 0, access.raw))
        else { throw SpikelineError("libhdf5 does not open the file") }
        return file
    }

    /// Reads the array `name`, or nil if it is not of that type and size.
    func read<Element: HDF5Element & Numeric>(_ name: String, as: Element.Type, count: Int) -> [Element]? {
        guard let set = HDF5Object(unsafe H5Dopen2(raw, name, 0)), let type = HDF5Object(H5Dget_type(set.raw)),
            let space = HDF5Object(H5Dget_space(set.raw)), H5Tequal(type.raw, Element.stored) > 0,
            H5Sget_simple_extent_npoints(space.raw) == count
        else { return nil }
        var values = [Element](repeating: 0, count: count)
        let status = unsafe values.withUnsafeMutableBytes {
            unsafe H5Dread(set.raw, Element.native, 0, 0, 0, $0.baseAddress)
        }
        return status >= 0 ? values : nil
    }
}
