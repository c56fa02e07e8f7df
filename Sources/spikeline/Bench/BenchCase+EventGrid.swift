import SpikeEncoders
import SpikeSignals

extension BenchCase {
    /// The grid that makes spikes of events.
    static let eventGrid = BenchCase(
        name: "event_grid", summary: "events per second through the stage event_grid, 1280 x 720, ticks of 20 ms"
    ) { () throws(SpikelineError) in
        let events = BenchEvents()
        let stage = try EventGridStage()
        let output = SpikeBatch()
        var round = 0
        let seconds = try Stopwatch.least(of: 20) { () throws(SpikelineError) in
            events.move(toRound: round)
            round += 1
            for batch in events.batches {
                output.removeAll()
                try stage.process(batch, into: output)
                repeat { output.removeAll() } while try stage.processMore(into: output)
            }
        } _: {
        }
        return BenchResult(value: Double(events.count) / seconds.first / 1e6, unit: "M events/s")
    }
}
