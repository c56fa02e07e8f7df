/// The potentials, currents and refractory periods of a population.
@safe final class PopulationState<Cells: CellArithmetic> {
    let cells: Cells
    private let size: Int
    private let potentials: UnsafeMutablePointer<Cells.Value>
    /// nil for delta synapses.
    private let currents: UnsafeMutablePointer<Cells.Value>?
    /// Steps for which a neuron is refractory, counted down; nil if none ever is.
    private let refractory: UnsafeMutablePointer<Int32>?
    private let refractorySteps: Int32

    init(_ population: CellPopulation, stepMs: Double, _ simulation: Simulation) {
        cells = Cells(population, stepMs: stepMs)
        size = population.count
        unsafe potentials = .allocate(capacity: size)
        unsafe potentials.initialize(repeating: cells.start, count: size)
        let hasCurrents = population.synapseTauMs != nil
        unsafe currents = hasCurrents ? .allocate(capacity: size) : nil
        unsafe currents?.initialize(repeating: Cells.zero, count: size)
        // A neuron that fires at step k is advanced again at step k + r: r - 1 steps are left out, and one is as none.
        refractorySteps = Int32(simulation.steps(of: population.refractoryMs))
        unsafe refractory = refractorySteps > 1 ? .allocate(capacity: size) : nil
        unsafe refractory?.initialize(repeating: 0, count: size)
    }

    deinit {
        unsafe potentials.deallocate()
        unsafe currents?.deallocate()
        unsafe refractory?.deallocate()
    }

    /// The potential of a neuron in mV.
    func millivolts(_ neuron: Int) -> Double {
        precondition(neuron < size)
        return unsafe cells.millivolts(potentials[neuron])
    }

    /// Puts every neuron at its start.
    func restart() {
        unsafe potentials.update(repeating: cells.start, count: size)
        unsafe currents?.update(repeating: Cells.zero, count: size)
        unsafe refractory?.update(repeating: 0, count: size)
    }

    /// Parts 1 and 2 of a step: membranes and currents, and who is above the threshold and not refractory.
    ///
    /// Block by block, so that what was advanced is still in the first-level cache when it is compared.
    func advance(into queue: SpikeQueue) -> UnsafeBufferPointer<UInt32> {
        queue.advance()
        let (cells, v) = unsafe (self.cells, potentials)
        if unsafe currents == nil && refractory == nil {
            unsafe queue.append { fired in unsafe cells.advance(v, count: size, fired: fired) }
            return unsafe queue.now
        }
        let block = 512
        var start = 0
        while start < size {
            let end = min(start &+ block, size)
            advance(from: start, to: end)
            // Most blocks have nobody above the threshold, and this loop has no branch.
            var above = 0
            for neuron in start..<end { unsafe above &+= cells.isAbove(v[neuron]) ? 1 : 0 }
            if above > 0 {
                for neuron in start..<end where unsafe cells.isAbove(v[neuron]) {
                    if let refractory = unsafe refractory, unsafe refractory[neuron] > 0 { continue }
                    queue.append(neuron)
                }
            }
            start = end
        }
        return unsafe queue.now
    }

    /// Part 1, with currents or refractory periods, for the neurons from `start` to before `end`.
    @inline(__always) private func advance(from start: Int, to end: Int) {
        let (cells, v) = unsafe (self.cells, potentials)
        if let refractory = unsafe refractory {
            for neuron in start..<end { unsafe refractory[neuron] = max(refractory[neuron] &- 1, 0) }
            if let i = unsafe currents {
                for neuron in start..<end {
                    let isFree = unsafe refractory[neuron] == 0
                    unsafe v[neuron] = isFree ? cells.advance(v[neuron], current: i[neuron]) : v[neuron]
                    unsafe i[neuron] = cells.advance(current: i[neuron])
                }
            } else {
                for neuron in start..<end {
                    let isFree = unsafe refractory[neuron] == 0
                    unsafe v[neuron] = isFree ? cells.advance(v[neuron]) : v[neuron]
                }
            }
        } else if let i = unsafe currents {
            for neuron in start..<end {
                unsafe v[neuron] = cells.advance(v[neuron], current: i[neuron])
                unsafe i[neuron] = cells.advance(current: i[neuron])
            }
        }
    }

    /// Part 3: adds `weight` to every target of the neurons that fired; the number of additions.
    func receive(_ fired: UnsafeBufferPointer<UInt32>, rows: SynapseTable, weight: Cells.Value) -> Int {
        let into = unsafe currents ?? potentials
        let blocked = unsafe currents == nil ? refractory : nil
        var operations = 0
        unsafe rows.rows.withUnsafeBufferPointer { ends in
            unsafe rows.targets.withUnsafeBufferPointer { table in
                guard let targets = table.baseAddress else { return }
                for index in 0..<fired.count {
                    let source = unsafe Int(fired[index])
                    let (first, end) = unsafe (ends[source], ends[source &+ 1])
                    operations &+= end &- first
                    if let blocked = unsafe blocked {
                        for place in first..<end {
                            let target = unsafe Int(targets[place])
                            if unsafe blocked[target] == 0 { unsafe into[target] = Cells.sum(into[target], weight) }
                        }
                    } else {
                        for place in first..<end {
                            let target = unsafe Int(targets[place])
                            unsafe into[target] = Cells.sum(into[target], weight)
                        }
                    }
                }
            }
        }
        return operations
    }

    /// Part 4: resets those that fired in this step.
    func reset(_ fired: UnsafeBufferPointer<UInt32>) {
        for index in 0..<fired.count {
            let neuron = unsafe Int(fired[index])
            unsafe potentials[neuron] = cells.reset
            if let refractory = unsafe refractory { unsafe refractory[neuron] = refractorySteps }
        }
    }
}
