import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Files that come with the program.
enum ShippedFile {
    /// The model `Pipelines/Models/NAME`.
    static func model(_ name: String) throws(SpikelineError) -> String {
        try find("Pipelines/Models/" + name, hint: "Name a model with --model FILE")
    }

    /// The pipeline `Pipelines/NAME`; `hint` says how to name another.
    static func pipeline(
        _ name: String, hint: String = "Name a pipeline with --pipeline FILE"
    ) throws(SpikelineError) -> String {
        try find("Pipelines/" + name, hint: hint)
    }

    private static func find(_ local: String, hint: String) throws(SpikelineError) -> String {
        guard let path = path(local) else {
            throw SpikelineError("\(local) is neither here nor beside the program", hint: hint)
        }
        return path
    }

    /// `local` in the working folder, or in the nearest folder above the program that has it, as in a checkout, or has it in
    /// `share/spikeline`, as where it is installed.
    private static func path(_ local: String) -> String? {
        if unsafe access(local, R_OK) == 0 { return local }
        var folder = program
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            for place in [folder + "/", folder + "/share/spikeline/"] where unsafe access(place + local, R_OK) == 0 {
                return place + local
            }
        }
        return nil
    }

    private static var program: String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
