import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Makes the unit of a node from its numbers and the shape of what comes in.
struct UnitMaker {
    let node: NeuronGraph.Node
    let incoming: [Int]
    let rule: StepRule
    let file: String

    /// A unit, the shape of what it gives, and what it costs.
    struct Made {
        var unit: any GraphUnit
        var shape: [Int]
        var values: Int
        var operations = 0
    }

    private func failure(_ what: String) -> SpikelineError {
        SpikelineError("the node \"\(node.name)\" (\(node.type)) \(what)", at: file)
    }

    /// The unit; `left` is how many values there may still be.
    func make(left: Int) throws(SpikelineError) -> Made {
        switch node.type {
        case "Input", "Output":
            let declared = try wholes("shape", count: nil, 1...max(left, 1))
            let shape = incoming.isEmpty ? declared : incoming
            return try made(PassUnit(), shape, left)
        case "Affine", "Linear": return try linear(left)
        case "Flatten": return try made(PassUnit(), try flattened(), left)
        case "Conv1d", "Conv2d": return try convolution(left)
        case "SumPool2d", "AvgPool2d": return try pool(left)
        case "Delay":
            let shape = try shape(of: ["delay"], left)
            let steps = try DelayUnit.steps(node, rule: rule, in: file)
            let all = steps.count == 1 ? Array(repeating: steps[0], count: shape.product) : steps
            let values = all.reduce(0) { $0 + max($1, 1) }
            guard values <= left else { throw failure("is too large") }
            return Made(unit: DelayUnit(steps: all), shape: shape, values: values)
        case "Scale":
            let shape = try shape(of: ["scale"], left)
            return try made(ScaleUnit(factors: spread("scale", shape)), shape, left)
        case "Threshold":
            let shape = try shape(of: ["threshold"], left)
            return try made(ThresholdUnit(thresholds: spread("threshold", shape)), shape, left)
        default: return try neurons(left)
        }
    }

    private func made(_ unit: any GraphUnit, _ shape: [Int], _ left: Int, operations: Int = 0) throws(SpikelineError)
        -> Made
    {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size > 0, !overflow, product <= left else {
                throw failure("has shape \(shape), expected at most \(left) values")
            }
            count = product
        }
        return Made(unit: unit, shape: shape, values: count, operations: operations)
    }

    /// The numbers `name` as whole numbers of `range`; one number stands for all of `count`.
    private func wholes(_ name: String, count: Int?, _ range: ClosedRange<Int>) throws(SpikelineError) -> [Int] {
        let found = node.arrays[name]?.values ?? []
        guard !found.isEmpty, count == nil || found.count == count || found.count == 1, found.count <= 8 else {
            throw failure("has \(found.count) numbers as \(name)")
        }
        let numbers = try found.map { (number) throws(SpikelineError) in
            guard number >= Double(range.lowerBound), number <= Double(range.upperBound), number == number.rounded()
            else {
                throw failure("has \(name) \(number), expected \(range.lowerBound) to \(range.upperBound)")
            }
            return Int(number)
        }
        guard let count, numbers.count == 1 else { return numbers }
        return Array(repeating: numbers[0], count: count)
    }

    /// The common shape of the parameters `names` and of what comes in; single numbers fit any.
    private func shape(of names: [String], _ left: Int) throws(SpikelineError) -> [Int] {
        var shape = incoming
        for name in names {
            guard let array = node.arrays[name], array.values.count != 1 else { continue }
            if shape.isEmpty || shape.product == 1 { shape = array.shape }
            guard array.values.count == shape.product, !array.values.isEmpty else {
                throw failure("has \(array.values.count) values of \(name), expected 1 or \(shape.product)")
            }
        }
        return shape.isEmpty ? [1] : shape
    }

    private func spread(_ name: String, _ shape: [Int], or value: Double = 0) -> [Double] {
        let values = node.arrays[name]?.values ?? [value]
        return values.count == 1 ? Array(repeating: values[0], count: shape.product) : values
    }

    private func neurons(_ left: Int) throws(SpikelineError) -> Made {
        let names = node.arrays.keys.sorted()
        let shape = try shape(of: names, left)
        let synapse = node.arrays["tau_syn"] != nil
        let leaks = node.arrays["tau"] != nil ? "tau" : node.arrays["tau_mem"] != nil ? "tau_mem" : nil
        let isTimed = leaks == nil && rule.gathering == .time
        let fixed = NeuronUnit.Coefficients(
            membrane: try leaks.map { (name) throws(SpikelineError) in try shares(name, shape) },
            synapse: synapse ? try shares("tau_syn", shape) : nil,
            inputWeight: weighted(spread("w_in", shape, or: 1), by: synapse ? spread("tau_syn", shape) : nil),
            resistance: weighted(
                spread("r", shape).map { isTimed ? $0 * rule.dt : $0 }, by: leaks.map { spread($0, shape) }),
            leak: spread("v_leak", shape),
            threshold: node.arrays["v_threshold"] != nil ? spread("v_threshold", shape) : nil,
            resetPotential: spread("v_reset", shape))
        return try made(NeuronUnit(fixed, rule: rule), shape, left)
    }

    /// What `values` multiply an input by, besides the share by which a state of the time constants `taus` moves.
    private func weighted(_ values: [Double], by taus: [Double]?) -> [Double] {
        guard let taus else { return values }
        return zip(values, taus).map { $0 * UnitMaker.inputFactor(of: $1, rule) }
    }

    /// What an input counts, as a multiple of the share by which its state moves in a step.
    static func inputFactor(of tau: Double, _ rule: StepRule) -> Double {
        guard rule.integration == .impulse else { return 1 }
        let share = share(of: tau, rule)
        return share > 0 ? rule.dt / tau / share : 1
    }

    /// By which share a state with the time constant `tau` moves in a step.
    static func share(of tau: Double, _ rule: StepRule) -> Double {
        rule.integration == .euler ? rule.dt / tau : -expm1(-rule.dt / tau)
    }

    /// By which share a state moves in a step, for the time constants `name`.
    private func shares(_ name: String, _ shape: [Int]) throws(SpikelineError) -> [Double] {
        try spread(name, shape).map { (tau) throws(SpikelineError) in
            let share = UnitMaker.share(of: tau, rule)
            guard tau > 0, share.isFinite, share <= 2 else {
                throw failure("has \(name) \(tau), which a step of \(rule.dt) does not resolve")
            }
            return share
        }
    }

    private func linear(_ left: Int) throws(SpikelineError) -> Made {
        guard let weight = node.arrays["weight"], weight.shape.count == 2, !weight.values.isEmpty else {
            throw failure("has no weights [target][source]")
        }
        let (rows, columns) = (weight.shape[0], weight.shape[1])
        let biases = node.arrays["bias"]?.values ?? Array(repeating: 0, count: min(rows, left))
        guard biases.count == rows else { throw failure("has \(biases.count) biases, expected \(rows)") }
        let unit = LinearUnit(weights: weight.values, biases: biases, columns: columns)
        return try made(unit, [rows], left, operations: weight.values.count)
    }

    private func flattened() throws(SpikelineError) -> [Int] {
        let whole = -8...8
        var (start, end) = (try wholes("start_dim", count: 1, whole)[0], try wholes("end_dim", count: 1, whole)[0])
        if start < 0 { start += incoming.count }
        if end < 0 { end += incoming.count }
        guard start >= 0, end < incoming.count, start <= end else {
            // Dimensions that count a batch, or of what is flat already: everything becomes one.
            let isBatched = end == incoming.count && (0...end).contains(start)
            guard isBatched || (start == end + 1 && start == incoming.count) else {
                throw failure("joins the dimensions \(start) to \(end) of \(incoming)")
            }
            return [incoming.product]
        }
        var shape = Array(incoming[..<start])
        shape.append(Array(incoming[start...end]).product)
        shape.append(contentsOf: incoming[(end + 1)...])
        return shape
    }

    private typealias Pair = ConvolutionUnit.Pair

    /// The two numbers `name`; of a `Conv1d` one, whose row is `row`.
    private func pair(_ name: String, row: Int, _ range: ClosedRange<Int>) throws(SpikelineError) -> Pair {
        if node.type == "Conv1d" { return Pair(row: row, column: try wholes(name, count: 1, range)[0]) }
        let both = try wholes(name, count: 2, range)
        return Pair(row: both[0], column: both[1])
    }

    private func grid() throws(SpikelineError) -> (channels: Int, height: Int, width: Int) {
        if node.type == "Conv1d", incoming.count == 2 { return (incoming[0], 1, incoming[1]) }
        guard node.type != "Conv1d", incoming.count == 3 else {
            throw failure("takes a grid of channels, rows and columns, found the shape \(incoming)")
        }
        return (incoming[0], incoming[1], incoming[2])
    }

    /// The side of the output for one of the input.
    private func side(_ size: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int) -> Int {
        let span = size + 2 * padding - dilation * (kernel - 1) - 1
        return span < 0 ? 0 : span / stride + 1
    }

    private static let sides = 1...4_096

    private func convolution(_ left: Int) throws(SpikelineError) -> Made {
        let grid = try grid()
        guard let weight = node.arrays["weight"], weight.shape.count == (node.type == "Conv1d" ? 3 : 4),
            weight.shape.allSatisfy({ UnitMaker.sides.contains($0) })
        else { throw failure("has no weights [target][source] and the kernel's sides") }
        let groups = try wholes("groups", count: 1, UnitMaker.sides)[0]
        let targets = weight.shape[0]
        let kernel = Pair(row: node.type == "Conv1d" ? 1 : weight.shape[2], column: weight.shape.last ?? 1)
        let dilation = try pair("dilation", row: 1, UnitMaker.sides)
        let stride = try pair("stride", row: 1, UnitMaker.sides)
        var padding = Pair(row: 0, column: 0)
        switch node.paddingWord {
        case "same"?:
            padding = Pair(row: dilation.row * (kernel.row - 1) / 2, column: dilation.column * (kernel.column - 1) / 2)
            guard stride == Pair(row: 1, column: 1), kernel.row % 2 == 1, kernel.column % 2 == 1 else {
                throw failure("pads \"same\" with a stride or an even kernel, which has no one meaning")
            }
        case .some: break
        case nil: padding = try pair("padding", row: 0, 0...4_096)
        }
        guard targets % groups == 0, grid.channels % groups == 0, weight.shape[1] == grid.channels / groups else {
            throw failure("has weights of shape \(weight.shape) in \(groups) groups for \(grid.channels) channels")
        }
        var biases = node.arrays["bias"]?.values ?? []
        if biases.count == 1 { biases = Array(repeating: biases[0], count: targets) }
        guard biases.count == targets else { throw failure("has \(biases.count) biases, expected \(targets)") }
        let output = (
            channels: targets, height: side(grid.height, kernel.row, stride.row, padding.row, dilation.row),
            width: side(grid.width, kernel.column, stride.column, padding.column, dilation.column)
        )
        let unit = ConvolutionUnit(
            weights: weight.values, shared: 1, biases: biases, input: grid, output: output, kernel: kernel,
            stride: stride, padding: padding, dilation: dilation, groups: groups)
        let shape = node.type == "Conv1d" ? [targets, output.width] : [targets, output.height, output.width]
        return try made(unit, shape, left, operations: weight.values.count * output.height * output.width)
    }

    private func pool(_ left: Int) throws(SpikelineError) -> Made {
        let grid = try grid()
        let kernel = try pair("kernel_size", row: 1, UnitMaker.sides)
        let stride = try pair("stride", row: 1, UnitMaker.sides)
        let padding = try pair("padding", row: 0, 0...4_096)
        let output = (
            channels: grid.channels, height: side(grid.height, kernel.row, stride.row, padding.row, 1),
            width: side(grid.width, kernel.column, stride.column, padding.column, 1)
        )
        // An average counts the padding, as PyTorch does by default.
        let share = node.type == "AvgPool2d" ? 1 / Double(kernel.row * kernel.column) : 1
        let unit = ConvolutionUnit(
            weights: nil, shared: share, biases: Array(repeating: 0, count: grid.channels), input: grid,
            output: output, kernel: kernel, stride: stride, padding: padding, dilation: Pair(row: 1, column: 1),
            groups: grid.channels)
        let cells = try made(unit, [grid.channels, output.height, output.width], left)
        guard kernel.row * kernel.column * cells.values <= 1 << 32 else { throw failure("is too large") }
        return Made(
            unit: unit, shape: cells.shape, values: cells.values, operations: kernel.row * kernel.column * cells.values)
    }
}
