import SpikeSignals

/// What recordings of gestures are made with.
public struct GestureSynthesisOptions: Hashable, Sendable {
    /// Columns and rows of the sensor.
    public var side = 128
    /// Images per second that the pixels see.
    public var stepsPerSecond = 160
    /// Whether body sizes and speeds are drawn from just outside the training ranges.
    public var isOutside = false
    /// The share of the forearms and hands of a gesture that the pixels have to see, 0 to 1. Scenes in which they see less are drawn
    /// anew, up to 16 times, as somebody who sets up a camera would change its place or the light, and so are those in which a
    /// circle or a wave does not look like one from where the camera is. At 0 all are taken as they come.
    public var leastVisible: Float = 0.4

    /// The defaults.
    public init() {}
}

/// A recording that nobody made.
public struct SynthesizedRecording: Sendable {
    /// The events in order of time; offsets are microseconds from the start.
    public var events: [PixelEvent]
    /// What is shown.
    public var gesture: Gesture
    /// The mean seconds of a cycle, or 0 where nothing repeats.
    public var period: Double
    /// The share of the forearms and hands that the pixels see, 0 to 1, see ``GestureSynthesisOptions/leastVisible``.
    public var visibleShare: Float
}

/// Renders people who perform gestures and emulates the event camera that sees them; one for each thread.
public final class GestureSynthesizer {
    private let options: GestureSynthesisOptions
    private let image: Canvas
    private let backdrop: Canvas
    private let pixels: PixelArray
    private let visibility: Visibility

    static let mostScenes = 16

    /// A synthesizer with buffers of its own.
    public init(_ options: GestureSynthesisOptions = GestureSynthesisOptions()) {
        self.options = options
        visibility = Visibility(side: options.side)
        image = Canvas(width: options.side, height: options.side)
        backdrop = Canvas(width: options.side, height: options.side)
        pixels = PixelArray(width: options.side, height: options.side)
    }

    /// A recording of `gesture` of that length; the same seed gives the same events on any thread.
    public func recording(of gesture: Gesture, seed: UInt64, seconds: Double) -> SynthesizedRecording {
        let number = Gesture.allCases.firstIndex(of: gesture) ?? 0
        var random = SeededGenerator(seed, 0x7363_656E, UInt64(number))
        let side = Float(options.side)
        let first = Scene(gesture, side: side, isOutside: options.isOutside, using: &random)
        let settings = PixelSettings(using: &random)
        let (scene, visibleShare) = usable(first, of: gesture, for: settings, using: &random)
        pixels.start(settings, using: &random)
        let steps = max(Int(seconds * Double(options.stepsPerSecond)), 1)
        let step = 1e6 / Float(options.stepsPerSecond)
        scene.drawBackdrop(on: backdrop, at: 0)
        var old = image.frame
        var trail = [PixelBox](repeating: .none, count: 4)
        for index in 0...steps {
            let time = Float(index) / Float(options.stepsPerSecond)
            let limbs = scene.limbs(at: time, side: side)
            var box = limbs.reduce(PixelBox.none) { $0.union($1.box) }.cut(to: image.frame)
            if scene.movesBackdrop {
                scene.drawBackdrop(on: backdrop, at: time)
                box = image.frame
            }
            let dirty = (index == 0 ? image.frame : box.union(old)).cut(to: image.frame)
            image.copy(backdrop, dirty)
            scene.draw(limbs, on: image, in: dirty)
            old = box
            // Pixels that somebody left go on settling for a while.
            trail[index % trail.count] = dirty
            let seen = trail.reduce(PixelBox.none) { $0.union($1) }
            unsafe pixels.see(image.pixels, in: seen, time: Float(index - 1) * step, step: step)
        }
        let duration = Float(steps) * step
        pixels.addNoise(duration: duration, using: &random)
        return SynthesizedRecording(
            events: pixels.sorted(duration: duration, using: &random), gesture: gesture,
            period: Double(scene.motion.period), visibleShare: visibleShare)
    }

    /// The first of `scene` and others after it that shows the gesture and of which `settings` see enough, with the share of it
    /// that they see. Pixels that hardly see anything get the best of ``mostScenes``.
    func usable(
        _ scene: Scene, of gesture: Gesture, for settings: PixelSettings, using random: inout SeededGenerator
    ) -> (scene: Scene, visibleShare: Float) {
        var best = (scene: scene, visibleShare: visibility.share(of: scene, seenBy: settings))
        guard options.leastVisible > 0 else { return best }
        var isShown = scene.shows(gesture)
        for _ in 1..<Self.mostScenes where !isShown || best.visibleShare < options.leastVisible {
            let next = Scene(gesture, side: Float(options.side), isOutside: options.isOutside, using: &random)
            let share = visibility.share(of: next, seenBy: settings)
            guard !isShown || share > best.visibleShare, next.shows(gesture) else { continue }
            (best, isShown) = ((next, share), true)
        }
        return best
    }
}
