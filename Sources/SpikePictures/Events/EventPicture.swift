#if canImport(Glibc)
import Glibc
#endif

/// Counts of events on pixels as a picture: on events blue, off events orange, both together white, on a dark ground.
///
/// A pixel with c events has the brightness log(1 + c) / log(1 + m), at most 1, where m is the count that 99 % of the
/// active pixels do not exceed: a hot pixel does not darken the rest.
public struct EventPicture: Sendable {
    /// The colour of pixels without events.
    public static let ground = PixelImage.Colour(18, 18, 24)
    private static let on = (red: 64.0, green: 160.0, blue: 255.0)
    private static let off = (red: 255.0, green: 130.0, blue: 30.0)

    /// The picture of `off` and `on` counts, row after row, of a sensor of this size.
    public static func image(width: Int, height: Int, off: [UInt32], on: [UInt32]) -> PixelImage {
        var image = PixelImage(width: width, height: height, colour: ground)
        guard off.count == width * height, on.count == off.count, width > 0, height > 0 else { return image }
        let active = (off + on).filter { $0 > 0 }.sorted()
        guard !active.isEmpty else { return image }
        let full = log(1 + Double(active[(active.count - 1) * 99 / 100]))
        for place in off.indices where off[place] > 0 || on[place] > 0 {
            let shares = (
                on: min(1, log(1 + Double(on[place])) / full), off: min(1, log(1 + Double(off[place])) / full)
            )
            image[place % width, place / width] = mixed(shares.on, shares.off)
        }
        return image
    }

    /// The colours of single frames: none, off, on, both.
    public static let palette = [ground, mixed(0, 1), mixed(1, 0), mixed(1, 1)]

    private static func mixed(_ on: Double, _ off: Double) -> PixelImage.Colour {
        func part(_ ground: UInt8, _ a: Double, _ b: Double) -> UInt8 {
            // From a fifth of the colour on, so that a single event can be seen.
            let light = { (share: Double) in share > 0 ? 0.2 + 0.8 * share : 0 }
            return UInt8(min(255, Double(ground) + a * light(on) + b * light(off)))
        }
        return PixelImage.Colour(
            part(ground.red, Self.on.red, Self.off.red), part(ground.green, Self.on.green, Self.off.green),
            part(ground.blue, Self.on.blue, Self.off.blue))
    }
}
