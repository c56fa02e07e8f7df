import SpikeSignals
import Testing

@Suite struct SpikelineErrorTests {
    @Test func messageHasPlaceMatterAndHint() {
        #expect(SpikelineError("it broke").description == "it broke")
        #expect(SpikelineError("it broke", at: "a.wav").description == "a.wav: it broke")
        #expect(SpikelineError("it broke", at: "a.wav", hint: "Mend it").description == "a.wav: it broke. Mend it")
        #expect(SpikelineError("it broke", hint: "Mend it").description == "it broke. Mend it")
    }

    @Test func causesAreExitCodes() {
        #expect(SpikelineError("x").cause == .input)
        #expect(SpikelineError.Cause.input.rawValue == 2)
        #expect(SpikelineError.Cause.lost.rawValue == 3)
        #expect(SpikelineError.Cause.defect.rawValue == 70)
    }
}
