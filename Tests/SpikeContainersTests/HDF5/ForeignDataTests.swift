import CHDF5
import SpikeSignals
import Testing

@testable import SpikeContainers

/// Data that is elsewhere or stored in a way that is not understood is refused by name.
@Suite struct ForeignDataTests {
    @Test func dataElsewhereIsRefused() throws {
        let links: [(HDF5Object) -> herr_t] = [
            { unsafe H5Lcreate_soft("/other/weight", $0.raw, "weight", 0, 0) },
            { unsafe H5Lcreate_external("/etc/passwd", "/weight", $0.raw, "weight", 0, 0) },
        ]
        for link in links {
            let message = try HDF5Samples.message { file in _ = link(file) }
            #expect(message == "m.nir: \"weight\" is a link to elsewhere, expected the thing itself")
        }
        let external = try HDF5Samples.message { file in
            let space = HDF5Object(unsafe H5Screate_simple(2, [2, 3], nil))
            let plan = HDF5Object(h5x_create_dataset_creation())
            guard let space, let plan else { return }
            _ = unsafe H5Pset_external(plan.raw, "/etc/passwd", 0, 6)
            _ = HDF5Object(unsafe H5Dcreate2(file.raw, "weight", h5x_stored_int8(), space.raw, 0, plan.raw, 0))
        }
        #expect(external == "m.nir: \"weight\" cannot be read: its data is in other files")
    }

    @Test func filtersThatAreNotKnownAreRefused() throws {
        let message = try HDF5Samples.message { file in
            let space = HDF5Object(unsafe H5Screate_simple(2, [2, 3], nil))
            let plan = HDF5Object(h5x_create_dataset_creation())
            guard let space, let plan, unsafe H5Pset_chunk(plan.raw, 2, [2, 3]) >= 0, H5Pset_nbit(plan.raw) >= 0,
                let set = HDF5Object(
                    unsafe H5Dcreate2(file.raw, "weight", h5x_stored_int8(), space.raw, 0, plan.raw, 0))
            else { return }
            _ = unsafe H5Dwrite(set.raw, h5x_native_int8(), 0, 0, 0, [1, 2, 3, 4, 5, 6] as [Int8])
        }
        #expect(
            message == """
                m.nir: "weight" cannot be read: its data went through filter 5 (nbit), expected gzip, shuffle, fletcher32, LZF, \
                Blosc, LZ4, Zstandard or ECF
                """)
    }
}
