/// Two-bone inverse kinematics: the directions of two bones whose end is at a given place.
enum Reach {
    /// An arm of `body` whose wrist is at `target`, which is measured from the shoulder in units of the arm's length.
    ///
    /// The elbow lies to the side of `pole`. A target out of reach is approached as far as the arm goes.
    static func arm(_ body: BodyShape, to target: Vector, pole: Vector, hand: Vector? = nil) -> Pose.Arm {
        let bones = solve(target * body.arm, first: body.upperArm, second: body.forearm, pole: pole)
        return Pose.Arm(upper: bones.first, fore: bones.second, hand: hand ?? bones.second)
    }

    /// Directions of two bones of lengths `first` and `second` from the origin to `target`, bent towards `pole`.
    static func solve(
        _ target: Vector, first: Float, second: Float, pole: Vector
    ) -> (first: Vector, second: Vector) {
        let direction = target.direction()
        let distance = min(max(target.norm, abs(first - second) * 1.05 + 1e-3), (first + second) * 0.998)
        let along = (first * first - second * second + distance * distance) / (2 * distance)
        let aside = max(first * first - along * along, 0).squareRoot()
        let bend = (pole - direction * pole.dot(direction)).direction(or: Vector(0, 0, 1))
        let joint = direction * along + bend * aside
        return (joint / first, (direction * distance - joint) / second)
    }
}
