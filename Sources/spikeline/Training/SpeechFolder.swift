#if canImport(Glibc)
import Glibc
#endif
import SpikeSensors
import SpikeSignals

/// A folder of spoken words in the layout of Google Speech Commands: a folder for each word with clips in it.
struct SpeechFolder {
    /// A clip's file and the name of its folder.
    struct Entry {
        var path: String
        var word: String
    }

    /// All clips, sorted by path; folders whose name begins with `_` or `.` are left out.
    let entries: [Entry]

    /// Lists the clips in the folders of `path`.
    init(_ path: String) throws(SpikelineError) {
        var entries: [Entry] = []
        for word in try Self.names(in: path) where !word.hasPrefix("_") && Self.isFolder(path + "/" + word) {
            for file in try Self.names(in: path + "/" + word) where Self.isSound(file) {
                entries.append(Entry(path: path + "/" + word + "/" + file, word: word))
            }
        }
        guard !entries.isEmpty else {
            throw SpikelineError(
                "expected a folder for each word with .wav, .flac or .ogg files in it, found none", at: path)
        }
        self.entries = entries
    }

    /// The sound files in `path` and the folders below it, sorted.
    static func sounds(in path: String, depth: Int = 4) throws(SpikelineError) -> [String] {
        var files: [String] = []
        for name in try names(in: path) {
            let full = path + "/" + name
            if isFolder(full) {
                if depth > 0 { files += try sounds(in: full, depth: depth - 1) }
            } else if isSound(name) {
                files.append(full)
            }
        }
        return files
    }

    /// Reads files as 16-bit mono on two threads' worth of time; at most `seconds` each.
    static func read(_ paths: [String], sampleRate: Int, seconds: Int) throws(SpikelineError) -> [[Int16]] {
        var clips: [[Int16]] = []
        clips.reserveCapacity(paths.count)
        for path in paths {
            clips.append(try AudioClip(path: path, sampleRateHz: sampleRate, maximumSeconds: seconds).pcm16)
        }
        return clips
    }

    private static func isSound(_ name: String) -> Bool {
        [".wav", ".flac", ".ogg"].contains { name.lowercased().hasSuffix($0) }
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func names(in path: String) throws(SpikelineError) -> [String] {
        guard let folder = unsafe opendir(path) else {
            throw SpikelineError(
                "expected a folder: " + (unsafe String(cString: strerror(errno))), at: path)
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
