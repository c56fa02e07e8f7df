import SpikeContainers
import SpikeSignals

/// What an HDF5 file of events holds, and where; known by its content.
///
/// ```
/// DSEC, TUM-VIE      /events/t, x, y, p       [/t_offset] [/ms_to_idx]      t in µs
/// E2VID, event_utils /events/ts, xs, ys, ps                                ts in s (floating point) or µs
/// the same columns   at the root, or /events of records with fields of these names
/// Prophesee          /CD/events of records x, y, p, t                      t in µs; geometry "640x480" at the root
/// ```
/// Times that are whole numbers are microseconds, floating-point numbers are seconds and rounded to microseconds. An
/// event is on if its polarity is above zero, so that 0 and 1, -1 and 1, and truth values mean the same. Columns of
/// different lengths are read as far as the shortest.
///
/// `t_offset` is the time, in microseconds, of the zero of `t`. Times are delivered as they are stored unless it is asked
/// for; see ``EventFileReader/Options/addsTimeOffset``.
struct HDF5Recording {
    /// The columns.
    let columns: HDF5EventColumns
    /// The size of the sensor, if the file says it.
    let size: SensorSize?
    /// What `t_offset` says; 0 without it.
    let timeOffset: Int64
    /// How the columns are laid out, and the attributes of the root.
    let lines: [(key: String, value: String)]
    /// Where and how the file is cut off, if it is.
    let cut: (place: Int64, what: String)?

    /// Finds the events of the file behind `input`.
    init(_ input: EventInput) throws(SpikelineError) {
        guard let source = input.randomAccess() else {
            throw SpikelineError(
                "HDF5 is read here and there, which a pipe or a file that is followed does not allow", at: input.name,
                hint: "Name the finished file")
        }
        let file = HDF5File(source, name: input.name)
        cut = file.cut.map { cut in
            (Int64(cut.bytes), "the file is cut off, it has \(cut.bytes.grouped) of \(cut.of.grouped) bytes")
        }
        let root: HDF5Group
        let found: (columns: HDF5EventColumns, layout: String)
        do throws(SpikelineError) {
            root = try file.root()
            found = try HDF5Recording.columns(in: root)
        } catch {
            guard let cut else { throw error }
            throw SpikelineError("\(cut.what); \(error.what)", at: input.name, hint: "Copy it again")
        }
        columns = found.columns
        let attributes = root.attributes
        size = HDF5Recording.size(attributes)
        var offset: Int64 = 0
        if root.has("t_offset") { offset = try root.integer("t_offset") }
        timeOffset = EventBatch.sensorTimes.contains(offset) ? offset : 0
        lines =
            [("layout", found.layout)] + attributes.map { ($0.name, $0.text) }
            + (offset == 0 ? [] : [("t_offset", "\(offset)")])
    }

    /// The names of columns that belong together: time, column, row, polarity.
    private static let names = [["t", "x", "y", "p"], ["ts", "xs", "ys", "ps"]]

    private static func columns(
        in root: HDF5Group
    ) throws(SpikelineError) -> (columns: HDF5EventColumns, layout: String) {
        let inner = root.hasGroup("events") ? try root.child("events") : nil
        for group in [inner, root].compactMap({ $0 }) {
            for names in names where names.allSatisfy(group.has) {
                let path = group.path.isEmpty ? "" : "/" + group.path
                return (try HDF5EventColumns(names, in: group), "\(path)/{\(names.joined(separator: ","))}")
            }
        }
        if root.hasGroup("CD") {
            let group = try root.child("CD")
            if group.has("events") { return (try records("events", in: group), "/CD/events") }
        }
        if root.has("events"), inner == nil { return (try records("events", in: root), "/events") }
        let known = root.childNames.prefix(12).map { "\"" + $0.prefix(40) + "\"" }.joined(separator: ", ")
        throw SpikelineError(
            "the file is HDF5 without events: expected t, x, y and p in \"events\" or at the root, or records in "
                + "\"CD/events\", found \(known.isEmpty ? "nothing" : known)", at: root.file.name)
    }

    private static func records(_ name: String, in group: HDF5Group) throws(SpikelineError) -> HDF5EventColumns {
        let rows = try HDF5Rows(name, in: group)
        var fields: [String] = []
        if case .record(_, let all) = rows.type { fields = all.map(\.name) }
        guard let names = names.first(where: { $0.allSatisfy(fields.contains) }) else {
            throw SpikelineError(
                "\"\(rows.path)\" holds \(rows.type.words), expected records of t, x, y and p", at: group.file.name)
        }
        return try HDF5EventColumns(names, fieldsOf: rows)
    }

    /// `geometry` as `640x480`, `width` and `height`, or `sensor_resolution` as `480 640`.
    private static func size(_ attributes: [(name: String, text: String)]) -> SensorSize? {
        func value(_ name: String) -> String? { attributes.first { $0.name.lowercased() == name }?.text.trimmed }
        func pair(_ name: String, _ separator: Character) -> [String] {
            value(name)?.split(separator: separator).map(String.init) ?? []
        }
        let geometry = pair("geometry", "x")
        if geometry.count == 2 { return SensorSize(width: geometry[0], height: geometry[1]) }
        let resolution = pair("sensor_resolution", " ")
        if resolution.count >= 2 { return SensorSize(width: resolution[1], height: resolution[0]) }
        return SensorSize(width: value("width"), height: value("height"))
    }
}
