import SpikePipeline
import SpikeSignals

/// The metrics of a pipeline in the text format of Prometheus, version 0.0.4.
struct Metrics {
    /// Published energies of one synaptic operation, in picojoules.
    static let energies: [(hardware: String, picojoules: Double, source: String)] = [
        ("loihi", 23.6, "Davies et al., IEEE Micro 38(1), 2018, simulated, a minimum"),
        ("truenorth", 26, "Merolla et al., Science 345, 2014, whole chip at 20 Hz"),
    ]

    private var out = PrometheusText()

    /// All metrics of what `view` and `server` have counted.
    static func text(of view: LiveView, server: PageServer.Counts) -> String {
        var metrics = Metrics()
        metrics.write(view.now, pipeline: view.name)
        metrics.write(server)
        return metrics.out.text
    }

    private mutating func write(_ state: LiveView.State, pipeline: String) {
        let summary = state.summary
        head("spikeline_up", "gauge", "1 while the pipeline runs.")
        value("spikeline_up", [("pipeline", pipeline)], state.hasEnded ? 0 : 1)
        head("spikeline_stream_seconds_total", "counter", "Stream time that the sources have delivered.")
        value("spikeline_stream_seconds_total", [], summary.streamSeconds)
        head("process_cpu_seconds_total", "counter", "Processor time of the process during the run.")
        value("process_cpu_seconds_total", [], summary.processorSeconds)
        head("spikeline_peak_resident_bytes", "gauge", "The largest resident memory so far.")
        value("spikeline_peak_resident_bytes", [], ProcessClock.peakResidentMegabytes() * 1e6)
        stages(
            summary, "spikeline_stage_items_in_total", "Items (samples, events, ticks, records) that a stage has taken."
        ) { Double($0.itemsIn) }
        stages(summary, "spikeline_stage_items_out_total", "Items that a stage has made.") { Double($0.itemsOut) }
        stages(summary, "spikeline_stage_dropped_total", "Items lost since the pipeline did not keep up.") {
            Double($0.dropped)
        }
        stages(summary, "spikeline_stage_seconds_total", "Time in a stage; a live source waits in it.") {
            Double($0.nanoseconds) / 1e9
        }
        head("spikeline_stage_count", "gauge", "What a stage counts besides: overruns, waiting records, spikes.")
        for stage in summary.stages {
            for count in stage.counters {
                value("spikeline_stage_count", [("stage", stage.name), ("name", count.name)], Double(count.value))
            }
        }
        head("spikeline_records_total", "counter", "Records, by kind.")
        for (kind, count) in state.recordCounts.sorted(by: { $0.key < $1.key }) {
            value("spikeline_records_total", [("kind", kind)], Double(count))
        }
        energy(summary)
        histogram(
            state.detection, "spikeline_capture_to_record_seconds",
            "From the capture of the sample at which something was detected to its record.")
        histogram(
            state.ending, "spikeline_end_to_record_seconds",
            "From the end of the word or gesture to its record.")
    }

    private mutating func energy(_ summary: RunSummary) {
        let operations = summary.stages.flatMap(\.counters).filter { $0.name == "synaptic_operations" }
            .reduce(0) { $0 + $1.value }
        guard operations > 0 else { return }
        let name = "spikeline_estimated_synaptic_joules_total"
        head(
            name, "counter", "Synaptic operations times a published energy for one on that chip; nothing else is in it."
        )
        for (hardware, picojoules, source) in Metrics.energies {
            value(name, [("hardware", hardware), ("source", source)], Double(operations) * picojoules * 1e-12)
        }
    }

    private mutating func write(_ server: PageServer.Counts) {
        head("spikeline_page_clients", "gauge", "Clients that are connected.")
        value("spikeline_page_clients", [], Double(server.clients))
        head("spikeline_page_requests_total", "counter", "Requests, by what became of them.")
        for (outcome, count) in [
            ("answered", server.answered), ("refused", server.refused), ("malformed", server.malformed),
            ("slow", server.slow), ("turned_away", server.turnedAway),
        ] { value("spikeline_page_requests_total", [("outcome", outcome)], Double(count)) }
    }

    private mutating func stages(
        _ summary: RunSummary, _ name: String, _ help: String, _ number: (StageCounts) -> Double
    ) {
        head(name, "counter", help)
        for stage in summary.stages { value(name, [("stage", stage.name)], number(stage.counts)) }
    }

    private mutating func histogram(_ histogram: LatencyHistogram, _ name: String, _ help: String) {
        head(name, "histogram", help)
        for bound in LatencyHistogram.bounds {
            let label = JSONValue.decimal(Double(bound) / 1_000, decimals: 3) ?? ""
            value(name + "_bucket", [("le", label)], Double(histogram.count(within: bound)))
        }
        value(name + "_bucket", [("le", "+Inf")], Double(histogram.count))
        value(name + "_sum", [], histogram.seconds)
        value(name + "_count", [], Double(histogram.count))
    }

    private mutating func head(_ name: String, _ type: String, _ help: String) { out.head(name, type, help) }

    private mutating func value(_ name: String, _ labels: [(String, String)], _ number: Double) {
        out.value(name, labels, number)
    }
}
