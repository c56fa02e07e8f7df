import SpikeSignals

/// The header of an Event Stream file (neuromorphic-paris, "Event Stream" 2.0):
///
/// ```
/// "Event Stream" major(1) minor(1) patch(1) kind(1) [width(2) height(2)]
/// ```
/// Kinds: 0 generic, 1 dvs, 2 atis, 4 color. Only dvs files hold events of the kind read here.
struct EventStreamHeader {
    /// The size of the sensor.
    let size: SensorSize?
    /// The version.
    let version: [UInt8]

    static let magic: StaticString = "Event Stream"

    /// Reads the header at the start of `input`.
    init(_ input: EventInput) throws(SpikelineError) {
        guard try input.fill(16) else {
            throw SpikelineError("the file ends inside its header, at byte \(input.count)", at: input.name)
        }
        let window = input.window
        version = window.bytes(12..<15)
        guard version[0] == 2 else {
            throw SpikelineError("expected version 2 of Event Stream, found \(version[0])", at: input.name)
        }
        let kinds: [UInt8: String] = [0: "generic", 2: "atis", 3: "asynchronous modular display", 4: "color"]
        let kind = window.byte(15)
        guard kind == 1 else {
            throw SpikelineError(
                "expected an Event Stream of kind dvs, found \(kinds[kind] ?? "kind \(kind)")", at: input.name,
                hint: "Only dvs streams hold events of the kind read here")
        }
        guard try input.fill(20) else {
            throw SpikelineError("the file ends inside its header, at byte \(input.count)", at: input.name)
        }
        size = SensorSize(
            width: Int(input.window.number(16, as: UInt16.self)), height: Int(input.window.number(18, as: UInt16.self)))
        input.consume(20)
    }
}
