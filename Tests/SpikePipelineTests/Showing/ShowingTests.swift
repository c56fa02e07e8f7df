import SpikeSignals
import Testing

@testable import SpikePipeline

@Suite struct ShowingTests {
    let text = """
        name: a "quoted" name
        sources:
          end: {type: count}
        transforms:
          words: {type: spot, inputs: [end], word: yes}
        sinks:
          out: {type: collect, inputs: [words]}
          samples: {type: keep, inputs: [end]}
        """

    @Test func mermaid() throws {
        let pipeline = try Pipeline.parse(text, path: "toy.yaml", catalogue: toyCatalogue())
        #expect(
            pipeline.picture(.mermaid) == """
                flowchart LR
                    s0(["end<br/>count"])
                    s1["words<br/>spot"]
                    s2[/"samples<br/>keep"/]
                    s3[/"out<br/>collect"/]
                    s0 -->|audio| s1
                    s0 -->|audio| s2
                    s1 -->|records| s3

                """)
    }

    @Test func dot() throws {
        let pipeline = try Pipeline.parse(text, path: "toy.yaml", catalogue: toyCatalogue())
        #expect(
            pipeline.picture(.dot) == #"""
                digraph "a _quoted_ name" {
                    rankdir=LR;
                    s0 [label="end\ncount", shape=oval];
                    s1 [label="words\nspot", shape=box];
                    s2 [label="samples\nkeep", shape=parallelogram];
                    s3 [label="out\ncollect", shape=parallelogram];
                    s0 -> s1 [label="audio"];
                    s0 -> s2 [label="audio"];
                    s1 -> s3 [label="records"];
                }

                """#)
    }

    @Test func manual() {
        let catalogue = Catalogue(["audio_file", "spot", "collect"].compactMap { toyCatalogue().descriptors[$0] })
        #expect(
            catalogue.manual == """
                sources

                  audio_file  -> audio
                    Reads a sound file.
                    path (required): a text
                        The file.
                    rate_hz: a whole number from 1 to 192000
                        Samples per second.

                transforms

                  spot  audio -> records
                    Reports multiples.
                    every: a whole number from 1 to 1000000
                        Of which number.
                    word (required): a text
                        What to call them.
                    threshold: a number from 0.0 to 1.0
                        How sure to be.

                sinks

                  collect  records ->
                    Keeps records.

                """)
    }
}
