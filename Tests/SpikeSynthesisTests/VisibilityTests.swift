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

    /// The pixels themselves, of which the rule knows only the figures, say the same by their events near the hand.
    @Test func whereLittleIsSeenTheHandGivesFewEvents() throws {
        var options = GestureSynthesisOptions()
        options.leastVisible = 0
        let synthesizer = GestureSynthesizer(options)
        var (hidden, clear) = ([Double](), [Double]())
        for seed in 0..<400 {
            let scene = Self.scene(.leftArmClockwise, seed: UInt64(seed)).scene
            let share = visibility.share(of: scene, seenBy: Self.scene(.leftArmClockwise, seed: UInt64(seed)).settings)
            guard share < 0.12 || share > 0.8, !scene.movesBackdrop else { continue }
            guard (share < 0.12 ? hidden : clear).count < 12 else { continue }
            let recording = synthesizer.recording(of: .leftArmClockwise, seed: UInt64(seed), seconds: 1)
            #expect(recording.visibleShare == share)
            let near = (0..<100).map { index in
                let hand = scene.limbs(at: Float(index) / 100, side: 128).first { $0.arm == .left && $0.isHand }
                return recording.events.filter { event in
                    guard Int(event.offset) / 10_000 == index, let hand else { return false }
                    let (dx, dy) = (Float(event.x) - hand.x1, Float(event.y) - hand.y1)
                    return dx * dx + dy * dy < 36
                }.count
            }
            let events = Double(near.reduce(0, +))
            if share < 0.12 { hidden.append(events) } else { clear.append(events) }
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
        for seed in 0..<66 {
            let gesture = Gesture.allCases[seed % 11]
            let one = synthesizer.recording(of: gesture, seed: UInt64(seed), seconds: 0.1)
            let two = other.recording(of: gesture, seed: UInt64(seed), seconds: 0.1)
            if two.visibleShare >= 0.4 && Self.scene(gesture, seed: UInt64(seed)).scene.shows(gesture) {
                #expect(one.events == two.events, "seed \(seed)")
                same += 1
            } else {
                #expect(one.events != two.events, "seed \(seed)")
                better += 1
            }
            if one.visibleShare < 0.4 { low += 1 }
        }
        #expect(same >= 30 && better >= 5)
        #expect(low <= 1)
    }
}
