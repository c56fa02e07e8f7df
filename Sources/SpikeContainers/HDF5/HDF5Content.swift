/// What an HDF5 file holds, as a tree of values.
package indirect enum HDF5Content {
    /// A group with its children.
    case group([(name: String, content: HDF5Content)])
    /// 8-bit whole numbers, row-major.
    case int8([Int8], dimensions: [Int])
    /// A list of 32-bit whole numbers.
    case int32([Int32])
    /// 64-bit whole numbers, row-major; a list if no dimensions are given, one number if there are none.
    case int64([Int64], dimensions: [Int]? = nil)
    /// Numbers of single precision, row-major; a list if no dimensions are given.
    case float32([Float], dimensions: [Int]? = nil)
    /// Texts of one common width, row-major; one text if there are no dimensions.
    case texts([String], dimensions: [Int])

    /// One text.
    package static func text(_ text: String) -> HDF5Content { .texts([text], dimensions: []) }
}
