import Foundation
import SpikeTestSupport
import Testing

@Suite("spikeline simulate") struct SimulateTests {
    private static let population = SharedData.packageRoot + "/Pipelines/lif-population.yaml"

    private static func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// Steps and neurons of each engine and group in a CSV of spikes.
    private static func spikes(_ text: String) -> [String: [(neuron: Int, step: Int)]] {
        var found: [String: [(neuron: Int, step: Int)]] = [:]
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: ",")
            found[fields[0] + "." + fields[1], default: []].append((Int(fields[2]) ?? -1, Int(fields[3]) ?? -1))
        }
        return found
    }

    @Test("every spike and synapse that the summary counts is in the CSV, and obeys the wiring")
    func csv() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(
            ["simulate", Self.population, "--json", "--spikes", "spikes.csv", "--wiring", "wiring.csv"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let report = try Self.json(outcome.output)
        let text = try String(contentsOfFile: folder.path + "/spikes.csv", encoding: .utf8)
        #expect(text.hasPrefix("engine,group,neuron,step\n"))
        let spikes = Self.spikes(text)
        let neurons = try #require((report["populations"] as? [[String: Any]])?.first)
        #expect(spikes["float.neurons"]?.count == neurons["spikes"] as? Int)
        #expect(spikes["integer.neurons"]?.count == neurons["integer_spikes"] as? Int)
        let inputs = try #require((report["inputs"] as? [[String: Any]])?.first)
        let drive = try #require(spikes.first { $0.key.hasSuffix(".drive") }?.value)
        #expect(drive.count == inputs["spikes"] as? Int)

        let wiring = try String(contentsOfFile: folder.path + "/wiring.csv", encoding: .utf8).split(separator: "\n")
            .dropFirst().map { $0.split(separator: ",").compactMap { Int($0) } }
        #expect(wiring.count == report["synapses"] as? Int)
        // What the summary says was added is the fan-out of every input spike, counted here from the two files.
        var fanOut = [Int](repeating: 0, count: 100)
        for row in wiring { fanOut[row[1]] += 1 }
        #expect(drive.reduce(0) { $0 + fanOut[$1.neuron] } == report["synaptic_operations"] as? Int)
        // A neuron fires only after somebody spoke to it: in the step before at the latest.
        for spike in try #require(spikes["float.neurons"]) {
            let sources = Set(wiring.filter { $0[2] == spike.neuron }.map { $0[1] })
            #expect(drive.contains { sources.contains($0.neuron) && $0.step < spike.step })
        }
    }

    @Test("the same seed gives the same text and pictures, another seed another, and times only if asked for")
    func seeds() throws {
        let folder = try TemporaryFolder()
        func run(_ arguments: String...) throws -> String {
            let outcome = try Program.run(["simulate", Self.population] + arguments, in: folder)
            #expect(outcome.code == 0, "\(outcome.errors)")
            return outcome.output
        }
        #expect(try run("--plot", "a.svg") == run("--plot", "b.svg"))
        let pictures = try ["a.svg", "b.svg"].map {
            try String(contentsOfFile: folder.path + "/" + $0, encoding: .utf8)
        }
        #expect(pictures[0] == pictures[1])
        #expect(try run("--seed", "2") != run())
        #expect(try Self.json(run("--json"))["seconds"] == nil)
        let seconds = try #require(try Self.json(run("--json", "--time"))["seconds"] as? [String: Double])
        #expect(seconds.keys.sorted() == ["drawing", "float", "integer"] && seconds.values.allSatisfy { $0 > 0 })
        #expect(try run("--time").contains("x real time"))
    }

    @Test("the figure is well-formed SVG with the name in it, and a PNG")
    func figure() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(
            ["simulate", Self.population, "--json", "--plot", "a.svg", "--plot", "a.png"], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let svg = try String(contentsOfFile: folder.path + "/a.svg", encoding: .utf8)
        #expect(svg.hasPrefix("<svg") || svg.hasPrefix("<?xml"))
        #expect(XMLCheck.isWellFormed(svg))
        #expect(svg.contains("lif-population"))
        let png = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/a.png"))
        #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]) && png.count > 2_000)
    }

    @Test(
        "what is wrong is told before anything runs",
        arguments: [
            (["nobody.yaml"], "nobody.yaml"), (["FILE", "--plot", "a.jpg"], "a.jpg"),
            (["FILE", "--seeds", "3", "--plot", "a.svg"], "--seeds"), (["FILE", "--seeds", "0"], "found 0"),
            (["FILE", "--spikes", "nowhere/a.csv"], "nowhere"), (["PIPELINE"], "spikeline run"),
        ])
    func faults(arguments: [String], told: String) throws {
        let folder = try TemporaryFolder()
        let files = ["FILE": Self.population, "PIPELINE": SharedData.packageRoot + "/Pipelines/keywords.yaml"]
        let outcome = try Program.run(["simulate"] + arguments.map { files[$0] ?? $0 }, in: folder)
        #expect(outcome.code == 2 && outcome.errors.contains(told), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test("run says that a simulation is run by simulate")
    func hint() throws {
        let outcome = try Program.run(["run", Self.population], in: TemporaryFolder())
        #expect(outcome.code == 2 && outcome.errors.contains("spikeline simulate"))
    }

    @Test("over seeds, the mean is that of the single runs")
    func statistics() throws {
        let folder = try TemporaryFolder()
        let all = try Self.json(
            Program.run(["simulate", Self.population, "--json", "--seeds", "3"], in: folder).output)
        let mean = try #require(
            ((all["populations"] as? [[String: Any]])?.first?["rate_hz"] as? [String: Any])?["mean"] as? Double)
        let single = try (1...3).map { seed -> Double in
            let report = try Self.json(
                Program.run(["simulate", Self.population, "--json", "--seed", "\(seed)"], in: folder).output)
            return try #require((report["populations"] as? [[String: Any]])?.first?["rate_hz"] as? Double)
        }
        #expect(abs(mean - single.reduce(0, +) / 3) < 1e-3)
    }
}

/// Whether a text is well-formed XML, by Foundation's own reader where there is one.
private enum XMLCheck {
    /// Every tag that is opened is closed, in order.
    static func isWellFormed(_ text: String) -> Bool {
        var open: [Substring] = []
        for part in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
            guard let end = part.firstIndex(of: ">") else { return false }
            let tag = part[..<end]
            if tag.hasPrefix("?") || tag.hasPrefix("!") || tag.hasSuffix("/") { continue }
            if tag.hasPrefix("/") {
                guard let last = open.popLast(), last == tag.dropFirst() else { return false }
            } else {
                open.append(tag.prefix { !$0.isWhitespace })
            }
        }
        return open.isEmpty && !text.isEmpty
    }
}
