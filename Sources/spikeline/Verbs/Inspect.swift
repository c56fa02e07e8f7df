import ArgumentParser
import SpikeSensors
import SpikeSignals

/// `spikeline inspect`.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what is in an event recording.",
        discussion: """
            Reads AEDAT 2.0, 3.1 and 4, Prophesee RAW (EVT 2.0, 2.1, 3.0) and DAT, Event Stream, N-MNIST, text and HDF5, \
            by the content. The origin of rows is at the top in all of them.
            """)

    @OptionGroup var input: RecordingOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let reader = try input.open()
        var statistics = EventStatistics(size: reader.size)
        let batch = EventBatch()
        while try reader.read(into: batch) {
            statistics.add(batch)
            batch.removeAll()
        }
        let summary = RecordingSummary(reader: reader, statistics: statistics)
        Console.print(json ? summary.jsonValue.text : summary.text)
    }
}
