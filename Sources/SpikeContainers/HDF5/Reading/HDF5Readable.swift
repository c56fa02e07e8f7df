/// A number type that can be read.
package protocol HDF5Readable {
    /// The type in the file.
    static var hdf5Type: HDF5Type { get }
    /// The number with these bytes, lowest first.
    init(littleEndian bytes: ArraySlice<UInt8>)
}

extension HDF5Readable where Self: FixedWidthInteger {
    package static var hdf5Type: HDF5Type { .integer(bytes: Self.bitWidth / 8, isSigned: Self.isSigned) }

    package init(littleEndian bytes: ArraySlice<UInt8>) {
        self = bytes.reversed().reduce(0) { ($0 << 8) | Self(truncatingIfNeeded: $1) }
    }
}

extension Int8: HDF5Readable {
    package init(littleEndian bytes: ArraySlice<UInt8>) { self = Int8(bitPattern: bytes.first ?? 0) }
}
extension Int32: HDF5Readable {}
extension Int64: HDF5Readable {}
extension UInt32: HDF5Readable {}
extension Float: HDF5Readable {
    package static var hdf5Type: HDF5Type { .float(bytes: 4) }
    package init(littleEndian bytes: ArraySlice<UInt8>) { self.init(bitPattern: UInt32(littleEndian: bytes)) }
}

/// A shape as people write it: `128 x 40`.
func shapeText(_ dimensions: [Int]) -> String {
    dimensions.isEmpty ? "one value" : dimensions.map(String.init).joined(separator: " x ")
}
