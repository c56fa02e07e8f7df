import SpikeSignals
import Testing

@testable import SpikeSynthesis

/// Whether somebody who sets up a camera would see the gesture.
@Suite struct VisibilityTests {
    private let visibility = Visibility(side: 128)

    /// The scene of a seed, as the synthesizer draws it first.
    private static func scene(_ gesture: Gesture, seed: UInt64) -> (scene: Scene, settings: PixelSettings) {
        let number = Gesture.allCases.firstIndex(of: gesture) ?? 0
        var random = SeededGenerator(seed, 0x7363_656E, UInt64(number))
        let scene = Scene(gesture, side: 128, isOutside: false, using: &random)
        return (scene, PixelSettings(using: &random))
    }

    /// Pixels that see everything.
    private static var keen: PixelSettings {
        var settings = PixelSettings()
        (settings.onThreshold, settings.offThreshold) = (0.01, 0.01)
        (settings.bandwidth, settings.floor) = (1e6, 0.001)
        return settings
    }

    @Test func keenPixelsSeeWhatIsInTheImage() {
        var whole = 0
        for seed in 0..<40 {
            let share = visibility.share(
                of: Self.scene(.rightArmClockwise, seed: UInt64(seed)).scene, seenBy: Self.keen)
            #expect((0...1).contains(share), "seed \(seed)")
            if share > 0.75 { whole += 1 }
        }
        #expect(whole >= 30)
    }

    @Test func outsideTheImageNothingIsSeen() {
        for seed in 0..<10 {
            var scene = Self.scene(.rightHandWave, seed: UInt64(seed)).scene
            scene.camera.x = 1_000
            #expect(visibility.share(of: scene, seenBy: Self.keen) == 0, "seed \(seed)")
        }
    }

    /// The hand of somebody at the edge of the image is seen for a part of its way.
    @Test func halfOutsideLessIsSeen() {
        var much = 0
        for seed in 0..<10 {
            var scene = Self.scene(.handClapping, seed: UInt64(seed)).scene
            let inside = visibility.share(of: scene, seenBy: Self.keen)
            scene.camera.x = 0
            let share = visibility.share(of: scene, seenBy: Self.keen)
            #expect(share < inside, "seed \(seed)")
            if share < 0.8 * inside { much += 1 }
        }
        #expect(much >= 8)
    }

    @Test func higherThresholdsAndSlowerPixelsSeeLess() {
        for seed in 0..<20 {
            let scene = Self.scene(.airDrums, seed: UInt64(seed)).scene
            var settings = Self.keen
            func shares(_ values: [Float], _ option: WritableKeyPath<PixelSettings, Float>) -> [Float] {
                values.map { value in
                    settings[keyPath: option] = value
                    return visibility.share(of: scene, seenBy: settings)
                }
            }
            let thresholds = shares([0.01, 0.2, 0.5, 1, 20], \.onThreshold)
            #expect(zip(thresholds, thresholds.dropFirst()).allSatisfy { $0 >= $1 }, "seed \(seed)")
            #expect(thresholds[4] == 0, "seed \(seed)")
            settings = Self.keen
            settings.offThreshold = 0.2
            let bandwidths = shares([1e6, 300, 30, 3, 0.001], \.bandwidth)
            #expect(zip(bandwidths, bandwidths.dropFirst()).allSatisfy { $0 >= $1 }, "seed \(seed)")
            #expect(bandwidths[4] == 0, "seed \(seed)")
        }
    }

    /// Of somebody whose left arm hangs only the right one counts, so the left may be outside of the image.
    @Test func anArmThatDoesNothingDoesNotCount() {
        var scene = SceneHandsTests.scene(SceneHandsTests.Ellipse(across: 0.15, down: 0.15))
        let whole = visibility.share(of: scene, seenBy: Self.keen)
        #expect(whole > 0.9)
        let left = scene.hand(.left, at: 0).x
        scene.camera.x += 128 - (left - 6)
        #expect(scene.hand(.left, at: 0).x > 130 && scene.hand(.right, at: 0).x < 120)
        #expect(abs(visibility.share(of: scene, seenBy: Self.keen) - whole) < 0.05)
        // Where the right one is outside, nothing is left.
        scene.camera.x = 0
        #expect(scene.hand(.left, at: 0).x > 3)
        #expect(visibility.share(of: scene, seenBy: Self.keen) < 0.1)
    }

    /// The pixels themselves, of which the rule knows only the figures, say the same by their events near a hand that is always
    /// in the image.
    @Test func whereLittleIsSeenTheHandGivesFewEvents() throws {
        var options = GestureSynthesisOptions()
        options.leastVisible = 0
        let synthesizer = GestureSynthesizer(options)
        var (hidden, clear) = ([Int](), [Int]())
        for seed in UInt64(0)..<600 {
            let (scene, settings) = Self.scene(.leftArmClockwise, seed: seed)
            let hands = (0..<100).map { scene.hand(.left, at: (Float($0) + 0.5) / 100) }
            let isInside = hands.allSatisfy { $0.x > 4 && $0.y > 4 && $0.x < 123 && $0.y < 123 }
            guard isInside, !scene.movesBackdrop else { continue }
            let share = visibility.share(of: scene, seenBy: settings)
            guard share < 0.12 && hidden.count < 12 || share > 0.8 && clear.count < 12 else { continue }
            let recording = synthesizer.recording(of: .leftArmClockwise, seed: seed, seconds: 1)
            #expect(recording.visibleShare == share)
            let near = recording.events.count { event in
                let way = SIMD2(Float(event.x), Float(event.y)) - hands[Int(event.offset) / 10_000]
                return (way * way).sum() < 36
            }
            if share < 0.12 { hidden.append(near) } else { clear.append(near) }
        }
        try #require(hidden.count >= 6 && clear.count == 12)
        #expect(clear.sorted()[6] > 3 * hidden.sorted()[hidden.count / 2])
    }

    @Test func scenesThatPixelsDoNotSeeAreDrawnAnew() {
        let synthesizer = GestureSynthesizer()
        var asTheyCome = GestureSynthesisOptions()
        asTheyCome.leastVisible = 0
        let other = GestureSynthesizer(asTheyCome)
        var (better, same, low) = (0, 0, 0)
        for seed in UInt64(0)..<66 {
            let gesture = Gesture.allCases[Int(seed % 11)]
            let one = synthesizer.recording(of: gesture, seed: seed, seconds: 0.1)
            let two = other.recording(of: gesture, seed: seed, seconds: 0.1)
            if two.visibleShare >= 0.4 && Self.scene(gesture, seed: seed).scene.shows(gesture) {
                #expect(one.events == two.events, "seed \(seed)")
                same += 1
            } else {
                #expect(one.events != two.events, "seed \(seed)")
                better += 1
            }
            if one.visibleShare < 0.4 { low += 1 }
        }
        #expect(same >= 30 && better >= 10)
        #expect(low <= 1)
    }

    /// Also where every scene before was better seen.
    @Test func aSceneThatContradictsItsGestureIsNotTaken() throws {
        let synthesizer = GestureSynthesizer()
        var contradicting = 0
        for gesture in [Gesture.rightArmClockwise, .leftArmCounterClockwise, .leftHandWave] {
            for seed in UInt64(0)..<150 {
                let (scene, settings) = Self.scene(gesture, seed: seed)
                guard !scene.shows(gesture) else { continue }
                contradicting += 1
                var random = SeededGenerator(seed, 5)
                let taken = synthesizer.usable(scene, of: gesture, for: settings, using: &random)
                #expect(taken.scene.shows(gesture), "\(gesture), seed \(seed)")
                #expect(taken.visibleShare == visibility.share(of: taken.scene, seenBy: settings))
            }
        }
        #expect(contradicting >= 3)
    }

    /// Where no scene reaches the bound the best is taken of as many as are drawn.
    @Test func pixelsThatSeeNothingGetTheBestOfSomeScenes() {
        var options = GestureSynthesisOptions()
        options.leastVisible = 1
        let synthesizer = GestureSynthesizer(options)
        var better = 0
        for seed in UInt64(0)..<12 {
            let (scene, settings) = Self.scene(.rightArmClockwise, seed: seed)
            var random = SeededGenerator(seed, 5)
            let taken = synthesizer.usable(scene, of: .rightArmClockwise, for: settings, using: &random)
            random = SeededGenerator(seed, 5)
            let others = (1..<GestureSynthesizer.mostScenes).map { _ in
                Scene(.rightArmClockwise, side: 128, isOutside: false, using: &random)
            }
            let shares = ([scene] + others).filter { $0.shows(.rightArmClockwise) }
                .map { visibility.share(of: $0, seenBy: settings) }
            #expect(taken.visibleShare == shares.max(), "seed \(seed)")
            if taken.visibleShare > visibility.share(of: scene, seenBy: settings) { better += 1 }
        }
        #expect(better >= 6)
    }
}
