import Foundation
import SpikeEncoders
import SpikeSensors
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeHeads

/// Made-up machines as sound files, and ways to count their bands.
enum WatchSamples {
    /// A file of 16-bit samples, frame after frame.
    static func wav(_ samples: [Int16], channels: Int, rate: Int) -> [UInt8] {
        func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
            (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
        }
        let header = Array("WAVEfmt ".utf8) + little(UInt32(16)) + little(UInt16(1)) + little(UInt16(channels))
        let rates = little(UInt32(rate)) + little(UInt32(rate * channels * 2)) + little(UInt16(channels * 2))
        let body = header + rates + little(UInt16(16)) + Array("data".utf8) + little(UInt32(samples.count * 2))
        return Array("RIFF".utf8) + little(UInt32(body.count + samples.count * 2)) + body
            + samples.flatMap { little($0) }
    }

    /// Seconds of an accelerometer of three axes at 200 Hz: noise, gravity on z, and from `fault` on a tone on y.
    static func shaking(seconds: Double, fault: Range<Double> = 0..<0, hertz: Double = 31, seed: UInt64 = 1) -> [UInt8]
    {
        var dice = Dice(state: seed)
        var slow = [0.0, 0, 0]
        var samples: [Int16] = []
        for frame in 0..<Int(seconds * 200) {
            let time = Double(frame) / 200
            for axis in 0..<3 {
                slow[axis] = 0.7 * slow[axis] + 300 * dice.normal()
                let tone = axis == 1 && fault.contains(time) ? 1_500 * sin(2 * .pi * hertz * time) : 0
                samples.append(Int16(slow[axis] + tone + (axis == 2 ? 4_096 : 0)))
            }
        }
        return wav(samples, channels: 3, rate: 200)
    }

    /// The frames of a file, all channels, on the 24-bit scale.
    static func frames(of path: String) throws -> (samples: [Int32], channels: Int, rate: Int) {
        var parameters = AudioFileSource.Parameters()
        (parameters.channel, parameters.sampleRateHz) = (.all, nil)
        let source = try AudioFileSource(path: path, parameters: parameters)
        let batch = AudioBatch()
        var samples: [Int32] = []
        while try source.read(into: batch) {
            samples += batch.samples
            batch.removeAll()
        }
        return (samples, source.channels, source.sampleRate)
    }

    /// The counts of the bands, tick after tick, of the samples.
    static func counts(
        _ samples: [Int32], channels: Int, rate: Int, bands: Int = 32, encoder: BandEncoder? = nil
    ) throws -> (ticks: [[Int32]], legend: ChannelLegend) {
        var parameters = BandParameters()
        parameters.bands = bands
        let encoder = encoder ?? BandEncoder(parameters)
        let (input, output) = (AudioBatch(), SpikeBatch())
        (input.sampleRate, input.channels, input.samples) = (rate, channels, samples)
        try encoder.process(input, into: output)
        let ticks = (0..<output.count).map { index in
            var counts = [Int32](repeating: 0, count: output.channels)
            for spike in output.spikes[output.range(ofTick: index)] { counts[Int(spike.channel)] = Int32(spike.count) }
            return counts
        }
        return (ticks, try #require(output.legend))
    }

    /// The detector that a pipeline has, with that many seconds to learn from in all; three fifths for the weights.
    static func detector(
        channels: Int, tick: Double, learnSeconds: Double
    ) -> AnomalyDetector {
        var parameters = AnomalyParameters()
        let seconds = learnSeconds - 2 * Double(parameters.slowTicks) * tick
        (parameters.warmUpSeconds, parameters.calibrateSeconds) = (seconds * 0.6, seconds * 0.39)
        return AnomalyDetector(parameters, channels: channels, tickNanoseconds: Int64(tick * 1e9))
    }

    /// The seconds after which an alert is raised in these ticks; nil: none is.
    static func delay(_ detector: inout AnomalyDetector, _ ticks: [[Int32]], tick: Double) -> Double? {
        for (index, counts) in ticks.enumerated() {
            var isAlert = false
            detector.step(counts) { if $0 == .alert(.onset) { isAlert = true } }
            if isAlert { return Double(index + 1) * tick }
        }
        return nil
    }

    /// The bytes of a shared recording, as a program that runs elsewhere wants its path.
    static func shared(_ name: String) throws -> String {
        let path = try #require(SharedData.path("anomaly/" + name))
        return URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// Time in microseconds, column, row, polarity.
    typealias Event = (time: Int64, x: Int, y: Int, isOn: Bool)

    /// Events in order of time, of a sensor of 128 x 128, as counts of the cells of `Pipelines/scene.yaml`, tick after tick.
    static func cells(_ events: [Event]) throws -> (ticks: [[Int32]], legend: ChannelLegend) {
        var parameters = EventGridParameters()
        (parameters.width, parameters.height, parameters.tickMilliseconds) = (8, 8, 10)
        (parameters.gain, parameters.maximumSpikes) = (1, 12)
        let stage = try EventGridStage(parameters)
        var ticks: [[Int32]] = []
        let output = SpikeBatch()
        func take() {
            for index in 0..<output.count {
                var counts = [Int32](repeating: 0, count: output.channels)
                for spike in output.spikes[output.range(ofTick: index)] {
                    counts[Int(spike.channel)] = Int32(spike.count)
                }
                ticks.append(counts)
            }
            output.removeAll()
        }
        var next = 0
        while next < events.count {
            let batch = EventBatch()
            (batch.width, batch.height) = (128, 128)
            while next < events.count, !batch.isFull {
                let event = events[next]
                guard batch.append(time: event.time, x: UInt16(event.x), y: UInt16(event.y), isOn: event.isOn) else {
                    break
                }
                next += 1
            }
            batch.upTo = StreamTime(nanoseconds: events[next - 1].time * 1_000)
            try stage.process(batch, into: output)
            let legend = output.legend
            take()
            while try stage.processMore(into: output) { take() }
            output.legend = legend
        }
        return (ticks, try #require(output.legend))
    }
}
