import SpikeInterchange
import SpikeSensors
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

extension BenchCase {
    /// Reading event recordings, beside the fastest other package that reads the same file rightly.
    static let events = BenchCase(
        name: "events",
        summary: "million events read per CPU second from a file in the page cache, one row for each file"
    ) { (settings) throws(SpikelineError) in
        guard let folder = settings.eventFiles else { return try EventBench.ownFiles() }
        return try EventBench.files(in: folder, peerScript: settings.peerScript)
    }
}

/// Measures the readers of event recordings.
enum EventBench {
    private static let unit = "M events/s"

    /// A row for each recording in `folder`.
    static func files(in folder: String, peerScript: String?) throws(SpikelineError) -> [BenchResult] {
        var results: [BenchResult] = []
        for name in try names(in: folder) {
            guard let scene = name.split(separator: "_").first, name.contains("_"), !name.hasSuffix(".json") else {
                continue
            }
            let path = folder + "/" + name
            let truth = folder + "/" + scene + ".json"
            guard unsafe access(truth, R_OK) == 0 else { continue }
            Console.progress("reading \(name) ...")
            try check(path, truth: truth)
            var result = BenchResult(detail: name, value: try rate(of: path), unit: unit)
            if let peerScript, let best = peer(of: path, truth: truth, script: peerScript) {
                result.reference = best.name
                result.referenceValue = best.rate
            }
            results.append(result)
            if name.hasSuffix(".aedat4") { results += try threads(path, name: name) }
        }
        guard !results.isEmpty else {
            throw SpikelineError(
                "expected recordings with their truth, found none", at: folder,
                hint: "Scripts/make-event-files writes some")
        }
        return results
    }

    /// A row for each format that can be written, of a small recording of random events.
    static func ownFiles() throws(SpikelineError) -> [BenchResult] {
        guard let folder = CCompiler.makeTemporaryFolder() else {
            throw SpikelineError("no temporary folder can be made", at: "bench", hint: "Set TMPDIR", cause: .lost)
        }
        defer { _ = unsafe rmdir(folder) }
        var results: [BenchResult] = []
        for format in EventFileWriter.formats {
            let path = folder + "/own." + format.rawValue
            defer { _ = unsafe unlink(path) }
            try writeRandom(format, to: path)
            results.append(BenchResult(detail: format.rawValue, value: try rate(of: path), unit: unit))
        }
        return results
    }

    /// Million events per CPU second: the median of five runs.
    private static func rate(of path: String) throws(SpikelineError) -> Double {
        var seconds: [Double] = []
        var events = 0
        for _ in 0..<5 {
            let start = Stopwatch.threadSeconds()
            events = try read(path, threads: 1)
            seconds.append(Stopwatch.threadSeconds() - start)
        }
        return Double(events) / seconds.sorted()[2] / 1e6
    }

    /// Two threads against one, by the clock on the wall; nothing on a machine with one core.
    private static func threads(_ path: String, name: String) throws(SpikelineError) -> [BenchResult] {
        guard sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1 else { return [] }
        var walls: [[Double]] = [[], []]
        var events = 0
        for _ in 0..<5 {
            for threads in 1...2 {
                let start = Progress.now()
                events = try read(path, threads: threads)
                walls[threads - 1].append(Progress.now() - start)
            }
        }
        let rates = walls.map { Double(events) / $0.sorted()[2] / 1e6 }
        return [
            BenchResult(
                detail: name + ", 2 threads", value: rates[1], unit: unit + " of wall time", reference: "1 thread",
                referenceValue: rates[0])
        ]
    }

    private static func read(_ path: String, threads: Int) throws(SpikelineError) -> Int {
        var options = EventFileReader.Options()
        options.threads = threads
        options.addsTimeOffset = true
        let reader = try EventFileReader(path: path, options: options)
        let batch = EventBatch()
        while try reader.read(into: batch) { batch.removeAll() }
        return reader.eventsDelivered
    }

    /// Compares what is read with the truth.
    private static func check(_ path: String, truth: String) throws(SpikelineError) {
        let text = try TextInput.read(truth, limit: 16 << 20)
        guard case .map(let fields) = try JSONReader.value(of: text, title: "truth", place: truth) else { return }
        let truth = Options(fields)
        var options = EventFileReader.Options()
        options.addsTimeOffset = true
        let reader = try EventFileReader(path: path, options: options)
        var found = EventStatistics(size: nil)
        let batch = EventBatch()
        while try reader.read(into: batch) {
            found.add(batch)
            batch.removeAll()
        }
        let pairs = [
            ("events", found.events), ("on", found.on), ("sum_t", Int(found.sumOfTimes)), ("sum_x", found.sumOfColumns),
            ("sum_y", found.sumOfRows),
        ]
        for (name, value) in pairs where truth.integer(name).map({ $0 != value }) ?? false {
            throw SpikelineError(
                "expected \(name) to be \(truth.integer(name) ?? 0), found \(value)", at: path, cause: .defect)
        }
    }

    /// The fastest other package that reads the file rightly.
    private static func peer(of path: String, truth: String, script: String) -> (name: String, rate: Double)? {
        guard let format = (try? EventFileReader(path: path))?.format else { return nil }
        let names: [EventFileFormat: String] = [.evt21: "evt2.1", .aedat3: "aedat3.1", .hdf5: "dsec"]
        let command = [script, path, "--format", names[format] ?? format.rawValue, "--truth", truth, "--best"]
        let words = ChildProcess.output(of: command)?.split(whereSeparator: { $0.isWhitespace }) ?? []
        guard words.count == 3, let rate = Double(words[2]) else { return nil }
        return ("\(words[0]) \(words[1])", rate)
    }

    private static func names(in folder: String) throws(SpikelineError) -> [String] {
        guard let handle = unsafe opendir(folder) else {
            throw SpikelineError("the folder cannot be read", at: folder, hint: "Check the path")
        }
        defer { unsafe closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { start in
                unsafe start.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// Two million events at random places, about five a microsecond.
    private static func writeRandom(_ format: EventFileFormat, to path: String) throws(SpikelineError) {
        let options = EventFileWriter.Options(format: format, size: SensorSize(width: 1_280, height: 720))
        let writer = try EventFileWriter(path: path, options: options)
        let batch = EventBatch()
        var state: UInt64 = 1
        var time: Int64 = 0
        for _ in 0..<2_000_000 {
            // Knuth's 64-bit linear congruential generator; its upper bits are used.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let draw = state >> 32
            if draw % 5 == 0 { time += 1 }
            let (x, y) = (UInt16(draw >> 3 & 0x3FF), UInt16((draw >> 13) % 720))
            if !batch.append(time: time, x: x, y: y, isOn: draw >> 31 == 1) {
                try writer.write(batch)
                batch.removeAll()
                _ = batch.append(time: time, x: x, y: y, isOn: draw >> 31 == 1)
            }
        }
        try writer.write(batch)
        try writer.close()
    }
}
