/// The labels of a gesture network, and which of them a mirror exchanges.
public struct GestureLabels: Hashable, Sendable {
    /// The names, in the order of the outputs.
    public let names: [String]
    /// For each label the one that it becomes in a mirror.
    public let mirrored: [Int]

    /// Labels of these names. In a mirror `left` and `right`, and `clockwise` and `counter_clockwise`, change places;
    /// a label whose image is not among the names has no mirror image and becomes nil in ``mirror(of:)``.
    public init(_ names: [String]) {
        self.names = names
        mirrored = names.map { name in names.firstIndex(of: Self.mirrored(name)) ?? -1 }
    }

    /// The label that `label` becomes in a mirror, or nil if there is no such label.
    public func mirror(of label: Int) -> Int? { mirrored[label] >= 0 ? mirrored[label] : nil }

    private static func mirrored(_ name: String) -> String {
        var name = exchanged(name, "left", "right")
        name =
            name.hasSuffix("_counter_clockwise")
            ? name.dropLast("_counter_clockwise".count) + "_clockwise"
            : name.hasSuffix("_clockwise") ? name.dropLast("_clockwise".count) + "_counter_clockwise" : name
        return name
    }

    private static func exchanged(_ name: String, _ first: String, _ second: String) -> String {
        let words = name.split(separator: "_", omittingEmptySubsequences: false).map { word in
            word == first ? Substring(second) : word == second ? Substring(first) : word
        }
        return words.joined(separator: "_")
    }
}
