import SpikeSignals

/// Labelled samples in a folder for each class, which stand for the outputs of a network as in ``ClassFolders``.
struct SampleFolder {
    /// A sample and the output that should win.
    struct Sample {
        var path: String
        var label: Int
    }

    /// The samples, by class and name.
    private(set) var samples: [Sample] = []

    private static let others = [".md", ".txt", ".json", ".yaml", ".svg"]

    /// Lists the files in `path`.
    ///
    /// - Throws: if there is not a folder for each of `outputs`, or nothing in them.
    init(_ path: String, outputs: Int) throws(SpikelineError) {
        let classes = try ClassFolders.names(in: path)
        guard classes.count == outputs else {
            throw SpikelineError(
                "expected a folder of samples for each of the \(outputs) outputs, found \(classes.count)", at: path,
                hint: "Give one file, or folders in the order of the outputs, like 0, 1, 2")
        }
        for (label, name) in classes.enumerated() {
            let folder = path + "/" + name
            for file in try SpeechFolder.names(in: folder)
            where !file.hasPrefix(".") && !SpeechFolder.isFolder(folder + "/" + file)
                && !Self.others.contains(where: { file.lowercased().hasSuffix($0) })
            {
                samples.append(Sample(path: folder + "/" + file, label: label))
            }
        }
        guard !samples.isEmpty else { throw SpikelineError("expected samples in the folders, found none", at: path) }
    }
}

/// Folders that stand for the outputs of a network.
enum ClassFolders {
    /// The folders in `path` in the order of their names; names that are all numbers count by value.
    static func names(in path: String) throws(SpikelineError) -> [String] {
        let folders = try SpeechFolder.names(in: path).filter { SpeechFolder.isFolder(path + "/" + $0) }
        let values = folders.compactMap { Int($0) }
        return values.count == folders.count
            ? folders.sorted { (Int($0) ?? 0, $0) < (Int($1) ?? 0, $1) } : folders
    }
}
