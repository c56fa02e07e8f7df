/// How one person stands at one moment: angles in radians, places in metres.
struct Pose: Hashable, Sendable {
    /// Directions of upper arm, forearm and hand, of length 1, as seen from the trunk.
    struct Arm: Hashable, Sendable {
        var upper = Vector(0, -1, 0)
        var fore = Vector(0, -1, 0)
        var hand = Vector(0, -1, 0)

        /// The arm of the other side.
        var mirrored: Arm { Arm(upper: upper.mirrored, fore: fore.mirrored, hand: hand.mirrored) }
    }

    /// Where the pelvis is, measured from where it is when the person stands at ease.
    var pelvis = Vector.zero
    /// The turn of the whole body about the vertical axis; positive turns the front to the right of the image.
    var yaw: Float = 0
    /// The trunk against the pelvis: forward, to the left of the image, and about its own axis.
    var lean: Float = 0, roll: Float = 0, twist: Float = 0
    /// The head against the trunk.
    var headYaw: Float = 0, headPitch: Float = 0, headRoll: Float = 0
    /// The person's right arm (left in the image) and left arm.
    var right = Arm(), left = Arm()
    /// Where the feet are, measured from where they are when the person stands at ease.
    var rightFoot = Vector.zero, leftFoot = Vector.zero

    /// What a mirror shows: the arms and feet change sides.
    var mirrored: Pose {
        var pose = self
        pose.pelvis = pelvis.mirrored
        (pose.yaw, pose.roll, pose.twist) = (-yaw, -roll, -twist)
        (pose.headYaw, pose.headRoll) = (-headYaw, -headRoll)
        (pose.right, pose.left) = (left.mirrored, right.mirrored)
        (pose.rightFoot, pose.leftFoot) = (leftFoot.mirrored, rightFoot.mirrored)
        return pose
    }
}
