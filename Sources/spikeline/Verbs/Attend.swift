import ArgumentParser
import SpikeFleet
import SpikePipeline
import SpikeServices
import SpikeSignals

/// `spikeline attend`.
struct Attend: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Attend to the live sensors of a fleet until told to end.",
        discussion: """
            The pipeline reads a live stream of every sensor (type nats, sensor "*") and gives records. Each sensor is \
            attended to by one worker at a time; workers that run the same pipeline share the sensors. One that is killed \
            has lost them to the others after the lease's time, which go on from the last checkpoint without a lost or \
            doubled record. SIGTERM and Ctrl-C give the sensors back at once.
            """)

    @OptionGroup var numbers: MetricsOptions
    @Argument(help: "The pipeline file (.yaml).", completion: .file(extensions: ["yaml"]))
    var pipeline: String
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change an option of a stage; may be given several times.", valueName: "stage.key=value"))
    var settings: [String] = []
    @Option(help: "After how many silent seconds a worker has lost its sensors.")
    var lease = 10.0
    @Option(help: "How often the state of each sensor is written, in seconds.")
    var checkpoint = 5.0
    @Option(help: "How many servers of a cluster keep the states, if the bucket does not exist yet: 1, 3 or 5.")
    var replicas = 1
    @Flag(help: "Throw away the states of sensors that belong to another pipeline or model.")
    var fresh = false
    @Option(help: "End when no message has come for so many seconds. Default: never.")
    var endAfterQuiet: Double?

    func validate() throws {
        guard (0.5...3_600).contains(lease) else { throw ValidationError("--lease expects 0.5 to 3600.") }
        guard (0.1...3_600).contains(checkpoint) else { throw ValidationError("--checkpoint expects 0.1 to 3600.") }
        guard [1, 3, 5].contains(replicas) else { throw ValidationError("--replicas expects 1, 3 or 5.") }
        if let endAfterQuiet, !(0.1...1e9).contains(endAfterQuiet) {
            throw ValidationError("--end-after-quiet expects 0.1 or more.")
        }
    }

    func run() throws {
        let stop = Interruption.stop()
        let live = try LivePipeline(path: pipeline, settings: settings)
        var options = Attendant.Options()
        (options.leaseSeconds, options.checkpointSeconds) = (lease, checkpoint)
        (options.isFresh, options.quietSeconds, options.replicas) = (fresh, endAfterQuiet, replicas)
        let attendant = try Attendant(
            live.stage, pipeline: live.name, output: live.output, options: options,
            notice: { Console.error("attend: \($0)") }, make: { try live.make() })
        let board = AttendantBoard()
        let server = try numbers.serve(.init(board, name: attendant.name), for: "attend")
        defer { server?.stop() }
        Console.error("attend: \(attendant.name) is ready")
        defer {
            let counts = attendant.counts
            Console.error(
                "attend: \(counts.messages) messages, \(counts.bytes) bytes, \(counts.records) records, \(counts.known) known "
                    + "already, \(counts.takenOver) sensors taken over, \(counts.checkpoints) checkpoints, \(counts.lost) "
                    + "messages lost, \(counts.repeated) repeated, \(counts.refused) refused")
        }
        try attendant.attend(until: { stop.isRequested }, tick: board.note)
    }
}
