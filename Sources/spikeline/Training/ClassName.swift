import SpikeInterchange
import SpikeSignals

/// Names of new classes.
enum ClassName {
    /// Refuses a name that is taken or that not every receiver of records could take: names end up in topics, columns and
    /// folders.
    ///
    /// - Throws: unless `name` has 1 to 64 letters, digits, spaces and `_ - ' .`, begins and ends with a letter or digit,
    ///   and is not one of `labels`.
    static func check(_ name: String, among labels: [String], at path: String) throws(SpikelineError) {
        let isOrdinary =
            (1...64).contains(name.count) && name.allSatisfy { $0.isLetter || $0.isNumber || " _-'.".contains($0) }
            && [name.first, name.last].allSatisfy { $0.map { $0.isLetter || $0.isNumber } ?? false }
        guard isOrdinary, name.utf8.count <= 256 else {
            let shown = String(name.prefix(64).map { $0.isLetter || $0.isNumber || $0.isPunctuation ? $0 : "?" })
            throw SpikelineError(
                "expected a name of 1 to 64 letters, digits, spaces and _ - ' . between letters or digits, found "
                    + "\"\(shown)\"", at: "NAME")
        }
        guard !labels.contains(where: { $0.lowercased() == name.lowercased() }) else {
            throw SpikelineError("the model knows \"\(name)\" already", at: path, hint: "Choose another name")
        }
    }
}

extension ModelFile {
    /// Adds `name` to the labels of the head, and to the list of what was enrolled.
    mutating func addLabel(_ name: String) {
        func texts(_ value: OptionValue?) -> [OptionValue] { if case .list(let values) = value { values } else { [] } }
        head.options["labels"] = .list(texts(head.options["labels"]) + [.string(name)])
        information["enrolled"] = .list(texts(information["enrolled"]) + [.string(name)])
    }
}
