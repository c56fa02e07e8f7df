import SpikeSignals

/// How far the attendance to a sensor has come, so that another worker goes on from there.
///
/// ```
/// magic, fingerprint of the pipeline | output run | records made | position in the stream | run | run before | next number
///   | is a pipeline running | its state                                                            | checksum
/// ```
/// A checkpoint says: after everything up to `position` (and, of run `run`, up to `next` - 1) so many records have been
/// made, and the stages know this. What follows from the stream behind it is the same for everybody, so it does not matter
/// how old a checkpoint is, or who wrote it.
struct SensorCheckpoint: Hashable {
    private static let magic: UInt64 = 0x314E_4553_4C4B_5053  // "SPKLSEN1"

    /// The run under which the sensor's records are numbered; drawn at random with the first checkpoint.
    var outputRun: UInt64
    /// How many records have been made since then.
    var made: UInt64 = 0
    var position: UInt64 = 0
    var run: UInt64 = 0
    var runBefore: UInt64 = 0
    var next: UInt64 = 1
    /// The state of the pipeline; nil while none runs: before the first message, or after the end of a run.
    var pipeline: [UInt8]?

    init(outputRun: UInt64) { self.outputRun = outputRun }

    /// The checkpoint as bytes, for a pipeline with that fingerprint.
    func bytes(fingerprint: UInt64) -> [UInt8] {
        Snapshot.seal(SensorCheckpoint.magic, fingerprint) { writer in
            for number in [outputRun, made, position, run, runBefore, next] { writer.append(number) }
            writer.append(UInt8(pipeline == nil ? 0 : 1))
            writer.append(pipeline ?? [])
        }
    }

    /// Reads a checkpoint from bytes that may be anything.
    init(_ bytes: [UInt8], fingerprint: UInt64, at place: String) throws(SpikelineError) {
        var reader = try Snapshot.open(
            bytes, magic: SensorCheckpoint.magic, fingerprint: fingerprint, at: place)
        var numbers: [UInt64] = []
        for _ in 0..<6 {
            guard let number = reader.integer(UInt64.self) else { throw Snapshot.damaged(at: place) }
            numbers.append(number)
        }
        guard let runs = reader.integer(UInt8.self), runs <= 1,
            let state = reader.list(limit: bytes.count, of: UInt8.self), reader.isAtEnd,
            [1, 2, 5].allSatisfy({ numbers[$0] <= 1 << 62 }), numbers[5] > 0
        else { throw Snapshot.damaged(at: place) }
        self.init(outputRun: numbers[0])
        (made, position, run, runBefore, next) = (numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
        pipeline = runs == 1 ? state : nil
    }
}
