#if canImport(Glibc)
import Glibc
#endif

/// How well the pixels of a camera see the arms that perform a gesture. Its images are reused.
final class Visibility {
    private let backdrop: Canvas
    private let without: Canvas, with: Canvas
    private static let moments = 16

    /// For images of `side x side` pixels.
    init(side: Int) {
        backdrop = Canvas(width: side, height: side)
        without = Canvas(width: side, height: side)
        with = Canvas(width: side, height: side)
    }

    /// The share of the forearms and hands that stands out by a threshold, 0 to 1, over a cycle or at least a second.
    ///
    /// A scene is drawn with these limbs and without them. A place on a limb stands out if the logarithms of the luminance of its
    /// pixel differ by the larger threshold of `settings` after the pixel's low-pass filter has seen the limb go by. What something
    /// else hides or what is outside of the image does not stand out. An arm counts if its hand goes at least half as far as the
    /// other, whatever else moves, and a moment as much as the hands are quick then.
    func share(of scene: Scene, seenBy settings: PixelSettings) -> Float {
        let span = max(scene.motion.period, 1)
        let times = (0..<Self.moments).map { (Float($0) + 0.5) / Float(Self.moments) * span }
        func speeds(_ arm: Limb.Arm) -> [Float] {
            times.map { time in
                let way = (scene.hand(arm, at: time + 0.01) - scene.hand(arm, at: time)) / 0.01
                return (way * way).sum().squareRoot()
            }
        }
        let (right, left) = (speeds(.right), speeds(.left))
        let (rightWay, leftWay) = (right.reduce(0, +), left.reduce(0, +))
        let (countsRight, countsLeft) = (rightWay >= 0.5 * leftWay, leftWay >= 0.5 * rightWay)
        var (seen, all) = (Float(0), Float(0))
        for index in times.indices {
            let speed = max(countsRight ? right[index] : 0, countsLeft ? left[index] : 0)
            let limbs = scene.limbs(at: times[index], side: Float(with.width))
            func counts(_ limb: Limb) -> Bool { limb.arm == .right && countsRight || limb.arm == .left && countsLeft }
            let counted = limbs.filter(counts)
            let box = counted.reduce(PixelBox.none) { $0.union($1.box) }.cut(to: with.frame)
            if index == 0 || scene.movesBackdrop { scene.drawBackdrop(on: backdrop, at: times[index]) }
            without.copy(backdrop, box)
            scene.draw(limbs.filter { !counts($0) }, on: without, in: box)
            with.copy(backdrop, box)
            scene.draw(limbs, on: with, in: box)
            for limb in counted {
                let weight = speed * limb.area
                seen += weight * shareStandingOut(of: limb, seenBy: settings, speed: speed)
                all += weight
            }
        }
        return all > 0 ? seen / all : 1
    }

    /// The share of places on a limb whose pixel sees the difference between the two images; hands go by at `speed` pixels per
    /// second.
    private func shareStandingOut(of limb: Limb, seenBy settings: PixelSettings, speed: Float) -> Float {
        let threshold = max(settings.onThreshold, settings.offThreshold)
        let pace = 2 * Float.pi * settings.bandwidth * 2 * limb.r1 / max(speed, 1)
        let places = limb.places
        let count = places.count { place in
            let (x, y) = (place.x.rounded(), place.y.rounded())
            guard x >= 0, y >= 0, x < Float(with.width), y < Float(with.height) else { return false }
            let pixel = Int(y) * with.width + Int(x)
            let new = unsafe with.pixels[pixel] + settings.floor
            let old = unsafe without.pixels[pixel] + settings.floor
            return abs(log(new / old)) * (1 - exp(-pace * min(new, 1))) >= threshold
        }
        return Float(count) / Float(places.count)
    }
}

extension Limb {
    /// The pixels that it covers, without its round ends.
    fileprivate var area: Float {
        let (dx, dy) = (x1 - x0, y1 - y0)
        return (r0 + r1) * (dx * dx + dy * dy).squareRoot()
    }

    /// Places that are spread over it: eight along it, five across.
    fileprivate var places: [SIMD2<Float>] {
        let (start, way) = (SIMD2(x0, y0), SIMD2(x1 - x0, y1 - y0))
        let across = SIMD2(-way.y, way.x) / max((way * way).sum().squareRoot(), 1e-3)
        return (0..<40).map { index in
            let along = (Float(index / 5) + 0.5) / 8
            return start + way * along + across * ((r0 + (r1 - r0) * along) * 0.4 * Float(index % 5 - 2))
        }
    }
}
