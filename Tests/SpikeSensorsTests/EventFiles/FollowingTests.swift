import Glibc
import SpikeSignals
import SpikeTestSupport
import Synchronization
import Testing

@testable import SpikeSensors

/// Recordings that grow while they are read.
@Suite(.timeLimit(.minutes(1))) struct FollowingTests {
    let folder = TemporaryFolder()

    static let files = [
        "own_evt2.raw", "own_evt21_legacy.raw", "own_evt3.raw", "own_dat1.dat", "own_dvs128.aedat", "own_aedat31.aedat",
        "dv_lz4.aedat4", "own_dvs.es", "own_nmnist.bin", "own_txyp.csv", "own_rpg.txt",
    ]

    /// Appends `bytes` to the file at `path`.
    private static func append(_ bytes: some Sequence<UInt8>, to path: String) {
        let bytes = Array(bytes)
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }

    @Test(arguments: files) func growingFile(name: String) throws {
        let bytes = EventFixtures.bytes(name)
        let whole = try EventReading(bytes)
        let path = folder.write(Array(bytes.prefix(600)), to: name)
        var options = EventFileReader.Options()
        options.follows = true
        options.idleMilliseconds = 300
        inThread {
            var start = min(600, bytes.count)
            while start < bytes.count {
                usleep(10_000)
                let end = min(bytes.count, start + 333)
                FollowingTests.append(bytes[start..<end], to: path)
                start = end
            }
        }
        let reading = try EventReading(EventFileReader(path: path, options: options))
        #expect(reading == whole)
    }

    @Test func whatIsThereIsHandedOnAtOnce() throws {
        let path = folder.write(Array("t,x,y,p\n1,2,3,1\n4,5,6".utf8), to: "live.csv")
        var options = EventFileReader.Options()
        options.follows = true
        options.idleMilliseconds = 2_000
        let reader = try EventFileReader(path: path, options: options)
        let batch = EventBatch()
        #expect(try reader.read(into: batch))
        #expect(batch.map { PlainEvent($0, of: batch) } == [PlainEvent(1, 2, 3, true)])
        FollowingTests.append(Array(",0\n7,8,9,1\n".utf8), to: path)
        batch.removeAll()
        #expect(try reader.read(into: batch))
        #expect(batch.map { PlainEvent($0, of: batch) } == [PlainEvent(4, 5, 6, false), PlainEvent(7, 8, 9, true)])
    }

    @Test func aStopEndsIt() throws {
        final class Flag: Sendable {
            let isSet = Atomic<Bool>(false)
        }
        let flag = Flag()
        let path = folder.write(EventFixtures.bytes("own_evt3.raw"), to: "stopped.raw")
        var options = EventFileReader.Options()
        options.follows = true
        options.isStopped = { flag.isSet.load(ordering: .relaxed) }
        inThread {
            usleep(100_000)
            flag.isSet.store(true, ordering: .relaxed)
        }
        let reading = try EventReading(EventFileReader(path: path, options: options))
        #expect(reading == (try EventReading(EventFixtures.bytes("own_evt3.raw"))))
    }

    @Test func withoutFollowingTheEndIsTheEnd() throws {
        let bytes = EventFixtures.bytes("own_evt2.raw")
        let path = folder.write(Array(bytes.prefix(500)), to: "still.raw")
        let reader = try EventFileReader(path: path)
        let reading = try EventReading(reader)
        FollowingTests.append(bytes[500...], to: path)
        let batch = EventBatch()
        #expect(try !reader.read(into: batch) && batch.count == 0)
        #expect(reading.events.count < 154 && reading.events.count > 20)
    }
}
