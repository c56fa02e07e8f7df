import ArgumentParser
import SpikeSensors
import SpikeSignals

/// `spikeline inspect`.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Tell what is in an event recording.")
    @Argument(help: "The recording.")
    var file: String
    @Option var threads = 1
    func run() throws {
        var options = EventFileReader.Options()
        options.threads = threads
        let t0 = Progress.now()
        let reader = try EventFileReader(path: file, options: options)
        let batch = EventBatch()
        var n = 0, on = 0, sx = 0, sy = 0
        var st: Int64 = 0
        var first: (Int64, PixelEvent)?
        var last: (Int64, PixelEvent)?
        while try reader.read(into: batch) {
            if first == nil { first = (batch.time(of: batch[0]), batch[0]) }
            last = (batch.time(of: batch[batch.count - 1]), batch[batch.count - 1])
            n += batch.count
            if threads < 100 {
                for e in batch {
                    on += e.isOn ? 1 : 0
                    sx += Int(e.x)
                    sy += Int(e.y)
                    st &+= batch.time(of: e)
                }
            }
            batch.removeAll()
        }
        let dt = Progress.now() - t0
        Console.print("\(reader.format) \(reader.size.map { "\($0)" } ?? "?") n=\(n) on=\(on) st=\(st) sx=\(sx) sy=\(sy)")
        if let first, let last { Console.print("first \(first.0) \(first.1.x) \(first.1.y) \(first.1.isOn) last \(last.0) \(last.1.x) \(last.1.y) \(last.1.isOn)") }
        Console.print("\(dt) \(reader.log.damage) \(EventTally.Item.allCases.map { "\($0.name)=\(reader.log.tally[$0])" })")
    }
}
