import SpikeSignals

extension Pipeline {
    /// A language in which graphs are drawn.
    public enum PictureFormat: String, Sendable, CaseIterable {
        /// Mermaid, which pages on the web draw (https://mermaid.js.org, flowchart).
        case mermaid
        /// DOT, which Graphviz draws (https://graphviz.org/doc/info/lang.html).
        case dot
    }

    /// The pipeline as a graph: its stages with their types, and on each edge what flows there.
    public func picture(_ format: PictureFormat) -> String {
        switch format {
        case .mermaid: mermaid
        case .dot: dot
        }
    }

    // Names of stages are letters, digits, _ and -, but some are words of the languages ("end", "graph"), so nodes are
    // numbered and names stand in quotes. Types come from the catalogue.

    private var mermaid: String {
        var lines = ["flowchart LR"]
        for (index, stage) in stages.enumerated() {
            let label = "\"\(stage.name)<br/>\(stage.descriptor.type)\""
            switch stage.descriptor.role {
            case .source: lines.append("    s\(index)([\(label)])")
            case .transform: lines.append("    s\(index)[\(label)]")
            case .sink: lines.append("    s\(index)[/\(label)/]")
            }
        }
        for (from, to) in edges { lines.append("    s\(from) -->|\(kind(from))| s\(to)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private var dot: String {
        var lines = ["digraph \"\(quotable(name))\" {", "    rankdir=LR;"]
        for (index, stage) in stages.enumerated() {
            let shape =
                switch stage.descriptor.role {
                case .source: "oval"
                case .transform: "box"
                case .sink: "parallelogram"
                }
            lines.append("    s\(index) [label=\"\(stage.name)\\n\(stage.descriptor.type)\", shape=\(shape)];")
        }
        for (from, to) in edges { lines.append("    s\(from) -> s\(to) [label=\"\(kind(from))\"];") }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private var edges: [(from: Int, to: Int)] {
        stages.indices.flatMap { to in stages[to].inputs.map { ($0, to) } }
    }

    private func kind(_ index: Int) -> String { stages[index].descriptor.output?.rawValue ?? "" }

    private func quotable(_ text: String) -> String {
        String(text.map { $0 == "\"" || $0 == "\\" || $0.isNewline ? "_" : $0 })
    }
}
