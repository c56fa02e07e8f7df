/// Scenes that filters of events are for.
enum Scene {
    static let size = Place(x: 64, y: 48)

    /// A vertical edge that moves one column to the right every 2 ms, within three passes: `on`, and 3 ms later `off`.
    static func bar(from start: Int64 = 0) -> [SeenEvent] {
        (0..<64).flatMap { x in
            (0..<48).flatMap { y -> [SeenEvent] in
                let time = start + Int64(x * 2_000 + y * 7)
                return [
                    SeenEvent(time: time, x: x, y: y, isOn: true),
                    SeenEvent(time: time + 3_000, x: x, y: y, isOn: false),
                ]
            }
        }
    }

    /// A patch of 8 x 8 pixels that goes bright and dark.
    static func lamp(hertz: Int, seconds: Double, column: Int = 20) -> [SeenEvent] {
        let period = Int64(1_000_000 / hertz)
        return (0..<Int(seconds * Double(hertz))).flatMap { cycle in
            (0..<64).flatMap { pixel -> [SeenEvent] in
                let (x, y) = (column + pixel % 8, 10 + pixel / 8)
                let time = Int64(cycle) * period + Int64(pixel)
                return [
                    SeenEvent(time: time, x: x, y: y, isOn: true), SeenEvent(time: time + 90, x: x, y: y, isOn: true),
                    SeenEvent(time: time + period / 2, x: x, y: y, isOn: false),
                ]
            }
        }
    }

    static func stream(_ parts: [SeenEvent]...) -> EventStream {
        var stream = EventStream(size: size)
        stream.add(parts.flatMap { $0 })
        return stream
    }
}
