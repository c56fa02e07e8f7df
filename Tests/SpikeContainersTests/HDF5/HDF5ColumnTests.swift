import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeContainers

/// Columns that h5py and hdf5plugin wrote.
@Suite struct HDF5ColumnTests {
    private func check(_ name: String, in root: HDF5Group) throws {
        let parts = name.split(separator: "_")
        let rows = try HDF5Rows(name, in: root)
        if parts[1].hasPrefix("f") {
            let expected = (0..<rows.count).map { Double(Fixtures.value(parts[2], $0) % (1 << 20)) / 8 }
            #expect(try Fixtures.all(HDF5Column<Double>(rows), zero: 0) == expected, "\(name)")
        } else {
            let expected = (0..<rows.count).map { Fixtures.stored(parts[2], parts[1], $0) }
            #expect(try Fixtures.all(HDF5Column<Int64>(rows), zero: 0) == expected, "\(name)")
            let clamped = expected.map { Int32(clamping: $0) }
            #expect(try Fixtures.all(HDF5Column<Int32>(rows), zero: 0, piece: 1_000) == clamped, "\(name)")
        }
    }

    @Test(arguments: ["types.h5", "types_latest.h5"]) func numbersOfAllTypesAreRead(file: String) throws {
        let root = try Fixtures.open(file)
        for (group, count) in [("i", 8), ("u", 8), ("f", 4)] {
            let child = try root.child(group)
            #expect(child.childNames.count == count)
            for name in child.childNames { try check(name, in: child) }
        }
        for name in ["plain_b1_truth", "small_i4_smooth"] { try check(name, in: root) }
    }

    @Test func dataOfAllFiltersIsUnpacked() throws {
        let root = try Fixtures.open("filters.h5")
        #expect(root.childNames.count == 81)
        for name in root.childNames { try check(name, in: root) }
    }

    @Test(arguments: ["records.h5", "records_latest.h5"]) func fieldsOfRecordsAreRead(file: String) throws {
        let group = try Fixtures.open(file).child("records")
        for name in ["plain", "gzip"] {
            let rows = try HDF5Rows(name, in: group)
            for (field, type, what) in [
                ("x", "u2", "rough"), ("y", "u2", "smooth"), ("p", "i2", "truth"), ("t", "i8", "smooth"),
            ]
                as [(String, Substring, Substring)]
            {
                let expected = (0..<Fixtures.rows).map { Fixtures.stored(what, type, $0) }
                #expect(
                    try Fixtures.all(HDF5Column<Int64>(rows, field: field), zero: 0) == expected, "\(name).\(field)")
            }
        }
    }

    @Test func eventsInPropheseesFormatAreUnpacked() throws {
        let root = try Fixtures.open("ecf.h5")
        for packing in 0...2 {
            let (packed, plain) = (try HDF5Rows("ecf\(packing)", in: root), try HDF5Rows("plain\(packing)", in: root))
            #expect(packed.count == Fixtures.rows)
            for field in ["x", "y", "p", "t"] {
                let found = try Fixtures.all(HDF5Column<Int64>(packed, field: field), zero: 0)
                #expect(
                    try found == Fixtures.all(HDF5Column<Int64>(plain, field: field), zero: 0), "\(packing).\(field)")
            }
        }
    }

    @Test func rowsAreReadInAnyOrder() throws {
        let root = try Fixtures.open("filters.h5")
        let column = try HDF5Column<Int64>(HDF5Rows("shuffle-gzip-fletcher_i8_smooth", in: root))
        var dice = Dice(state: 5)
        var value: [Int64] = [0]
        for _ in 0..<300 {
            let row = dice.pick(0...(Fixtures.rows - 1))
            try column.read(from: row, count: 1, into: &value)
            #expect(value[0] == Fixtures.stored("smooth", "i8", row))
        }
    }

    @Test func attributesAreToldAsText() throws {
        let root = try Fixtures.open("records.h5")
        let expected = [
            ("fixed", "fixed length"), ("geometry", "640x480"), ("scale", "0.5"), ("sizes", "640 480"),
            ("width", "-640"),
        ]
        #expect(
            root.attributes.sorted { $0.name < $1.name }.elementsEqual(expected) { $0.name == $1.0 && $0.text == $1.1 })
        #expect(try Fixtures.open("records_latest.h5").attributes.map(\.text) == ["640x480"])
    }

    @Test func whatIsNoColumnOfThatKindIsRefused() throws {
        func message(_ body: () throws(SpikelineError) -> Void) -> String? {
            do throws(SpikelineError) {
                try body()
                return nil
            } catch { return error.description }
        }
        let types = try Fixtures.open("types.h5")
        let records = try Fixtures.open("records.h5").child("records")
        #expect(
            message { () throws(SpikelineError) in
                _ = try HDF5Column<Int64>(HDF5Rows("plain_f4_smooth", in: types.child("f")))
            }
                == "types.h5: \"f/plain_f4_smooth\" holds 32-bit floating-point numbers, expected whole numbers")
        #expect(
            message { () throws(SpikelineError) in _ = try HDF5Column<Double>(HDF5Rows("small_i4_smooth", in: types)) }
                == "types.h5: \"small_i4_smooth\" holds 32-bit whole numbers, expected floating-point numbers")
        #expect(
            message { () throws(SpikelineError) in
                _ = try HDF5Column<Int64>(HDF5Rows("small_i4_smooth", in: types), field: "x")
            } == "types.h5: \"small_i4_smooth\" holds 32-bit whole numbers, expected records")
        #expect(
            message { () throws(SpikelineError) in _ = try HDF5Column<Int64>(HDF5Rows("plain", in: records), field: "z")
            }
                == "records.h5: \"records/plain.z\" is missing")
        #expect(
            message { () throws(SpikelineError) in _ = try HDF5Column<Int64>(HDF5Rows("plain", in: records)) }
                == "records.h5: \"records/plain\" holds records of x, y, p, t, expected whole numbers")
        #expect(
            message { () throws(SpikelineError) in _ = try HDF5Rows("none", in: types) }
                == "types.h5: \"none\" is missing")
    }
}
