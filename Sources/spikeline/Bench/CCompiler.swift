import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Compiles plain C while a benchmark runs, so that both sides see the same machine at the same time.
///
/// The compiler is `$CC`, or the first of `cc`, `clang` and `gcc` on the path; without one there is no reference.
enum CCompiler {
    /// A function of a library that was just compiled; the library stays loaded.
    @safe struct Function {
        /// Its address.
        let address: UnsafeMutableRawPointer
        /// The command that made it, for the table.
        let command: String
    }

    /// Compiles `source` with `-O3` and finds `symbol` in it; nil if this machine has no working compiler.
    static func function(_ symbol: String, in source: String) -> Function? {
        guard let folder = makeTemporaryFolder() else { return nil }
        let (text, library) = (folder + "/reference.c", folder + "/reference.so")
        defer {
            for path in [text, library] { _ = unsafe unlink(path) }
            _ = unsafe rmdir(folder)
        }
        guard write(source, to: text) else { return nil }
        for compiler in compilers {
            let options = ["-std=c99", "-O3", "-shared", "-fPIC", "-w"]
            guard ChildProcess.succeeds([compiler] + options + ["-o", library, text]) else { continue }
            guard let handle = unsafe dlopen(library, RTLD_NOW), let address = unsafe dlsym(handle, symbol) else {
                continue
            }
            return unsafe Function(address: address, command: "C, \(compiler) -O3")
        }
        return nil
    }

    private static var compilers: [String] {
        unsafe getenv("CC").map { unsafe [String(cString: $0)] } ?? ["cc", "clang", "gcc"]
    }

    /// A new folder under `$TMPDIR` or `/tmp`, or nil.
    static func makeTemporaryFolder() -> String? {
        let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array((base + "/spikeline-bench-XXXXXX").utf8CString)
        return unsafe template.withUnsafeMutableBufferPointer { name in
            guard let start = name.baseAddress, unsafe mkdtemp(start) != nil else { return nil }
            return unsafe String(cString: start)
        }
    }

    private static func write(_ text: String, to path: String) -> Bool {
        guard let file = unsafe fopen(path, "w") else { return false }
        let isWritten = unsafe fputs(text, file) >= 0
        return unsafe fclose(file) == 0 && isWritten
    }
}
