import SpikeSignals
import Testing

@testable import SpikeTraining

@Suite("Truth of a stream")
struct StreamTruthTests {
    @Test("columns may stand in any order, others are ignored, words come out sorted")
    func columns() throws {
        let csv = "clip,word,end,start\r\na.flac,no,3.5,2.5\n\n\"b,c.flac\",\"yes\",1.25,0.250\n"
        let words = try StreamTruth.parse(csv: csv, place: "truth.csv")
        #expect(
            words == [
                SpokenWord(
                    "yes", start: StreamTime(nanoseconds: 250_000_000), end: StreamTime(nanoseconds: 1_250_000_000)),
                SpokenWord(
                    "no", start: StreamTime(nanoseconds: 2_500_000_000), end: StreamTime(nanoseconds: 3_500_000_000)),
            ])
    }

    @Test(
        "quoted fields follow RFC 4180",
        arguments: [
            (#"a,b"#, ["a", "b"]), (#""a,b",c"#, ["a,b", "c"]), (#""say ""yes""",c"#, [#"say "yes""#, "c"]),
            (#" a , b"#, ["a", "b"]), (#"""#, [""]), ("", [""]),
        ])
    func quotes(line: String, fields: [String]) {
        #expect(StreamTruth.fields(of: line[...]) == fields)
    }

    @Test(
        "what is wrong is named with file and line",
        arguments: [
            ("", "t.csv: the file is empty. Expected a header line: start,end,word"),
            (
                "begin,end,text\n",
                "t.csv:1: expected the columns start, end and word, found no \"start\", \"word\". "
                    + "The first line names the columns, as in start,end,word"
            ),
            ("start,end,word\n1,2\n", "t.csv:2: expected at least 3 fields, found 2"),
            ("start,end,word\n1,2,a\nx,2,b\n", "t.csv:3: \"start\" expects seconds, 0 or more, found \"x\""),
            ("start,end,word\n1,nan,a\n", "t.csv:2: \"end\" expects seconds, 0 or more, found \"nan\""),
            ("start,end,word\n1,1e300,a\n", "t.csv:2: \"end\" expects seconds, 0 or more, found \"1e300\""),
            ("start,end,word\n-1,1,a\n", "t.csv:2: \"start\" expects seconds, 0 or more, found \"-1\""),
            ("start,end,word\n2,1,a\n", "t.csv:2: expected start <= end, found 2 and 1"),
        ])
    func faults(csv: String, message: String) {
        let error = #expect(throws: SpikelineError.self) { try StreamTruth.parse(csv: csv, place: "t.csv") }
        #expect(error?.description == message)
        #expect(error?.cause == .input)
    }
}
