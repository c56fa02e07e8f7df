import SpikeSignals

/// The order in which the nodes of a graph are computed within a step.
///
/// A loop is cut where it closes: what flows back arrives one step later, as in Norse and snnTorch. What a delay of a
/// step or more gives is known before the step, so a loop through one needs no cut.
struct GraphOrder {
    /// The nodes, sources before targets.
    private(set) var nodes: [Int] = []
    /// For each node where its values come from, and whether they are those of the step before.
    private(set) var sources: [[(node: Int, isEarlier: Bool)]]

    /// Orders `graph`, in which `known` marks nodes whose values are known before the step and that take theirs at its end.
    ///
    /// - Throws: if a node cannot be reached from an input, or a loop has neither neuron nor delay.
    init(_ graph: NeuronGraph, known: [Bool]) throws(SpikelineError) {
        let count = graph.nodes.count
        var outgoing = [[Int]](repeating: [], count: count)
        for edge in graph.edges { outgoing[edge.from].append(edge.to) }
        sources = Array(repeating: [], count: count)
        try GraphOrder.checkLoops(graph, outgoing)
        // Depth first: an edge to a node that is still open closes a loop.
        var state = [UInt8](repeating: 0, count: count)
        var finished: [Int] = []
        for start in 0..<count where graph.nodes[start].type == "Input" && state[start] == 0 {
            var stack = [(node: start, next: 0)]
            state[start] = 1
            while let (node, next) = stack.last {
                guard next < outgoing[node].count else {
                    state[node] = 2
                    finished.append(node)
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let target = outgoing[node][next]
                sources[target].append((node, state[target] == 1 && !known[node] && !known[target]))
                guard state[target] == 0 else { continue }
                state[target] = 1
                stack.append((target, 0))
            }
        }
        if let lost = state.firstIndex(of: 0) {
            throw SpikelineError(
                "the node \"\(graph.nodes[lost].name)\" cannot be reached from an input", at: graph.name)
        }
        nodes = finished.reversed()
    }

    private static func checkLoops(_ graph: NeuronGraph, _ outgoing: [[Int]]) throws(SpikelineError) {
        let keeping: Set = ["LIF", "CubaLIF", "LI", "CubaLI", "I", "IF", "Delay"]
        let isCut = graph.nodes.map { keeping.contains($0.type) }
        var incoming = [Int](repeating: 0, count: graph.nodes.count)
        for edge in graph.edges where !isCut[edge.from] { incoming[edge.to] += 1 }
        var ready = incoming.indices.filter { incoming[$0] == 0 }
        var done = 0
        while let node = ready.popLast() {
            done += 1
            guard !isCut[node] else { continue }
            for target in outgoing[node] {
                incoming[target] -= 1
                if incoming[target] == 0 { ready.append(target) }
            }
        }
        guard done == graph.nodes.count else {
            let loop = incoming.firstIndex { $0 > 0 } ?? 0
            throw SpikelineError(
                "the node \"\(graph.nodes[loop].name)\" lies on or behind a loop without a neuron or a delay",
                at: graph.name)
        }
    }
}
