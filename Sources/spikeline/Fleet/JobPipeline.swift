import SpikeFleet
import SpikePipeline
import SpikeSignals
import SpikeSinks

/// A pipeline that came over the network, run over one recording for its records.
///
/// Such a pipeline may compute and nothing else: no sink but `jsonl` on standard output, whose records become those of the
/// job, no source but a file, and no file that a stage would write.
enum JobPipeline {
    /// The most records that a job may make.
    static let mostRecords = 1_000_000

    /// Runs `job` over the recording at `path`.
    static func run(_ job: Job, over path: String) throws(SpikelineError) -> [JSONValue] {
        let records = Collected()
        let overrides = PipelineOverrides(settings: job.settings, input: path)
        do {
            let pipeline = try check(job, overrides: overrides, catalogue: .collecting(into: records))
            _ = try pipeline.makeGraph().run()
        } catch let error as SpikelineError {
            throw error
        } catch let errors as PipelineErrors {
            throw SpikelineError("\(errors)", at: job.pipelinePath, cause: errors.cause)
        } catch {
            throw SpikelineError("\(error)", at: job.pipelinePath, cause: .defect)
        }
        return records.all
    }

    /// Checks what a submitter is about to send.
    static func check(_ job: Job) throws {
        _ = try check(job, overrides: PipelineOverrides(settings: job.settings, input: job.file), catalogue: .standard)
    }

    private static func check(_ job: Job, overrides: PipelineOverrides, catalogue: Catalogue) throws -> Pipeline {
        // Checking reads the models that are named; nothing is made or written before the stages have been looked at.
        let pipeline = try Pipeline.parse(
            job.pipeline, path: job.pipelinePath, catalogue: catalogue, overrides: overrides)
        for stage in pipeline.stages {
            let type = stage.descriptor.type
            let isFit =
                switch stage.descriptor.role {
                case .source: ["audio_file", "event_file"].contains(type)
                case .transform: stage.options["state"] == nil
                case .sink:
                    type == JSONLinesSink.descriptor.type && stage.options.string("path") ?? "-" == "-"
                        && stage.options["queue_file"] == nil && stage.options["when_unavailable"] == nil
                }
            guard isFit else {
                throw SpikelineError(
                    "a job's pipeline reads one file and gives its records to jsonl on standard output, found stage "
                        + "\"\(stage.name)\" of type \(type)" + (stage.options["state"] == nil ? "" : " with a state"),
                    at: job.pipelinePath, hint: "Run such a pipeline with spikeline run")
            }
        }
        return pipeline
    }

    /// The records of one job.
    // Unchecked: the pipeline's thread alone uses it, and it is read after the run.
    fileprivate final class Collected: @unchecked Sendable {
        var all: [JSONValue] = []
    }

    /// Keeps records in place of printing them.
    fileprivate final class Collector: Sink {
        private let collected: Collected

        init(_ collected: Collected) { self.collected = collected }

        func consume(_ input: RecordBatch) throws(SpikelineError) {
            guard collected.all.count + input.records.count <= JobPipeline.mostRecords else {
                throw SpikelineError("the job makes more than \(JobPipeline.mostRecords) records")
            }
            for record in input.records { collected.all.append(record.jsonValue) }
        }
    }
}

extension Catalogue {
    /// The standard catalogue, with records kept in `collected` in place of being printed.
    fileprivate static func collecting(into collected: JobPipeline.Collected) -> Catalogue {
        let lines = JSONLinesSink.descriptor
        let kept = StageDescriptor(
            type: lines.type, role: lines.role, input: lines.input, output: lines.output, summary: lines.summary,
            options: lines.options,
            make: { (_, _) throws(SpikelineError) in .sink(AnySink(JobPipeline.Collector(collected))) })
        return Catalogue(Array(Catalogue.standard.descriptors.values) + [kept])
    }
}
