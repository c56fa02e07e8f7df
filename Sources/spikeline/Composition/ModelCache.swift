import SpikeInterchange
import SpikeSignals
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Model files that were read and found to fit, so that a pipeline that is made again and again does not read them again and again.
///
/// A file is known by path, device, inode, size, and the times of its last changes. One that was changed within the last two
/// seconds is read anew, as a second change could bear the same times.
final class ModelCache: Sendable {
    /// How many models are kept; the one that was read first goes first.
    static let capacity = 4
    /// The program's.
    static let shared = ModelCache()

    /// How old a file's times must be, in seconds, to tell a change from none.
    private static let settled = 2

    /// What tells a file from another one, and from itself before a change.
    private struct Stamp: Hashable {
        var device: UInt64
        var inode: UInt64
        var size: Int
        var modified: [Int]
        var changed: [Int]

        init?(_ path: String) {
            var status = stat()
            guard unsafe stat(path, &status) == 0 else { return nil }
            (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int(status.st_size))
            modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
            changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
        }
    }

    private struct Entry {
        var path: String
        var stamp: Stamp
        var model: ModelFile
    }

    private struct State {
        var entries: [Entry] = []
        var reads = 0
    }

    private let state = Mutex(State())

    /// How many files were read.
    var reads: Int { state.withLock { $0.reads } }

    /// The model in the file at `path`, which fits its own encoder and head.
    ///
    /// - Throws: as ``ModelFile/init(contentsOf:)``, and if its parts do not fit; nothing is kept then.
    func model(at path: String) throws(SpikelineError) -> ModelFile {
        let stamp = Stamp(path)
        if let stamp, let known = state.withLock({ $0.entries.first { $0.path == path && $0.stamp == stamp }?.model }) {
            return known
        }
        let model = try ModelFile(contentsOf: path)
        try model.checkFit(path: path)
        state.withLock { state in
            state.reads += 1
            state.entries.removeAll { $0.path == path }
            guard let stamp, stamp == Stamp(path), ModelCache.isSettled(stamp.changed[0]) else { return }
            if state.entries.count == ModelCache.capacity { state.entries.removeFirst() }
            state.entries.append(Entry(path: path, stamp: stamp, model: model))
        }
        return model
    }

    private static func isSettled(_ changed: Int) -> Bool {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return now.tv_sec - changed > settled
    }
}
