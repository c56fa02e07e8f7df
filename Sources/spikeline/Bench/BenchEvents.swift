import SpikeSignals

/// Events to measure with: bars that move over a sensor of 1280 x 720 at ten million events a second, and noise.
///
/// Six bars, 400 rows high and 40 columns wide, move to the right; their front is brighter, their back darker, and a
/// sensor reads them row by row. Every fifth event is noise anywhere on the sensor.
final class BenchEvents {
    /// Columns and rows.
    static let (width, height) = (1_280, 720)
    private static let bars = 6

    /// The stream, 64 full batches.
    let batches: [EventBatch]
    /// How long the stream is in microseconds.
    let duration: Int64

    /// The same events each time.
    init() {
        var random = BenchNetwork.Random()
        var place = (column: 0, row: 0, edge: 0)
        var ticks: Int64 = 0
        batches = (0..<64).map { _ in
            let batch = EventBatch()
            (batch.width, batch.height) = (BenchEvents.width, BenchEvents.height)
            while !batch.isFull {
                ticks += 1
                let event = random.next() % 5 == 0 ? BenchEvents.noise(&random) : BenchEvents.next(&place)
                _ = batch.append(time: ticks / 10, x: event.x, y: event.y, isOn: event.isOn)
            }
            return batch
        }
        duration = ticks / 10 + 1
    }

    /// How many events there are.
    var count: Int { batches.count * EventBatch.capacity }

    /// Moves the stream to `round` times its length, so that time goes on when it is used again.
    func move(toRound round: Int) {
        for batch in batches { batch.timeBase = batch.timeBase % duration + Int64(round) * duration }
    }

    private static func noise(_ random: inout BenchNetwork.Random) -> PixelEvent {
        let (x, y) = (random.next() % UInt64(width), random.next() % UInt64(height))
        return PixelEvent(offset: 0, x: UInt16(x), y: UInt16(y), isOn: random.next() & 1 == 0)
    }

    /// The next edge of the row, then the next row, then one column further.
    private static func next(_ place: inout (column: Int, row: Int, edge: Int)) -> PixelEvent {
        let isFront = place.edge & 1 == 1
        let x = (place.column + place.edge / 2 * width / bars + (isFront ? 40 : 0)) % width
        let event = PixelEvent(offset: 0, x: UInt16(x), y: UInt16(150 + place.row), isOn: isFront)
        place.edge += 1
        if place.edge == 2 * bars { (place.edge, place.row) = (0, place.row + 1) }
        if place.row == 400 { (place.row, place.column) = (0, place.column + 1) }
        return event
    }
}
