import SpikeSignals
import Testing

@testable import SpikePipeline

@Suite struct PipelineCheckerTests {
    @Test func reportsEverythingAtOnce() {
        let text = """
            sources:
              microphone: {type: cuont, end: 5}
              numbers: {type: count, ende: 5}
            transforms:
              network: {type: scale, inputs: [numbers], gain: 200}
              words: {type: spot, inputs: [netwrk], word: yes}
              brain: {type: potentials, inputs: [numbers]}
            sinks:
              console: {type: keep, inputs: [brain]}
              file: {type: collect, inputs: [words]}
            """
        #expect(
            complaints(about: text, path: "Pipelines/keywords.yaml") == """
                Pipelines/keywords.yaml:2:3: warning: nothing reads "microphone"
                  microphone: {type: cuont, end: 5}
                  ^
                Pipelines/keywords.yaml:2:22: error: "cuont" is no type of source. Did you mean "count"?
                  microphone: {type: cuont, end: 5}
                                     ^
                Pipelines/keywords.yaml:3:26: error: "numbers" (count) has no option "ende". Did you mean "end"?
                  numbers: {type: count, ende: 5}
                                         ^
                Pipelines/keywords.yaml:5:3: warning: nothing reads "network"
                  network: {type: scale, inputs: [numbers], gain: 200}
                  ^
                Pipelines/keywords.yaml:5:51: error: "gain" expects a whole number from 1 to 100, found 200
                  network: {type: scale, inputs: [numbers], gain: 200}
                                                                  ^
                Pipelines/keywords.yaml:6:32: error: stage "words" reads "netwrk", which is not defined. Did you mean "network"?
                  words: {type: spot, inputs: [netwrk], word: yes}
                                               ^
                Pipelines/keywords.yaml:9:34: error: "brain" gives potentials, but "console" takes audio
                  console: {type: keep, inputs: [brain]}
                                                 ^
                """)
    }
}
