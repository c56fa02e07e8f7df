import SpikeSignals

/// The lengths and girths of one person, in metres.
///
/// Means as shares of the body height: Drillis and Contini 1966, as printed in Winter, "Biomechanics and Motor Control
/// of Human Movement", section 4.1. People differ by about 4 % in each.
struct BodyShape: Hashable, Sendable {
    /// From the sole to the crown.
    var height: Float
    /// Half the distance of the shoulder joints, and of the hip joints.
    var shoulder: Float, hip: Float
    /// From the hips to the line of the shoulders, and from there to the middle of the head.
    var trunk: Float, neck: Float
    /// Half the height of the head; its width is 0.78 of that.
    var head: Float
    /// From joint to joint of the arm, and from the wrist to the finger tips.
    var upperArm: Float, forearm: Float, hand: Float
    /// From joint to joint of the leg, and the foot.
    var thigh: Float, shin: Float, foot: Float
    /// Girth: 1 is lean; multiplies all radii.
    var girth: Float

    /// From shoulder to wrist.
    var arm: Float { upperArm + forearm }
    /// Height of the hips above the floor when the person stands.
    var hipHeight: Float { (thigh + shin) * 0.985 + 0.039 * height }

    /// A person of the training ranges, or from just outside them if `isOutside`.
    init(using random: inout SeededGenerator, isOutside: Bool = false) {
        let range: ClosedRange<Float> =
            isOutside ? (random.chance(0.5) ? 1.40...1.50 : 1.95...2.05) : 1.50...1.95
        let height = random.uniform(range)
        func share(_ mean: Float, _ random: inout SeededGenerator) -> Float {
            height * mean * (1 + 0.04 * min(max(random.normal(), -2), 2))
        }
        self.height = height
        shoulder = share(0.115, &random)
        hip = share(0.055, &random)
        trunk = share(0.288, &random)
        neck = share(0.115, &random)
        head = share(0.068, &random)
        upperArm = share(0.186, &random)
        forearm = share(0.146, &random)
        hand = share(0.100, &random)
        thigh = share(0.245, &random)
        shin = share(0.246, &random)
        foot = share(0.130, &random)
        girth = random.uniform(isOutside ? 1.25...1.4 : 0.85...1.25)
    }
}
