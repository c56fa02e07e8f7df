import ArgumentParser
import SpikeContainers
import SpikeEncoders
import SpikePictures
import SpikeSignals

/// The options of the stage `coding`, as arguments.
struct CodingOptions: ParsableArguments {
    @Option(help: "Length of a tick. Default 1.")
    var tickMs: Int?
    @Option(help: "All but delta: ticks of a window. Default 32, weighted_phase 8.")
    var windowTicks: Int?
    @Option(help: "poisson, regular: spikes a second at a value of 1. Default 200.")
    var rateHz: Double?
    @Option(help: "log_latency: range below a value of 1. Default 8.")
    var octaves: Double?
    @Option(help: "first_spike: potential of a spike, default 0.25. delta: the step, default 0.0625.")
    var threshold: Double?
    @Option(help: "first_spike: the membrane's time constant. Default 32.")
    var tauTicks: Double?
    @Option(help: "rank_order: the sensitivity that each spike leaves for those after it. Default 0.9.")
    var sensitivity: Double?
    @Option(help: "population: neurons for each value. Default 8.")
    var neurons: Int?
    @Option(help: "delta: what turning back takes beyond a step. Default 0.")
    var hysteresis: Double?
    @Option(help: "poisson: the seed of the spikes. Default 1.")
    var seed: Int?
    @Option(help: "Bands of a sound. Default 16.")
    var bands: Int?
    @Option(help: "Time constant of the envelopes of a sound in milliseconds. Default 10.")
    var smoothMs: Double?
    @Option(help: "logarithmic or linear: values of a sound in proportion to decibels or to amplitude.")
    var scale: String?
    @Option(parsing: .unconditional, help: "The level of a value of 0 in dB of full scale. Default -90.")
    var floorDbfs: Double?
    @Option(parsing: .unconditional, help: "The level of a value of 1 in dB of full scale. Default -30.")
    var topDbfs: Double?

    /// Whether something is said about the bands of a sound.
    var hasBands: Bool {
        bands != nil || smoothMs != nil || scale != nil || floorDbfs != nil || topDbfs != nil
    }

    /// The settings of the stage; throws what is wrong with them, in the words of the stage.
    func settings(method: String) throws(SpikelineError) -> CodingStage.Settings {
        var map: [String: OptionValue] = ["method": .string(method)]
        for (name, value) in [
            ("tick_ms", tickMs), ("window_ticks", windowTicks), ("neurons", neurons), ("seed", seed), ("bands", bands),
        ] {
            if let value { map[name] = .integer(value) }
        }
        for (name, value) in [
            ("rate_hz", rateHz), ("octaves", octaves), ("threshold", threshold), ("tau_ticks", tauTicks),
            ("sensitivity", sensitivity),
            ("hysteresis", hysteresis), ("smooth_ms", smoothMs), ("floor_dbfs", floorDbfs), ("top_dbfs", topDbfs),
        ] {
            if let value { map[name] = .number(value) }
        }
        if let scale { map["scale"] = .string(scale) }
        return try CodingStage.Settings(Options(map), place: "coding")
    }
}
