import CHDF5
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeContainers

/// Every way in which chunks are found, in files that libhdf5 wrote.
@Suite struct ChunkIndexTests {
    /// A file with a column `c` of `count` numbers `7 i mod 100,003` in chunks.
    static func file(
        count: Int, chunk: Int, mayGrow: Bool, isFiltered: Bool, isLatest: Bool, isEarly: Bool = false
    ) throws(SpikelineError) -> [UInt8] {
        try HDF5Library.exclusively { () throws(SpikelineError) in
            try HDF5Object.image(name: "m", isLatest: isLatest) { (file) throws(SpikelineError) in
                let limits: [hsize_t] = [mayGrow ? .max : hsize_t(count)]
                guard let space = HDF5Object(unsafe H5Screate_simple(1, [hsize_t(count)], limits)),
                    let plan = HDF5Object(h5x_create_dataset_creation()),
                    unsafe H5Pset_chunk(plan.raw, 1, [hsize_t(chunk)]) >= 0,
                    !isFiltered || H5Pset_fletcher32(plan.raw) >= 0,
                    !isEarly || H5Pset_alloc_time(plan.raw, H5D_ALLOC_TIME_EARLY) >= 0,
                    let set = HDF5Object(
                        unsafe H5Dcreate2(file.raw, "c", h5x_stored_int32(), space.raw, 0, plan.raw, 0))
                else { throw file.writeFailure("c") }
                let values = (0..<count).map { Int32($0 * 7 % 100_003) }
                guard
                    unsafe values.withUnsafeBytes({
                        unsafe H5Dwrite(set.raw, h5x_native_int32(), 0, 0, 0, $0.baseAddress)
                    }) >= 0
                else { throw file.writeFailure("c") }
            }
        }
    }

    private func rows(_ bytes: [UInt8]) throws -> HDF5Rows {
        try HDF5Rows("c", in: HDF5File(bytes: bytes, name: "m").root())
    }

    private func check(_ bytes: [UInt8], count: Int, holds signature: String) throws {
        let signatures = (0..<(bytes.count - 4)).contains { bytes[$0..<($0 + 4)].elementsEqual(signature.utf8) }
        #expect(signatures, "there is no \(signature)")
        let column = try HDF5Column<Int64>(rows(bytes))
        #expect(try Fixtures.all(column, zero: 0) == (0..<count).map { Int64($0 * 7 % 100_003) })
        var dice = Dice(state: 3)
        var value: [Int64] = [0]
        for _ in 0..<500 {
            let row = dice.pick(0...(count - 1))
            try column.read(from: row, count: 1, into: &value)
            #expect(value[0] == Int64(row * 7 % 100_003))
        }
    }

    @Test(arguments: [true, false]) func treesOfSeveralLevels(isFiltered: Bool) throws {
        let bytes = try ChunkIndexTests.file(
            count: 20_011, chunk: 3, mayGrow: true, isFiltered: isFiltered, isLatest: false)
        try check(bytes, count: 20_011, holds: "TREE")
    }

    @Test(arguments: [1, 700, 1_024, 1_025, 5_000], [true, false])
    func fixedArraysWithAndWithoutPages(chunks: Int, isFiltered: Bool) throws {
        let count = 4 * chunks - 1
        guard chunks > 1 else { return }
        let bytes = try ChunkIndexTests.file(
            count: count, chunk: 4, mayGrow: false, isFiltered: isFiltered, isLatest: true)
        try check(bytes, count: count, holds: "FADB")
    }

    // 150,000 chunks reach the data blocks that have pages.
    @Test(arguments: [3, 4, 5, 20, 36, 37, 1_000, 150_000], [true, false])
    func extensibleArraysOfAllSizes(chunks: Int, isFiltered: Bool) throws {
        guard chunks < 10_000 || !isFiltered else { return }
        let count = 2 * chunks - 1
        let bytes = try ChunkIndexTests.file(
            count: count, chunk: 2, mayGrow: true, isFiltered: isFiltered, isLatest: true)
        try check(bytes, count: count, holds: "EAIB")
    }

    @Test(arguments: [true, false]) func aSingleChunk(isFiltered: Bool) throws {
        let bytes = try ChunkIndexTests.file(
            count: 100, chunk: 100, mayGrow: false, isFiltered: isFiltered, isLatest: true)
        try check(bytes, count: 100, holds: "OHDR")
    }

    @Test func anImplicitIndex() throws {
        let bytes = try ChunkIndexTests.file(
            count: 1_001, chunk: 10, mayGrow: false, isFiltered: false, isLatest: true, isEarly: true)
        let isArray = (0..<(bytes.count - 4)).contains { bytes[$0..<($0 + 4)].elementsEqual("FAHD".utf8) }
        #expect(!isArray)
        try check(bytes, count: 1_001, holds: "OHDR")
    }

    @Test func aChangedByteOfAnArrayIsFound() throws {
        for (mayGrow, signature) in [(false, "FAHD"), (false, "FADB"), (true, "EAHD"), (true, "EAIB"), (true, "EADB")] {
            var bytes = try ChunkIndexTests.file(
                count: 2_000, chunk: 10, mayGrow: mayGrow, isFiltered: false, isLatest: true)
            let place = (0..<bytes.count).first { bytes[$0...].starts(with: signature.utf8) } ?? 0
            bytes[place + 20] ^= 1
            let error = #expect(throws: SpikelineError.self) {
                try Fixtures.all(HDF5Column<Int64>(rows(bytes)), zero: 0)
            }
            #expect(
                error?.description == "m: \"c\" cannot be read: the checksum of a structure does not fit",
                "\(signature)")
        }
    }

    @Test func rowsThatWereNeverWrittenAreTold() throws {
        let bytes = try HDF5Library.exclusively { () throws(SpikelineError) in
            try HDF5Object.image(name: "m", isLatest: false) { (file) throws(SpikelineError) in
                guard let space = HDF5Object(unsafe H5Screate_simple(1, [100], nil)),
                    let plan = HDF5Object(h5x_create_dataset_creation()), unsafe H5Pset_chunk(plan.raw, 1, [10]) >= 0,
                    HDF5Object(unsafe H5Dcreate2(file.raw, "c", h5x_stored_int32(), space.raw, 0, plan.raw, 0)) != nil
                else { throw file.writeFailure("c") }
            }
        }
        let error = #expect(throws: SpikelineError.self) { try rows(bytes).load(0) }
        #expect(error?.description == "m: \"c\" cannot be read: it has no data")
    }
}
