import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Files that other libraries will open: looked at beforehand, since their own messages say little.
package enum FilePath {
    /// The path that option `name` gives, if it gives one; the file is there and may be read.
    package static func readable(_ name: String, of options: Options, context: StageContext) throws(SpikelineError)
        -> String?
    {
        guard let path = options.string(name).map(context.resolve(path:)) else { return nil }
        guard unsafe access(path, R_OK) == 0 else {
            let why = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
            throw SpikelineError("the file of \"\(name)\" cannot be read: \(why)", at: path, hint: "Check the path")
        }
        return path
    }
}
