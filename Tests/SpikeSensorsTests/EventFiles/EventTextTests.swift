import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// Texts of events as different programs write them.
struct EventTextTests {
    private func read(_ text: String, columns: String? = nil) throws -> EventReading {
        var options = EventFileReader.Options()
        options.columns = columns
        return try EventReading(Array(text.utf8), options: options)
    }

    /// What most of the texts here hold: three events.
    static let three = [
        PlainEvent(1_372, 38, 42, false), PlainEvent(1_380, 12, 7, true), PlainEvent(1_380, 0, 99, true),
    ]

    static let layouts: [(what: String, text: String)] = [
        ("header t,x,y,p", "t,x,y,p\n1372,38,42,0\n1380,12,7,1\n1380,0,99,1\n"),
        ("header in another order", "polarity,y,timestamp,x\n0,42,1372,38\n1,7,1380,12\n1,99,1380,0\n"),
        ("header in quotes", "\"t\",\"x\",\"y\",\"on\"\n1372,38,42,0\n1380,12,7,1\n1380,0,99,1\n"),
        ("header in capitals, semicolons", "Time;X;Y;Polarity\n1372;38;42;0\n1380;12;7;1\n1380;0;99;1\n"),
        ("more columns than needed", "id,t,x,y,p,note\n1,1372,38,42,0,5\n2,1380,12,7,1,5\n3,1380,0,99,1,6\n"),
        ("row and column", "col row ts pol\n38 42 1372 0\n12 7 1380 1\n0 99 1380 1\n"),
        ("nanoseconds", "t_ns,x,y,p\n1372000,38,42,0\n1379500,12,7,1\n1380499,0,99,1\n"),
        ("milliseconds", "t_ms,x,y,p\n1.372,38,42,0\n1.38,12,7,1\n1.3795001,0,99,1\n"),
        ("seconds by name", "time_s,x,y,p\n0.001372,38,42,0\n.00138,12,7,1\n0.0013804999,0,99,1\n"),
        ("seconds, as the Robotics and Perception Group", "0.001372 38 42 0\n0.001380 12 7 1\n0.001380 0 99 1\n"),
        ("seconds with a size in front", "240 180\n0.001372 38 42 0\n0.001380 12 7 1\n0.001380 0 99 1\n"),
        ("columns first", "38,42,0,1372\n12,7,1,1380\n0,99,1,1380\n"),
        ("polarity -1 and 1", "1372 38 42 -1\n1380 12 7 1\n1380 0 99 1\n"),
        ("true and false", "t,x,y,p\n1372,38,42,False\n1380,12,7,True\n1380,0,99,true\n"),
        ("on and off", "t,x,y,p\n1372,38,42,OFF\n1380,12,7,on\n1380,0,99,ON\n"),
        ("CR LF", "t,x,y,p\r\n1372,38,42,0\r\n1380,12,7,1\r\n1380,0,99,1\r\n"),
        ("no last newline", "t,x,y,p\n1372,38,42,0\n1380,12,7,1\n1380,0,99,1"),
        ("CR LF, no last newline", "1372,38,42,0\r\n1380,12,7,1\r\n1380,0,99,1\r"),
        ("blanks and tabs", "  1372\t38 \t42   0 \n1380 12 7 1\n\t1380 0 99 1\t\n"),
        ("commas and blanks", "1372, 38, 42, 0\n1380 , 12 , 7 , 1\n1380,0,99,1\n"),
        ("comments", "# made today\n% by me\n// or by you\n\n1372,38,42,0\n1380,12,7,1\n1380,0,99,1\n"),
        ("a comment that names the columns", "# x y p t\n38 42 0 1372\n12 7 1 1380\n0 99 1 1380\n"),
        (
            "numpy.savetxt as it is",
            "1.372000000000000000e+03 3.800000000000000000e+01 4.200000000000000000e+01 0.000000000000000000e+00\n"
                + "1.380000000000000000e+03 1.200000000000000000e+01 7.000000000000000000e+00 1.000000000000000000e+00\n"
                + "1.380000000000000000e+03 0.000000000000000000e+00 9.900000000000000000e+01 1.000000000000000000e+00\n"
        ),
        (
            "numpy.savetxt with a header",
            "# t x y p\n"
                + "1.372000000000000000e+03 3.800000000000000000e+01 4.200000000000000000e+01 -1.000000000000000000e+00\n"
                + "1.380000000000000000e+03 1.200000000000000000e+01 7.000000000000000000e+00 1.000000000000000000e+00\n"
                + "1.380000000000000000e+03 0.000000000000000000e+00 9.900000000000000000e+01 1.000000000000000000e+00\n"
        ),
        (
            "numpy.savetxt of seconds",
            "1.372000000000000027e-03 3.800000000000000000e+01 4.200000000000000000e+01 0.000000000000000000e+00\n"
                + "1.379999999999999932e-03 1.200000000000000000e+01 7.000000000000000000e+00 1.000000000000000000e+00\n"
                + "1.379999999999999932e-03 0.000000000000000000e+00 9.900000000000000000e+01 1.000000000000000000e+00\n"
        ),
    ]

    @Test(arguments: layouts.indices) func layout(index: Int) throws {
        let (what, text) = EventTextTests.layouts[index]
        let reading = try read(text)
        #expect(reading.events == EventTextTests.three, "\(what)")
        #expect(reading.damage.isEmpty, "\(what)")
    }

    @Test func sizes() throws {
        func size(_ text: String) throws -> SensorSize? {
            try EventFileReader(bytes: Array(text.utf8), name: "test").size
        }
        #expect(try size("240 180\n0.1 1 2 0\n") == SensorSize(width: 240, height: 180))
        #expect(try size("240,180\n0.1,1,2,0\n") == SensorSize(width: 240, height: 180))
        #expect(try size("t,x@128,y@64,on\n1,1,2,0\n") == SensorSize(width: 128, height: 64))
        #expect(try size("t,x,y,p\n1,1,2,0\n") == nil)
        #expect(try size("0 180\n0.1 1 2 0\n") == nil)
    }

    @Test("Where the numbers must tell which column is which")
    func guessing() throws {
        func layout(_ lines: [String]) -> [Int]? {
            EventTextLayout(samples: lines).map { [$0.time, $0.x, $0.y, $0.polarity] }
        }
        #expect(layout(["10 5 6 1", "11 4 7 0", "12 5 6 1"]) == [0, 1, 2, 3])
        #expect(layout(["5 6 1 10", "4 7 0 11", "5 6 1 12"]) == [3, 0, 1, 2])
        #expect(layout(["5 6 10 1", "4 7 11 0", "5 6 12 1"]) == [2, 0, 1, 3])
        #expect(layout(["1 10 5 6", "0 11 4 7", "1 12 5 6"]) == [1, 2, 3, 0])
        // Columns that grow too, but less.
        #expect(layout(["100 5 6 1", "200 6 7 0", "300 7 8 1"]) == [0, 1, 2, 3])
        #expect(layout(["5 6 100 1", "6 7 200 0", "7 8 300 1"]) == [2, 0, 1, 3])
        // One line alone, and lines all alike: the usual order.
        #expect(layout(["500 5 6 1"]) == [0, 1, 2, 3])
        #expect(layout(["0 0 0 0", "0 0 0 0"]) == [0, 1, 2, 3])
        #expect(layout(["7 8 9 5", "8 8 9 5"]) == nil)
        #expect(layout(["1 2 3", "2 3 4"]) == nil)
        #expect(layout(["a b c d"]) == nil)
        #expect(layout([]) == nil)
    }

    @Test func columnsCanBeNamed() throws {
        #expect(
            try read("1 0 5 6\n1 1 7 8\n", columns: "p,t,x,y").events == [
                PlainEvent(0, 5, 6, true), PlainEvent(1, 7, 8, true),
            ])
        #expect(
            message { _ = try read("1 2 3 4\n", columns: "a,b,c,d") }
                == "test: expected columns that name t, x, y and p, found \"a,b,c,d\". As in t,x,y,p")
    }

    @Test func linesThatAreNoEvents() throws {
        let text =
            "t,x,y,p\n5,1,2,0\nhello 1\n6,1,2,2\n# a comment\n\n7,-1,2,0\n8,1,40000,0\n9,1,2\n10,1.5,2,0\n11,1,2,1\n"
        let reading = try read(text)
        #expect(reading.events.map(\.time) == [5, 11])
        #expect(
            reading.damage.map(\.description) == [
                "byte 16: expected an event, found \"hello 1\"", "byte 24: expected an event, found \"6,1,2,2\"",
                "byte 45: expected an event, found \"7,-1,2,0\"", "byte 54: expected an event, found \"8,1,40000,0\"",
                "byte 66: expected an event, found \"9,1,2\"", "byte 72: expected an event, found \"10,1.5,2,0\"",
            ])
        #expect(reading.tally[.unknown] == 1 && reading.tally[.damagedBytes] == 8 + 8 + 9 + 12 + 6 + 11)
    }

    @Test func lineWithoutEnd() throws {
        let text = "t,x,y,p\n1,1,2,0\n" + String(repeating: "7", count: 3_000) + "\n5,1,2,0\n"
        let reading = try read(text)
        #expect(reading.events.map(\.time) == [1, 5])
        #expect(reading.tally[.damage] == 3 && reading.tally[.damagedBytes] == 3_001)
    }

    @Test func numbersAtTheirEnds() throws {
        let far = String(1 << 53)
        let text =
            "t,x,y,p\n\(far),65535,32767,1\n-\(far),0,0,0\n9007199254740993,1,1,1\n1234567890123456789,1,1,1\n+7,+1,+2,1\n"
        let reading = try read(text)
        #expect(
            reading.events == [
                PlainEvent(1 << 53, 65_535, 32_767, true), PlainEvent(-(1 << 53), 0, 0, false),
                PlainEvent(7, 1, 2, true),
            ])
        #expect(reading.damage.count == 2)
    }

    @Test func roundingToNearest() throws {
        let text =
            "t,x,y,p\n0.0000004,1,1,1\n0.0000005,1,1,1\n1.9999994999,1,1,1\n1.9999995,1,1,1\n1e-6,1,1,1\n2.5E0,1,1,1\n"
        #expect(try read(text).events.map(\.time) == [0, 1, 1_999_999, 2_000_000, 1, 2_500_000])
    }

    @Test func headersAlone() throws {
        for text in ["t,x,y,p\n", "t,x,y,p", "# nothing but 1 comment\n", "240 180\n"] {
            let reading = try read(text)
            #expect(reading.events.isEmpty && reading.damage.isEmpty, "\(text)")
        }
    }

    @Test func writesWhatItReads() throws {
        let events = [PlainEvent(-5, 0, 0, false), PlainEvent(1 << 53, 65_535, 32_767, true)]
        let (bytes, losses) = try EventSamples.written(events, as: EventFileWriter.Options(format: .csv))
        #expect(String(decoding: bytes, as: UTF8.self) == "t,x,y,p\n-5,0,0,0\n9007199254740992,65535,32767,1\n")
        #expect(losses == EventWriteLosses())
    }
}
