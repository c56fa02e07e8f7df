import CHDF5
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeContainers

#if canImport(Glibc)
import Glibc
#endif

/// Files that ask for too much, and what they are told.
@Suite struct HDF5GuardTests {
    /// A file with a column `c` of which only the first chunk was written, with these bytes.
    private func file(
        count: UInt64, chunk: UInt64, bytes: [UInt8] = [1, 0, 0, 0], isLatest: Bool = false
    ) throws(SpikelineError) -> [UInt8] {
        try HDF5Library.exclusively { () throws(SpikelineError) in
            try HDF5Object.image(name: "m", isLatest: isLatest) { (file) throws(SpikelineError) in
                guard let space = HDF5Object(unsafe H5Screate_simple(1, [count], [.max])),
                    let plan = HDF5Object(h5x_create_dataset_creation()),
                    unsafe H5Pset_chunk(plan.raw, 1, [chunk]) >= 0, H5Pset_deflate(plan.raw, 1) >= 0,
                    let set = HDF5Object(
                        unsafe H5Dcreate2(file.raw, "c", h5x_stored_int32(), space.raw, 0, plan.raw, 0)),
                    unsafe H5Dwrite_chunk(set.raw, 0, 1, [0], bytes.count, bytes) >= 0
                else { throw file.writeFailure("c") }
            }
        }
    }

    private func message(_ bytes: [UInt8], row: Int = 0) throws -> String? {
        do throws(SpikelineError) {
            try HDF5Rows("c", in: HDF5File(bytes: bytes, name: "m").root()).load(row)
            return nil
        } catch { return error.description }
    }

    @Test(arguments: [false, true]) func chunksThatWereNeverWrittenAreTold(isLatest: Bool) throws {
        let bytes = try file(count: 25, chunk: 10, bytes: [UInt8](repeating: 7, count: 40), isLatest: isLatest)
        #expect(try message(bytes) == nil)
        #expect(try message(bytes, row: 12) == "m: \"c\" cannot be read: rows 10 to 19 were never written")
        #expect(try message(bytes, row: 24) == "m: \"c\" cannot be read: rows 20 to 24 were never written")
    }

    @Test func moreChunksThanTheFileHasRoomForAreRefused() throws {
        let bytes = try file(count: 1 << 40, chunk: 1)
        #expect(
            try message(bytes) == "m: \"c\" cannot be read: its 1099511627776 chunks do not fit into the file")
    }

    @Test func chunksThatAreTooLargeAreRefused() throws {
        #expect(
            try message(file(count: 1 << 30, chunk: 1 << 29))
                == "m: \"c\" cannot be read: its chunks have more than 33554432 bytes")
    }

    @Test func aChunkThatIsTooLongOrShortIsRefused() throws {
        #expect(
            try message(file(count: 10, chunk: 10, bytes: [UInt8](repeating: 7, count: 2_000)))
                == "m: \"c\" cannot be read: a chunk has 2000 bytes in the file, expected at most 1069")
        #expect(try message(file(count: 10, chunk: 10)) == "m: \"c\" cannot be read: a chunk has 4 bytes, expected 40")
    }

    @Test func onlyOneDimensionIsReadByRows() throws {
        let image = HDF5Writer.file(.group([("c", .int8([1, 2, 3, 4, 5, 6], dimensions: [2, 3]))]))
        #expect(try message(image) == "m: \"c\" has shape 2 x 3, expected one dimension")
    }

    @Test func aTreeThatIsNotInOrderIsRefused() throws {
        var bytes = try ChunkIndexTests.file(
            count: 40, chunk: 10, mayGrow: true, isFiltered: false, isLatest: false)
        let tree = (0..<bytes.count).first { bytes[$0...].starts(with: Array("TREE\u{1}".utf8)) } ?? 0
        // The second key's first coordinate.
        bytes[tree + 24 + 32 + 8] = 0
        #expect(try message(bytes) == "m: \"c\" cannot be read: a tree is not in order")
    }

    @Test func everyLengthOfGzipDataIsUnpacked() throws {
        var dice = Dice(state: 8)
        let count = 300_000
        for (level, spread) in [(1, 3), (6, 40), (9, 4_000), (6, 1 << 30)] {
            let values = (0..<count).map { Int32($0 / 7 + dice.pick(0...spread)) }
            let image = try HDF5Library.exclusively { () throws(SpikelineError) in
                try HDF5Object.image(name: "m") { (file) throws(SpikelineError) in
                    guard let space = HDF5Object(unsafe H5Screate_simple(1, [hsize_t(count)], nil)),
                        let plan = HDF5Object(h5x_create_dataset_creation()),
                        unsafe H5Pset_chunk(plan.raw, 1, [70_000]) >= 0, H5Pset_deflate(plan.raw, UInt32(level)) >= 0,
                        let set = HDF5Object(
                            unsafe H5Dcreate2(file.raw, "c", h5x_stored_int32(), space.raw, 0, plan.raw, 0)),
                        unsafe values.withUnsafeBytes({
                            unsafe H5Dwrite(set.raw, h5x_native_int32(), 0, 0, 0, $0.baseAddress)
                        }) >= 0
                    else { throw file.writeFailure("c") }
                }
            }
            let column = try HDF5Column<Int32>(HDF5Rows("c", in: HDF5File(bytes: image, name: "m").root()))
            #expect(try Fixtures.all(column, zero: 0, piece: 8_192) == values, "level \(level), spread \(spread)")
        }
    }

    @Test func aFileBehindOtherBytesIsFound() throws {
        let bytes = [UInt8](repeating: 7, count: 2_048) + (try Fixtures.bytes("small_latest.h5"))
        #expect(try HDF5MutationTests.readAll(HDF5File(bytes: bytes, name: "m").root()) == 0)
    }

    @Test func aFileThatBecomesShorterIsAnError() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let path = folder + "/cut.h5"
        let bytes = try Fixtures.bytes("types.h5")
        let descriptor = unsafe open(path, O_RDWR | O_CREAT, 0o644)
        defer { close(descriptor) }
        #expect(unsafe write(descriptor, bytes, bytes.count) == bytes.count)
        let rows = try HDF5Rows("plain_b1_truth", in: HDF5File(ByteSource(path: path), name: "m").root())
        #expect(ftruncate(descriptor, 512) == 0)
        let error = #expect(throws: SpikelineError.self) { try rows.load(0) }
        #expect(
            error?.description == "m: \"plain_b1_truth\" cannot be read: the file became shorter while it was read")
    }

    @Test func whatIsNoRegularFileIsTold() {
        func message(_ path: String) -> String? {
            do throws(SpikelineError) {
                _ = try ByteSource(path: path)
                return nil
            } catch { return error.description }
        }
        #expect(
            message("/no/such/file")
                == "/no/such/file: the file cannot be opened: No such file or directory. Check the path")
        #expect(message("/dev/null") == "/dev/null: this is not a regular file, expected one")
        #expect(message("/tmp") == "/tmp: this is not a regular file, expected one")
        #expect(ByteSource(descriptor: -1) == nil)
    }
}
