import SpikeSignals

extension EventDatagramSource {
    /// The stage `event_udp` of pipelines.
    public static let descriptor = StageDescriptor(
        type: "event_udp", role: .source, output: .events,
        summary: "Receives events of a camera as UDP datagrams (SPIF as of AEStream, jAER, faery).",
        options: [
            OptionSpec(
                "listen", .string,
                help:
                    "Where to listen, as host:port; other machines are heard with 0.0.0.0:port. Default: 127.0.0.1:3333."
            ),
            OptionSpec(
                "layout", .choice(EventDatagramFormat.allCases.map(\.rawValue)),
                help: "How events stand in a datagram. Default: spif."),
        ] + LiveOptions.size + [
            OptionSpec(
                "chip", .choice(JAERChip.allCases.map(\.rawValue)),
                help: "jaer: the chip that the addresses are of. Default: dvs128."),
            OptionSpec(
                "sequence_numbers", .bool, help: "jaer: whether a datagram begins with its number. Default: true."),
            OptionSpec(
                "address_bits", .choice(["16", "32"]), help: "jaer: the length of an address. Default: \"32\"."),
            OptionSpec("timestamps", .bool, help: "jaer: whether events say their time. Default: true."),
            OptionSpec("timestamp_first", .bool, help: "jaer: whether the time is before the address. Default: false."),
            OptionSpec("swap_bytes", .bool, help: "jaer: whether the lowest byte comes first. Default: false."),
            OptionSpec(
                "receive_buffer_kb", .integer(4...1_048_576),
                help: "The kernel's buffer in units of 1024 bytes, as far as the system grants it. Default: 4096."),
        ] + LiveOptions.pace,
        make: { (options, context) throws(SpikelineError) in
            let text = options.string("listen") ?? "127.0.0.1:3333"
            let addresses = try SocketAddress.resolve(text, option: "listen")
            guard let address = addresses.first, address.path == nil else {
                throw SpikelineError(
                    "\"listen\" expects host:port, found \"\(text)\"", at: text, hint: "As in 127.0.0.1:3333")
            }
            return .source(
                AnySource(
                    try EventDatagramSource(
                        address, parameters: Parameters(options, stage: context.stage),
                        notice: LiveNotices.standardError(stage: context.stage))))
        })
}

extension EventDatagramSource.Parameters {
    /// The parameters that `options` give, and the defaults for the rest.
    init(_ options: Options, stage: String) throws(SpikelineError) {
        self.init()
        layout = options.string("layout").flatMap(EventDatagramFormat.init(rawValue:)) ?? layout
        size = try LiveOptions.size(options, at: stage)
        receiveBufferBytes = options.integer("receive_buffer_kb").map { $0 << 10 } ?? receiveBufferBytes
        maxLatencyMs = options.integer("max_latency_ms") ?? maxLatencyMs
        quietLagMs = options.integer("quiet_lag_ms") ?? quietLagMs
        stalledAfterMs = options.integer("stalled_after_ms") ?? stalledAfterMs
        jaer = JAERLayout.Settings(options)
        let own = ["chip", "sequence_numbers", "address_bits", "timestamps", "timestamp_first", "swap_bytes"]
        if layout != .jaer, let name = own.first(where: { options[$0] != nil }) {
            throw SpikelineError("\"\(name)\" is for layout jaer, but the layout is \(layout.rawValue)", at: stage)
        }
        guard jaer.addressBytes == 4 || jaer.chip == .dvs128 else {
            throw SpikelineError(
                "addresses of 16 bits are understood of a dvs128 only, found chip \(jaer.chip.rawValue)", at: stage)
        }
    }
}

extension JAERLayout.Settings {
    /// The settings that `options` give, and jAER's defaults for the rest.
    init(_ options: Options) {
        self.init()
        chip = options.string("chip").flatMap(JAERChip.init(rawValue:)) ?? chip
        hasNumbers = options.bool("sequence_numbers") ?? hasNumbers
        addressBytes = options.string("address_bits") == "16" ? 2 : 4
        hasTimes = options.bool("timestamps") ?? hasTimes
        isTimeFirst = options.bool("timestamp_first") ?? isTimeFirst
        isLowestByteFirst = options.bool("swap_bytes") ?? isLowestByteFirst
    }
}
