import SpikeSignals
import Testing

@testable import SpikeSimulation

@Suite("Random wiring and inputs") struct WiringTests {
    @Test("every pair is as likely as asked for", arguments: [0.0, 0.01, 0.1, 0.5, 0.99, 1])
    func probability(_ probability: Double) {
        let table = SynapseTable(
            sources: 300, targets: 400, probability: probability, random: SeededGenerator(5, UInt64(probability * 100)))
        let pairs = 120_000.0
        let deviation = (pairs * probability * (1 - probability)).squareRoot()
        #expect(abs(Double(table.targets.count) - pairs * probability) <= 4 * deviation)
        #expect(table.rows.count == 301)
        for source in 0..<300 {
            let row = table.targets[table.rows[source]..<table.rows[source + 1]]
            #expect(row.allSatisfy { $0 < 400 })
            #expect(zip(row, row.dropFirst()).allSatisfy { $0 < $1 })
        }
        // The last pair is reached, and is not always taken.
        if probability == 1 { #expect(table.targets.last == 399) }
    }

    @Test("the in-degree is binomial and not only its mean")
    func spread() {
        let table = SynapseTable(sources: 1000, targets: 200, probability: 0.1, random: SeededGenerator(3))
        var incoming = [Double](repeating: 0, count: 200)
        for target in table.targets { incoming[Int(target)] += 1 }
        let mean = incoming.reduce(0, +) / 200
        let variance = incoming.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 199
        // 90, with a standard error of 90 sqrt(2 / 199) = 9.
        #expect(abs(variance - 90) < 36)
        #expect(table.mostIncoming(200) == Int(incoming.max() ?? 0))
    }

    @Test("Poisson counts have the mean and the variance of the rate")
    func poisson() {
        let simulation = Simulation(
            name: "p", durationMs: 1000, stepMs: 0.1, seed: 9,
            inputs: [InputGroup(name: "p", count: 2000, pattern: .poisson, rateHz: 15)], populations: [],
            projections: [])
        let train = simulation.inputTrains()[0]
        var counts = [Double](repeating: 0, count: 2000)
        var last = (-1, -1)
        train.forEach { step, neuron in
            counts[neuron] += 1
            #expect((step, neuron) > last)
            last = (step, neuron)
        }
        #expect(train.ends.count == 10_000)
        let mean = counts.reduce(0, +) / 2000
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1999
        #expect(abs(mean - 15) < 4 * (15.0 / 2000).squareRoot())
        // Standard error of the variance: 15 sqrt(2 / 1999) and a little more.
        #expect(abs(variance - 15 * (1 - 0.0015)) < 2.5)
    }

    @Test("regular inputs fire at equal distances, each a little later than the one before")
    func regular() {
        let simulation = Simulation(
            name: "r", durationMs: 100, stepMs: 1, seed: 1,
            inputs: [InputGroup(name: "r", count: 4, pattern: .regular, rateHz: 50)], populations: [], projections: [])
        var spikes: [[Int]] = Array(repeating: [], count: 4)
        simulation.inputTrains()[0].forEach { spikes[$1].append($0) }
        #expect(spikes == [[0, 20, 40, 60, 80], [5, 25, 45, 65, 85], [10, 30, 50, 70, 90], [15, 35, 55, 75, 95]])
    }

    @Test("an input without a rate is silent")
    func silent() {
        for pattern in InputGroup.Pattern.allCases {
            let simulation = Simulation(
                name: "s", durationMs: 100, stepMs: 1, seed: 1,
                inputs: [InputGroup(name: "s", count: 4, pattern: pattern, rateHz: 0)], populations: [], projections: []
            )
            let train = simulation.inputTrains()[0]
            #expect(train.neurons.isEmpty && train.ends.count == 100)
        }
    }
}
