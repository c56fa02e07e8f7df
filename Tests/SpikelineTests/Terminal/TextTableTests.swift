import Testing

@testable import spikeline

@Suite("Tables and figures for people")
struct TextTableTests {
    @Test("columns are as wide as their widest cell, and no line ends in spaces")
    func table() {
        var table = TextTable([("word", .left), ("clips", .right), ("note", .left)])
        table.add(["yes", "89", "fine"])
        table.add(["wonderful", "7"])
        #expect(
            table.text == """
                word       clips  note
                yes           89  fine
                wonderful      7
                """)
    }

    @Test("a table without rows is its header")
    func empty() {
        #expect(TextTable([("a", .left), ("b", .right)]).text == "a  b")
    }

    @Test(
        "three digits that matter, with a prefix",
        arguments: [
            (0.0, "0.00"), (1.0, "1.00"), (12.34, "12.3"), (123.4, "123"), (4_744.0, "4744"), (16_200.0, "16.2 k"),
            (4_550_000.0, "4.55 M"), (2e9, "2.00 G"), (0.00311, "0.00311"), (0.783, "0.783"), (-0.5, "-0.500"),
            (Double.infinity, "-"),
        ])
    func short(value: Double, text: String) {
        #expect(Figures.short(value) == text)
    }

    @Test("what does not exist is a dash")
    func nothing() {
        #expect(Figures.percent(nil) == "-")
        #expect(Figures.short(nil) == "-")
        #expect(Figures.decimal(nil, 1) == "-")
        #expect(Figures.percent(0.875) == "87.5 %")
    }
}
