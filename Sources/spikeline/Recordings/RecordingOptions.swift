import ArgumentParser
import SpikePipeline
import SpikeSensors
import SpikeSignals

/// How a recording is named and read, on the command line.
struct RecordingOptions: ParsableArguments {
    @Argument(help: "The recording; \"-\" is standard input.")
    var file: String
    @Option(help: "Its format. Default: by its content.")
    var format: EventFileFormat?
    @Option(help: "The size of the sensor where the file does not say it, as 640x480.")
    var size: SizeArgument?
    @Option(help: "The columns of a text, as t,x,y,p. Default: by its header or content.")
    var columns: String?
    @Flag(help: "Stop with an error at the first damage, step back in time, or event outside the sensor.")
    var strict = false
    @Flag(help: "Wait for more at the end of the file, until Ctrl-C.")
    var follow = false
    @Option(help: "With --follow: give up after so many milliseconds without more.")
    var idleMs: Int64?
    @Flag(help: "Add the time offset that a file gives apart (DSEC's t_offset, faery's t0).")
    var addTimeOffset = false
    @Option(help: "Threads that decompress packets of AEDAT 4.")
    var threads = 1

    func validate() throws {
        if idleMs != nil, !follow { throw ValidationError("--idle-ms needs --follow.") }
        if let idleMs, idleMs < 0 { throw ValidationError("--idle-ms expects 0 or more, found \(idleMs).") }
        if !(1...64).contains(threads) { throw ValidationError("--threads expects 1 to 64, found \(threads).") }
    }

    /// Opens the recording.
    func open() throws(SpikelineError) -> EventFileReader {
        var options = EventFileReader.Options()
        options.format = format
        options.size = size?.size
        options.isStrict = strict
        options.threads = threads
        options.follows = follow
        options.idleMilliseconds = idleMs
        options.columns = columns
        options.addsTimeOffset = addTimeOffset
        if follow {
            let stop = Interruption.stop()
            options.isStopped = { stop.isRequested }
        }
        return try EventFileReader(path: file, options: options)
    }
}

/// A size as `640x480`.
struct SizeArgument: ExpressibleByArgument {
    let size: SensorSize

    init?(argument: String) {
        let parts = argument.lowercased().split(separator: "x").map { Int($0) }
        guard parts.count == 2, let width = parts[0], let height = parts[1],
            let size = SensorSize(width: width, height: height)
        else { return nil }
        self.size = size
    }
}

extension EventFileFormat: ExpressibleByArgument {}

/// Says on standard error what was wrong with a recording.
enum RecordingReport {
    /// Tells damage and oddities; nothing if `isStrict`, since then the first of them was an error.
    static func complain(_ reader: EventFileReader, isStrict: Bool) {
        guard !isStrict else { return }
        for damage in reader.log.damage.prefix(10) { Console.error("\(reader.name): \(damage)") }
        let more = reader.log.tally[.damage] - min(10, reader.log.damage.count)
        if more > 0 { Console.error("\(reader.name): and \(more) further damaged places") }
        let odd: [EventTally.Item] = [.timeStepsBack, .outsideSensor, .eventsBeforeTimeBase, .invalidEvents]
        for item in odd where reader.log.tally[item] > 0 {
            let what = item.name.split(separator: "_").joined(separator: " ")
            Console.error("\(reader.name): \(what): \(reader.log.tally[item])")
        }
    }
}
