import SpikeSignals
import Testing

@Suite struct OptionSpecTests {
    @Test func shapesAcceptWhatFits() {
        typealias Shape = OptionSpec.Shape
        let cases: [(Shape, OptionValue, Bool)] = [
            (.bool, .bool(true), true), (.bool, .integer(1), false), (.bool, .string("true"), false),
            (.integer(1...3), .integer(1), true), (.integer(1...3), .integer(3), true),
            (.integer(1...3), .integer(4), false), (.integer(1...3), .number(2), false),
            (.number(0...1), .number(0.5), true), (.number(0...1), .integer(1), true),
            (.number(0...1), .number(1.001), false), (.number(0...1), .number(.nan), false),
            (.number(0 ... .infinity), .number(.infinity), false), (.number(0 ... .infinity), .number(1e300), true),
            (.string, .string(""), true), (.string, .integer(1), false),
            (.choice(["a", "b"]), .string("b"), true), (.choice(["a", "b"]), .string("c"), false),
            (.list(.bool), .list([]), true), (.list(.bool), .list([.bool(true), .integer(1)]), false),
            (.list(.bool), .bool(true), false),
            (.map(.string), .map(["a": .string("b")]), true), (.map(.string), .map(["a": .integer(1)]), false),
            (.either(.bool, .integer(1...2)), .integer(2), true), (.either(.bool, .integer(1...2)), .bool(false), true),
            (.either(.bool, .integer(1...2)), .integer(3), false),
        ]
        for (shape, value, fits) in cases { #expect(shape.accepts(value) == fits, "\(shape.text): \(value.text)") }
    }

    @Test func complaintSaysWhatWasExpectedAndFound() {
        func complaint(_ shape: OptionSpec.Shape, _ value: OptionValue) -> String? {
            OptionSpec("x", shape, help: "").complaint(about: value)
        }
        #expect(complaint(.integer(1...64), .integer(5)) == nil)
        #expect(complaint(.integer(1...64), .integer(0)) == "\"x\" expects a whole number from 1 to 64, found 0")
        #expect(complaint(.integer(1 ... .max), .integer(0)) == "\"x\" expects a whole number, 1 or more, found 0")
        #expect(complaint(.number(0...1), .string("a")) == "\"x\" expects a number from 0.0 to 1.0, found \"a\"")
        #expect(complaint(.number(0.5 ... .infinity), .bool(true)) == "\"x\" expects a number, 0.5 or more, found true")
        #expect(complaint(.choice(["a", "b"]), .string("c")) == "\"x\" expects one of a, b, found \"c\"")
        #expect(
            complaint(.list(.string), .list([.integer(1), .number(0.5)]))
                == "\"x\" expects a list, each a text, found [1, 0.5]")
        #expect(
            complaint(.map(.bool), .map(["b": .integer(1), "a": .bool(true)]))
                == "\"x\" expects named values, each true or false, found {a: true, b: 1}")
        #expect(
            complaint(.either(.bool, .string), .integer(1)) == "\"x\" expects true or false, or a text, found 1")
    }

    @Test func optionsGiveTypedValues() {
        let options = Options([
            "a": .integer(1), "b": .number(0.5), "c": .bool(true), "d": .string("x"), "e": .list([]), "f": .map([:]),
        ])
        #expect(options.integer("a") == 1)
        #expect(options.number("a") == 1)
        #expect(options.number("b") == 0.5)
        #expect(options.bool("c") == true)
        #expect(options.string("d") == "x")
        #expect(options.list("e") == [])
        #expect(options.map("f") == [:])
        #expect(options["d"] == .string("x"))
        #expect(options.integer("b") == nil)
        #expect(options.string("a") == nil)
        #expect(options.bool("zzz") == nil)
    }
}
