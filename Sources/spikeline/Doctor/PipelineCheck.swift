import SpikePipeline
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Whether a pipeline could run here, without running it.
enum PipelineCheck {
    /// What was found, and what the pipeline needs of libraries: the types of its stages, and `queue`.
    static func findings(_ path: String) -> (findings: [Finding], needs: Set<String>) {
        let subject = "pipeline \(path)"
        let pipeline: Pipeline
        do {
            pipeline = try Pipeline.load(path: path, catalogue: .standard)
            try pipeline.checkTransforms()
        } catch {
            let findings = error.diagnostics.map { diagnostic in
                Finding(
                    status: diagnostic.severity == .error ? .problem : .warning, subject: subject,
                    what: diagnostic.position.map { "line \($0.line): \(diagnostic.message)" } ?? diagnostic.message,
                    hint: "spikeline validate shows the place")
            }
            return (findings, [])
        }
        var findings = pipeline.warnings.map { Finding(status: .warning, subject: subject, what: $0.message) }
        findings.append(
            Finding(status: .ok, subject: subject, what: "\(pipeline.stages.count) stages, models are in order"))
        var needs: Set<String> = []
        for stage in pipeline.stages {
            needs.insert(stage.descriptor.type)
            if stage.options.string("when_unavailable") == "queue" { needs.insert("queue") }
            findings += Self.findings(of: stage, in: pipeline)
        }
        return (findings, needs)
    }

    private static func findings(of stage: Pipeline.Stage, in pipeline: Pipeline) -> [Finding] {
        let context = StageContext(pipeline: pipeline.name, stage: stage.name, folder: pipeline.folder)
        let subject = "stage \(stage.name)"
        var findings: [Finding] = []
        // What is written, and then read again: the options that name a file of a sink or the memory of a head.
        for name in ["path", "state"] {
            guard let value = stage.options.string(name), value != "-", !value.isEmpty else { continue }
            let path = context.resolve(path: value)
            findings.append(
                stage.descriptor.role == .source ? readable(path, subject: subject) : writable(path, subject: subject))
        }
        if stage.options.string("when_unavailable") == "queue" {
            let outbox = "\(pipeline.name)-\(stage.name).outbox"
            findings.append(
                writable(context.resolve(path: stage.options.string("queue_file") ?? outbox), subject: subject))
        }
        for name in ["ca_file", "cert_file", "key_file", "password_file"] {
            guard let value = stage.options.string(name) else { continue }
            findings.append(readable(context.resolve(path: value), subject: subject))
        }
        if let url = stage.options.string("url"), let peer = PeerCheck(url: url) {
            let place = "\(peer.host) port \(peer.port)"
            if let complaint = peer.complaint() {
                findings.append(
                    Finding(
                        status: .problem, subject: subject, what: "\(place) cannot be reached: \(complaint)",
                        hint: "Is it running, and does a firewall let us through?"))
            } else {
                findings.append(Finding(status: .ok, subject: subject, what: "\(place) takes connections"))
            }
        }
        return findings
    }

    /// Whether the file at `path` can be read.
    static func readable(_ path: String, subject: String) -> Finding {
        if unsafe access(path, R_OK) == 0 { return Finding(status: .ok, subject: subject, what: "\(path) can be read") }
        return Finding(
            status: .problem, subject: subject,
            what: unsafe "\(path) cannot be read: \(String(cString: strerror(errno)))",
            hint: "Check the name and the permissions")
    }

    /// Whether the file at `path`, and others beside it, can be written.
    static func writable(_ path: String, subject: String) -> Finding {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        for place in unsafe access(path, F_OK) == 0 ? [path, folder] : [folder] where unsafe access(place, W_OK) != 0 {
            return Finding(
                status: .problem, subject: subject,
                what: unsafe "\(place) cannot be written: \(String(cString: strerror(errno)))",
                hint: "Make the folder, or let the user write there; a service may write to /var/lib/spikeline")
        }
        return Finding(status: .ok, subject: subject, what: "\(path) can be written")
    }
}
