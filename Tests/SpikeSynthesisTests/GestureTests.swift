import SpikeSignals
import Testing

@testable import SpikeSynthesis

/// What the gestures look like to the camera.
@Suite struct GestureTests {
    /// The track of both hands in the image, 100 places a second, and of the chest.
    struct Track {
        var right: [(x: Float, y: Float)] = []
        var left: [(x: Float, y: Float)] = []
        var chest: [(x: Float, y: Float)] = []
        var period: Float = 0
    }

    static func track(_ gesture: Gesture, seed: UInt64, seconds: Int = 6) -> Track {
        var random = SeededGenerator(seed, 77)
        let scene = Scene(gesture, side: 128, isOutside: false, using: &random)
        var track = Track()
        track.period = scene.motion.period
        for index in 0..<seconds * 100 {
            let skeleton = Skeleton(scene.body, scene.motion.pose(at: Float(index) / 100))
            func place(_ vector: Vector) -> (x: Float, y: Float) {
                let seen = scene.camera.project(vector)
                return (seen.x, seen.y)
            }
            track.right.append(place(skeleton.right.tips))
            track.left.append(place(skeleton.left.tips))
            track.chest.append(place(skeleton.chest))
        }
        return track
    }

    /// Twice the area that a track goes round; positive is clockwise where y points down.
    static func area(_ track: [(x: Float, y: Float)]) -> Float {
        let x = track.reduce(0) { $0 + $1.x } / Float(track.count)
        let y = track.reduce(0) { $0 + $1.y } / Float(track.count)
        return zip(track, track.dropFirst()).reduce(0) { sum, pair in
            sum + (pair.0.x - x) * (pair.1.y - y) - (pair.1.x - x) * (pair.0.y - y)
        }
    }

    static func path(_ track: [(x: Float, y: Float)]) -> Float {
        zip(track, track.dropFirst()).reduce(0) { sum, pair in
            let (dx, dy) = (pair.1.x - pair.0.x, pair.1.y - pair.0.y)
            return sum + (dx * dx + dy * dy).squareRoot()
        }
    }

    @Test(arguments: [
        (Gesture.rightArmClockwise, true, true), (.rightArmCounterClockwise, true, false),
        (.leftArmClockwise, false, true), (.leftArmCounterClockwise, false, false),
    ])
    func circlesTurnAsTheCameraSeesThem(gesture: Gesture, isRight: Bool, isClockwise: Bool) {
        var (moreThanTheOther, rightWay) = (0, 0)
        for seed in 0..<60 {
            let track = Self.track(gesture, seed: UInt64(seed))
            let hand = isRight ? track.right : track.left
            let other = isRight ? track.left : track.right
            if (Self.area(hand) > 0) == isClockwise { rightWay += 1 }
            if Self.path(hand) > 2 * Self.path(other) { moreThanTheOther += 1 }
        }
        #expect(moreThanTheOther >= 54)
        // A small circle of somebody who drifts may not close.
        #expect(rightWay >= 59)
    }

    @Test(arguments: [(Gesture.rightHandWave, true), (.leftHandWave, false)])
    func oneHandWavesOnItsSide(gesture: Gesture, isRight: Bool) {
        var onItsSide = 0
        var moreThanTheOther = 0
        for seed in 0..<60 {
            let track = Self.track(gesture, seed: UInt64(seed))
            let hand = isRight ? track.right : track.left
            if Self.path(hand) > 1.5 * Self.path(isRight ? track.left : track.right) { moreThanTheOther += 1 }
            let mean = zip(hand, track.chest).reduce(0) { $0 + $1.0.x - $1.1.x }
            if (mean < 0) == isRight { onItsSide += 1 }
        }
        #expect(onItsSide >= 54)
        #expect(moreThanTheOther >= 54)
    }

    @Test(arguments: [Gesture.handClapping, .armRoll, .airDrums]) func bothHandsMove(gesture: Gesture) {
        for seed in 0..<40 {
            let track = Self.track(gesture, seed: UInt64(seed))
            let (right, left) = (Self.path(track.right), Self.path(track.left))
            #expect(min(right, left) > 0.2 * max(right, left), "seed \(seed)")
            #expect(min(right, left) > 60, "seed \(seed)")
        }
    }

    @Test func clappingHandsMeet() {
        for seed in 0..<40 {
            let track = Self.track(.handClapping, seed: UInt64(seed))
            let gaps = zip(track.right, track.left).map { right, left in
                ((right.x - left.x) * (right.x - left.x) + (right.y - left.y) * (right.y - left.y)).squareRoot()
            }
            #expect((gaps.min() ?? 99) < 0.5 * (gaps.max() ?? 0), "seed \(seed)")
        }
    }

    @Test func periodsAreThoseOfPeople() {
        for gesture in Gesture.allCases {
            for seed in 0..<30 {
                let period = Self.track(gesture, seed: UInt64(seed), seconds: 1).period
                #expect(period == 0 || (0.2...3.5).contains(period), "\(gesture), seed \(seed)")
            }
        }
    }
}

@Suite struct GestureSynthesizerTests {
    @Test func equalSeedsGiveEqualEventsAfterWhatever() {
        let first = GestureSynthesizer()
        let second = GestureSynthesizer()
        let one = first.recording(of: .airGuitar, seed: 5, seconds: 0.5)
        _ = second.recording(of: .other, seed: 9, seconds: 0.3)
        let two = second.recording(of: .airGuitar, seed: 5, seconds: 0.5)
        #expect(one.events == two.events)
        #expect(one.events != first.recording(of: .airGuitar, seed: 6, seconds: 0.5).events)
        #expect(one.events != first.recording(of: .armRoll, seed: 5, seconds: 0.5).events)
    }

    @Test func eventsLieInTimeAndOnTheSensor() {
        let synthesizer = GestureSynthesizer()
        for (index, gesture) in Gesture.allCases.enumerated() {
            let events = synthesizer.recording(of: gesture, seed: UInt64(index), seconds: 0.6).events
            #expect(events.count > 300, "\(gesture)")
            #expect(events.allSatisfy { $0.x < 128 && $0.y < 128 && (0..<600_000).contains($0.offset) })
            #expect(zip(events, events.dropFirst()).allSatisfy { $0.offset <= $1.offset })
        }
    }

    /// Real recordings of this kind have some ten thousand to some hundred thousand events a second.
    @Test func ratesAreThoseOfRealRecordings() {
        let synthesizer = GestureSynthesizer()
        let rates = (0..<33).map { index in
            Double(
                synthesizer.recording(of: Gesture.allCases[index % 11], seed: UInt64(index), seconds: 1).events.count)
        }
        let sorted = rates.sorted()
        #expect((8_000...60_000).contains(sorted[16]))
        #expect(sorted[0] > 500)
        #expect(sorted[32] < 400_000)
    }

    @Test func aGestureIsWhereItsHandIs() {
        // The events of a right wave are left of the middle of the person, most often.
        let synthesizer = GestureSynthesizer()
        var left = 0
        for seed in 0..<12 {
            func mean(_ gesture: Gesture) -> Double {
                let events = synthesizer.recording(of: gesture, seed: UInt64(seed), seconds: 1.5).events
                return events.reduce(0.0) { $0 + Double($1.x) } / Double(events.count)
            }
            if mean(.rightHandWave) < mean(.leftHandWave) { left += 1 }
        }
        #expect(left >= 9)
    }
}
