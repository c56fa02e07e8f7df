import Testing

@testable import SpikeSensors

/// A device that does what is in its lists.
private struct ToyTerms: CaptureTerms {
    var formats: Set<CaptureFormat> = Set(CaptureFormat.allCases)
    var channels: ClosedRange<Int> = 1...2
    var rates: Set<Int> = [48_000]

    func settle(_ format: CaptureFormat) -> Bool { formats.contains(format) }
    func settle(channels: Int) -> Bool { self.channels.contains(channels) }
    func settle(rate: Int) -> Bool { rates.contains(rate) }
}

@Suite struct CaptureNegotiationTests {
    private func settle(_ terms: ToyTerms, channel: AudioChannel = .mix, rate: Int = 16_000) -> CaptureSetup? {
        var terms = terms
        return try? CaptureNegotiation.settle(&terms, rate: rate, channel: channel).get()
    }

    @Test func whatIsWantedComesFirst() {
        let all = ToyTerms(channels: 1...8, rates: [8_000, 16_000, 44_100, 48_000])
        #expect(settle(all) == CaptureSetup(format: .s16, channels: 1, rate: 16_000))
        #expect(settle(all)?.description == "16000 Hz, 1 channel, S16_LE")
    }

    @Test(arguments: CaptureFormat.allCases) func aStereoDeviceOfAnyFormatAndOneRateIsTaken(format: CaptureFormat) {
        let one = ToyTerms(formats: [format], channels: 2...2, rates: [48_000])
        #expect(settle(one) == CaptureSetup(format: format, channels: 2, rate: 48_000))
    }

    @Test func multiplesOf16kHzComeBeforeOtherRates() {
        #expect(settle(ToyTerms(rates: [44_100, 48_000]))?.rate == 48_000)
        #expect(settle(ToyTerms(rates: [44_100, 96_000]))?.rate == 44_100)
        #expect(settle(ToyTerms(rates: [8_000]))?.rate == 8_000)
    }

    /// A sound server that is asked for one channel gives the mean of all.
    @Test func aChosenChannelAsksForAllThatItNeeds() {
        let server = ToyTerms(channels: 1...32)
        #expect(settle(server, channel: .index(0))?.channels == 2)
        #expect(settle(server, channel: .index(1))?.channels == 2)
        #expect(settle(server, channel: .index(5))?.channels == 6)
        #expect(settle(ToyTerms(channels: 1...1), channel: .index(0))?.channels == 1)
        #expect(settle(ToyTerms(channels: 8...8), channel: .index(3))?.channels == 8)
    }

    @Test func whatCannotBeIsRefusedByTheTermThatFails() {
        func refusal(_ terms: ToyTerms, _ channel: AudioChannel = .mix) -> CaptureNegotiation.Refusal? {
            var terms = terms
            let result = CaptureNegotiation.settle(&terms, rate: 16_000, channel: channel)
            if case .failure(let refusal) = result { return refusal } else { return nil }
        }
        #expect(refusal(ToyTerms(), .index(2)) == .channels)
        #expect(refusal(ToyTerms(formats: [])) == .format)
        #expect(refusal(ToyTerms(rates: [12_345])) == .rate)
    }
}
