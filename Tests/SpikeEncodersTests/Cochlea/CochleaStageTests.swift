import SpikeEncoders
import SpikeSignals
import Testing

@Suite struct CochleaStageTests {
    private func message(_ options: [String: OptionValue]) -> String {
        do throws(SpikelineError) {
            _ = try Cochlea.Parameters(options: options, place: "ear")
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test("parameters survive the way into an option map and back, both gain controls") func roundTrip() throws {
        var parameters = Cochlea.Parameters()
        parameters.filters.channels = 17
        parameters.filters.lowHertz = 97.25
        parameters.spikeRateHertz = 123.5
        var gain = GainControl.Channel()
        gain.exponent = 0.98
        parameters.gain = .channel(gain)
        #expect(try Cochlea.Parameters(options: parameters.options) == parameters)
        parameters.gain = .level(.init())
        #expect(try Cochlea.Parameters(options: parameters.options) == parameters)
        #expect(try Cochlea.Parameters(options: [:]) == Cochlea.Parameters())
    }

    @Test("every option in the map has a description that fits it") func specs() {
        for (name, value) in Cochlea.Parameters().options {
            let spec = CochleaStage.descriptor.options.first { $0.name == name }
            #expect(spec != nil && spec?.complaint(about: value) == nil)
        }
    }

    @Test(
        "what is wrong is said, and what to do",
        arguments: [
            (["chanels": .integer(40)], "ear: unknown option \"chanels\". Did you mean \"channels\"?"),
            (["channels": .integer(0)], "ear: \"channels\" expects a whole number from 1 to 512, found 0"),
            (["low_hz": .string("80")], "ear: \"low_hz\" expects a number from 20.0 to 20000.0, found \"80\""),
            (
                ["low_hz": .number(500), "high_hz": .number(400)],
                "ear: \"low_hz\" is 500.0 and not below \"high_hz\", 400.0"
            ),
            (
                ["high_hz": .integer(8_000)],
                "ear: \"high_hz\" is 8000.0, but audio at 16000 Hz reaches only to 7600.0 Hz. "
                    + "Lower high_hz or raise sample_rate_hz"
            ),
            (
                ["tick_ms": .integer(25)],
                "ear: \"tick_ms\" is 25, which is not a multiple of \"phases\" times \"frame_ms\", 2 times 5"
            ),
            (
                ["sample_rate_hz": .integer(44_100), "frame_ms": .integer(5)],
                "ear: a frame of 5 ms is not a whole number of samples at 44100 Hz. Choose another frame_ms or sample_rate_hz"
            ),
            (
                ["attack_ms": .integer(5)],
                "ear: \"attack_ms\" belongs to the other kind of \"gain_control\". Leave it out, or choose the other kind"
            ),
            (
                ["gain_control": .string("level"), "gain_root": .number(0.5)],
                "ear: \"gain_root\" belongs to the other kind of \"gain_control\". Leave it out, or choose the other kind"
            ),
        ] as [([String: OptionValue], String)])
    func messages(options: [String: OptionValue], text: String) {
        #expect(message(options) == text)
    }

    @Test("parameters set in code are checked, too") func checkedInCode() {
        var parameters = Cochlea.Parameters()
        parameters.maxSpikesPerPhase = 300
        #expect(
            throws: SpikelineError(
                "\"max_spikes_per_phase\" expects a whole number from 1 to 255, found 300", at: "cochlea")
        ) {
            _ = try Cochlea(parameters)
        }
        var gain = GainControl.Channel()
        gain.timeMilliseconds = .nan
        parameters = Cochlea.Parameters()
        parameters.gain = .channel(gain)
        #expect(throws: SpikelineError.self) { _ = try Cochlea(parameters) }
    }

    @Test("audio of another rate is refused") func wrongRate() throws {
        let input = AudioBatch()
        input.sampleRate = 48_000
        let expected = SpikelineError(
            "expected audio at 16000 Hz, found 48000 Hz", at: "cochlea",
            hint: "Set \"sample_rate_hz\" of the source to 16000")
        #expect(throws: expected) { try Cochlea().process(input, into: SpikeBatch()) }
    }

    @Test("a block that begins before the last one ended is refused") func backwards() throws {
        let ear = try Cochlea()
        let input = AudioBatch()
        input.samples = [0, 0, 0]
        try ear.process(input, into: SpikeBatch())
        input.firstSample = 2
        let expected = SpikelineError(
            "expected a block that begins with sample 3 or a later one, found sample 2", at: "cochlea", cause: .defect)
        #expect(throws: expected) { try ear.process(input, into: SpikeBatch()) }
        input.firstSample = .max
        #expect(throws: SpikelineError.self) { try ear.process(input, into: SpikeBatch()) }
    }

    @Test("after a gap, hearing resumes with the next whole tick", arguments: [100, 319, 320, 321, 1_000])
    func gap(start: Int) throws {
        let ear = try Cochlea()
        let (input, output) = (AudioBatch(), SpikeBatch())
        input.samples = Signal.noise(amplitude: 0.1, count: 50, seed: 1)
        try ear.process(input, into: output)
        #expect(output.upTo == .zero)
        var ticks: [Int64] = []
        for block in 0..<12 {
            input.samples = Signal.noise(amplitude: 0.1, count: 100, seed: UInt64(block))
            input.firstSample = Int64(start + block * 100)
            output.removeAll()
            try ear.process(input, into: output)
            for tick in 0..<output.count { ticks.append(output.firstTick + Int64(tick)) }
            #expect(output.upTo.nanoseconds <= Int64(start + (block + 1) * 100) * 62_500 + 20_000_000)
        }
        let first = Int64((start + 319) / 320)
        #expect(ticks == Array(first..<Int64((start + 1_200) / 320)))
    }

    @Test("the stage of a pipeline hears") func stage() throws {
        let context = StageContext(pipeline: "p", stage: "ear", folder: "")
        guard case .transform(let ear) = try CochleaStage.descriptor.make(Options(["channels": .integer(8)]), context)
        else { Issue.record("not a transform"); return }
        let input = AudioBatch()
        input.samples = Signal.noise(amplitude: 0.1, count: 3_200, seed: 1)
        let output = SpikeBatch()
        try ear.process(input, output)
        try ear.finish(output)
        #expect(output.count == 10)
        #expect(output.channels == 16)
        #expect(output.spikes.count > 10)
        #expect(throws: SpikelineError("\"channels\" expects a whole number from 1 to 512, found 0", at: "ear")) {
            _ = try CochleaStage.descriptor.make(Options(["channels": .integer(0)]), context)
        }
    }

    @Test("a rate that is written is offered to the sources") func neighbours() throws {
        let context = StageContext(pipeline: "p", stage: "ear", folder: "")
        let none = try CochleaStage.descriptor.neighbourDefaults(Options(), context)
        #expect(none.isEmpty)
        let some = try CochleaStage.descriptor.neighbourDefaults(Options(["sample_rate_hz": .integer(8_000)]), context)
        #expect(some["audio_file"] == ["sample_rate_hz": .integer(8_000)])
        #expect(some["alsa"] == ["sample_rate_hz": .integer(8_000)])
    }
}
