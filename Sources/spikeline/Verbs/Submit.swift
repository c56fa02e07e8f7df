import ArgumentParser
import SpikeFleet
import SpikeSignals

/// `spikeline submit`.
struct Submit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put recordings on the queue of a fleet of workers.",
        discussion: """
            Each recording becomes a job with the pipeline. Workers (spikeline work) read it by the same path, or from the \
            server with --upload. What was interrupted can be submitted again with the same --batch and files: no job is \
            put there twice. The name of the batch is printed.
            """)

    @OptionGroup var fleet: FleetOptions
    @Argument(help: "The recordings.")
    var files: [String]
    @Option(help: "The pipeline file (.yaml): one source, and jsonl on standard output as its only sink.")
    var pipeline: String
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change an option of a stage; may be given several times.", valueName: "stage.key=value"))
    var settings: [String] = []
    @Option(help: "The name of the batch. Default: drawn at random.")
    var batch: String?
    @Flag(help: "Send the recordings along, for workers that do not share the folder.")
    var upload = false
    @Option(help: "The largest recording that is sent along, in MiB.")
    var largestMb = 256
    @Option(help: "How many jobs may wait, if the queue does not exist yet. Default: any number.")
    var mostWaiting: Int?
    @Option(help: "After how many silent seconds a job goes to another worker, if the queue does not exist yet.")
    var answer = 30.0
    @Option(help: "How many servers of a cluster keep each stream, if they do not exist yet: 1, 3 or 5.")
    var replicas = 1

    func validate() throws {
        guard [1, 3, 5].contains(replicas) else { throw ValidationError("--replicas expects 1, 3 or 5.") }
        guard (0.5...3_600).contains(answer) else { throw ValidationError("--answer expects 0.5 to 3600.") }
        guard (1...4_096).contains(largestMb) else { throw ValidationError("--largest-mb expects 1 to 4096.") }
        if let mostWaiting, mostWaiting < 1 { throw ValidationError("--most-waiting expects 1 or more.") }
        guard settings.count <= 100 else { throw ValidationError("--set may be given 100 times.") }
    }

    func run() throws {
        let batch = batch ?? String(UInt64.random(in: .min ... .max), radix: 36)
        let text = try TextInput.read(pipeline, limit: Job.largestPipeline)
        let place = Folders.absolute(pipeline)
        let jobs = files.enumerated().map { index, file in
            Job(
                batch: batch, index: index + 1, file: Folders.absolute(file), pipeline: text, pipelinePath: place,
                settings: settings)
        }
        // All that can be wrong is told before anything is sent.
        if let first = jobs.first {
            _ = try Job(Array(first.jsonValue.text.utf8))
            try JobPipeline.check(first)
        }
        for job in jobs { _ = try size(of: job.file) }
        var limits = Fleet.Limits()
        (limits.waitingJobs, limits.replicas, limits.answerSeconds) = (mostWaiting, replicas, answer)
        let submitter = try JobSubmitter(try fleet.connect(as: "submit"), fleet: try fleet.named(), limits: limits)
        var (added, there) = (0, 0)
        for var job in jobs {
            do throws(SpikelineError) {
                if upload {
                    job.upload = try submitter.upload(try TextInput.bytes(job.file, limit: largestMb << 20))
                }
                if try submitter.submit(job) { added += 1 } else { there += 1 }
            } catch {
                Console.error(
                    "\(added + there) of \(jobs.count) jobs are on the queue; submit again with --batch \(batch)")
                throw error
            }
        }
        try submitter.close(batch: batch, count: jobs.count)
        Console.error("submitted \(added) jobs" + (there > 0 ? ", \(there) were there already" : ""))
        Console.print(batch)
    }

    private func size(of file: String) throws(SpikelineError) -> Int {
        let size = try RecordingSize.bytes(of: file)
        if upload, size > largestMb << 20 {
            throw SpikelineError(
                "the recording has \(size) bytes, expected at most \(largestMb << 20)", at: file,
                hint: "Raise --largest-mb here and at the workers, or leave out --upload and share the folder")
        }
        return size
    }
}
