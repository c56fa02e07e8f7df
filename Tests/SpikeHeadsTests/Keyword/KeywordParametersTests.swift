import SpikeSignals
import Testing

@testable import SpikeHeads

@Suite struct KeywordParametersTests {
    private let context = StageContext(pipeline: "keywords", stage: "words", folder: "")

    private func message(_ parameters: KeywordParameters) -> String? {
        do throws(SpikelineError) {
            _ = try KeywordHead(parameters, context: context)
            return nil
        } catch { return error.description }
    }

    @Test func namesThatAreNotLabelsAreRefused() {
        var parameters = KeywordParameters(labels: ["yes", "no", "unknown"])
        parameters.only = ["yse"]
        #expect(
            message(parameters) == """
                keywords: stage "words": "only" names "yse", which is not a label. Did you mean "yes"?
                """)
        parameters.only = nil
        parameters.thresholds = ["marvin": 0.5]
        #expect(
            message(parameters) == """
                keywords: stage "words": "thresholds" names "marvin", which is not a label. The labels are yes, no, \
                unknown
                """)
    }

    @Test func labelsAreThereAndUnique() {
        #expect(
            message(KeywordParameters(labels: [])) == """
                keywords: stage "words": "labels" is empty, expected one for each output of the network
                """)
        #expect(
            message(KeywordParameters(labels: ["a", "b", "a"])) == """
                keywords: stage "words": "labels" names "a" twice
                """)
    }

    @Test func optionsSetEveryParameter() {
        let parameters = KeywordParameters(
            Options([
                "labels": .list([.string("yes"), .string("noise")]), "background": .list([.string("noise")]),
                "threshold": .integer(1), "thresholds": .map(["yes": .number(0.25)]), "window_ms": .integer(500),
                "smoothing_ms": .integer(20), "confirm_ms": .integer(0), "hold_off_ms": .integer(300),
                "release_ratio": .number(0.5), "potential_scale_bits": .integer(12), "only": .list([.string("yes")]),
            ]))
        var expected = KeywordParameters(labels: ["yes", "noise"])
        expected.background = ["noise"]
        expected.threshold = 1
        expected.thresholds = ["yes": 0.25]
        expected.windowMilliseconds = 500
        expected.smoothingMilliseconds = 20
        expected.confirmMilliseconds = 0
        expected.holdOffMilliseconds = 300
        expected.releaseRatio = 0.5
        expected.potentialScaleBits = 12
        expected.only = ["yes"]
        #expect(parameters == expected)
    }

    @Test func millisecondsBecomeTicksRoundedUp() {
        var parameters = KeywordParameters(labels: ["yes", "unknown"])
        parameters.confirmMilliseconds = 0
        parameters.threshold = 0.5
        parameters.releaseRatio = 0.25
        let coefficients = KeywordCoefficients(parameters, tickNanoseconds: 16_000_000)
        #expect(coefficients.window == 63)
        #expect(coefficients.smoothing == 7)
        #expect(coefficients.confirm == 1)
        #expect(coefficients.holdOff == 50)
        #expect(coefficients.thresholds == [32_768, DetectionRule.never])
        #expect(coefficients.releases[0] == 8_192)
    }

    @Test func theDescriptorMakesAWorkingStage() throws {
        let options = Options(["labels": .list([.string("yes"), .string("unknown")])])
        let stage = try KeywordHead.descriptor.make(options, context)
        guard case .transform(let transform) = stage else {
            Issue.record("expected a transform")
            return
        }
        #expect(transform.input == .potentials && transform.output == .records)
        #expect(KeywordHead.descriptor.options.filter(\.isRequired).map(\.name) == ["labels"])
        let threshold = try #require(KeywordHead.descriptor.options.first { $0.name == "threshold" })
        #expect(
            threshold.complaint(about: .number(0)) == "\"threshold\" expects a number from 0.01 to 1.0, found 0.0")
    }
}
