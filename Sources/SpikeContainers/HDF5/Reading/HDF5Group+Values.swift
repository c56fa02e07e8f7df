import SpikeSignals

extension HDF5Group {
    /// Reads the child `name`, numbers of any type, row-major, and their shape.
    ///
    /// More than `limit` numbers are refused before anything is allocated. Whole numbers beyond 2^53 are rounded.
    package func numbers(
        _ name: String, atMost limit: Int
    ) throws(SpikelineError) -> (values: [Double], dimensions: [Int]) {
        let set = try dataset(name)
        let path = path(of: name)
        try check(set.dimensions, atMost: limit, path)
        let data = try file.reading(path) { () throws(ContainerDamage) in try set.bytes() }
        func values<Element: HDF5Readable>(_: Element.Type, _ number: (Element) -> Double) -> [Double] {
            let width = MemoryLayout<Element>.size
            return stride(from: data.startIndex, to: data.endIndex, by: width).map {
                number(Element(littleEndian: data[$0..<($0 + width)]))
            }
        }
        let found: [Double]
        switch set.type {
        case .float(bytes: 4): found = values(UInt32.self) { Double(Float(bitPattern: $0)) }
        case .float(bytes: 8): found = values(UInt64.self) { Double(bitPattern: $0) }
        case .integer(bytes: 1, isSigned: true): found = values(Int8.self) { Double($0) }
        case .integer(bytes: 4, isSigned: true): found = values(Int32.self) { Double($0) }
        case .integer(bytes: 8, isSigned: true): found = values(Int64.self) { Double($0) }
        default: throw file.failure(path, "holds \(set.type.words), expected numbers")
        }
        return (found, set.dimensions)
    }

    /// Reads the child `name`, texts of fixed or variable length, row-major, and their shape.
    ///
    /// More than `limit` texts, or longer ones than 1,024 bytes, are refused.
    package func texts(
        _ name: String, atMost limit: Int
    ) throws(SpikelineError) -> (values: [String], dimensions: [Int]) {
        let set = try dataset(name)
        let path = path(of: name)
        try check(set.dimensions, atMost: limit, path)
        if set.dimensions.contains(0) { return ([], set.dimensions) }
        guard set.type.isText, let width = set.type.bytes, (1...1_024).contains(width) else {
            throw file.failure(path, "holds \(set.type.words), expected texts of at most 1,024 bytes")
        }
        let values = try file.reading(path) { () throws(ContainerDamage) in
            let data = try set.bytes()
            var values: [String] = []
            for start in stride(from: data.startIndex, to: data.endIndex, by: width) {
                values.append(
                    try HDF5Text.text(data[start..<(start + width)], set.type, in: file, limit: 1_024))
            }
            return values
        }
        return (values, set.dimensions)
    }

    private func check(_ dimensions: [Int], atMost limit: Int, _ path: String) throws(SpikelineError) {
        var count = 1
        for size in dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= limit else {
                throw file.failure(path, "has shape \(shapeText(dimensions)), expected at most \(limit) values")
            }
            count = product
        }
    }
}

extension UInt64: HDF5Readable {}
