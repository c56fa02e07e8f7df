#if canImport(Glibc)
import Glibc
#endif

/// How well the pixels of a camera see the arms that perform a gesture. Its images are reused.
final class Visibility {
    private let side: Float
    private let backdrop: Canvas
    private let without: Canvas, with: Canvas
    private static let moments = 16

    /// For images of `side x side` pixels.
    init(side: Int) {
        self.side = Float(side)
        backdrop = Canvas(width: side, height: side)
        without = Canvas(width: side, height: side)
        with = Canvas(width: side, height: side)
    }

    /// The share of the forearms and hands that stands out by a threshold, 0 to 1, over a cycle or at least a second.
    ///
    /// A scene is drawn with these limbs and without them. A pixel sees a limb if the logarithms of its luminance differ by the
    /// larger threshold of `settings` after its low-pass filter has seen the hand go by. What something else hides or what is
    /// outside of the image is not seen. An arm counts if its hand goes at least half as far as the other, and a moment as much
    /// as the hands are quick then.
    ///
    /// It costs what some 30 small images cost.
    func share(of scene: Scene, seenBy settings: PixelSettings) -> Float {
        let span = max(scene.motion.period, 1)
        let times = (0..<Self.moments).map { (Float($0) + 0.5) / Float(Self.moments) * span }
        let images = times.map { scene.limbs(at: $0, side: side) }
        let speeds = zip(times, images).map { time, limbs in
            let later = scene.limbs(at: time + 0.01, side: side)
            return (
                right: limbs.distanceOfHands(to: later, .right) / 0.01,
                left: limbs.distanceOfHands(to: later, .left) / 0.01
            )
        }
        let (right, left) = speeds.reduce((0, 0)) { ($0.0 + $1.right, $0.1 + $1.left) }
        let (countsRight, countsLeft) = (right >= 0.5 * left, left >= 0.5 * right)
        if !scene.movesBackdrop { scene.drawBackdrop(on: backdrop, at: 0) }
        var (seen, all) = (Float(0), Float(0))
        for (index, limbs) in images.enumerated() {
            let speed = max(countsRight ? speeds[index].right : 0, countsLeft ? speeds[index].left : 0)
            let isCounted = limbs.map { $0.arm == .right && countsRight || $0.arm == .left && countsLeft }
            let counted = zip(limbs, isCounted).filter(\.1).map(\.0)
            let area = counted.reduce(0) { $0 + $1.area }
            all += speed * area
            let box = counted.reduce(PixelBox.none) { $0.union($1.box) }.cut(to: with.frame)
            guard !box.isEmpty else { continue }
            if scene.movesBackdrop { scene.drawBackdrop(on: backdrop, at: times[index]) }
            without.copy(backdrop, box)
            scene.draw(zip(limbs, isCounted).filter { !$0.1 }.map(\.0), on: without, in: box)
            with.copy(backdrop, box)
            scene.draw(limbs, on: with, in: box)
            let hand = 2 * (counted.map(\.r1).min() ?? 0)
            let count = standingOut(in: box, seenBy: settings, for: hand / max(speed, 1))
            // Edges are half a pixel wider.
            seen += speed * min(Float(count), area)
        }
        return all > 0 ? seen / all : 1
    }

    /// How many pixels of `box` see a difference between the two images when it lasts for `seconds`.
    private func standingOut(in box: PixelBox, seenBy settings: PixelSettings, for seconds: Float) -> Int {
        let threshold = max(settings.onThreshold, settings.offThreshold)
        let pace = 2 * Float.pi * settings.bandwidth * seconds
        var count = 0
        for y in box.top..<box.bottom {
            for pixel in y * with.width + box.left..<y * with.width + box.right {
                let new = unsafe with.pixels[pixel] + settings.floor
                let old = unsafe without.pixels[pixel] + settings.floor
                if abs(log(new / old)) * (1 - exp(-pace * min(new, 1))) >= threshold { count += 1 }
            }
        }
        return count
    }
}

extension Limb {
    /// The pixels that it covers; a limb that goes on at either end shares the round ones.
    fileprivate var area: Float {
        let (dx, dy) = (x1 - x0, y1 - y0)
        return (r0 + r1) * (dx * dx + dy * dy).squareRoot() + .pi / 4 * (r0 * r0 + r1 * r1)
    }
}

extension [Limb] {
    /// How far the finger tips of `arm` are in the image from where they are among other limbs.
    fileprivate func distanceOfHands(to others: [Limb], _ arm: Limb.Arm) -> Float {
        guard let hand = first(where: { $0.arm == arm && $0.isHand }),
            let other = others.first(where: { $0.arm == arm && $0.isHand })
        else { return 0 }
        let (dx, dy) = (other.x1 - hand.x1, other.y1 - hand.y1)
        return (dx * dx + dy * dy).squareRoot()
    }
}
