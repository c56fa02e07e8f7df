/// The joints of a person in space, in metres; the origin is on the floor between the feet.
struct Skeleton: Hashable, Sendable {
    /// One arm from the shoulder to the finger tips.
    struct Arm: Hashable, Sendable {
        var shoulder = Vector.zero, elbow = Vector.zero, wrist = Vector.zero, tips = Vector.zero
    }
    /// One leg from the hip to the toes.
    struct Leg: Hashable, Sendable {
        var hip = Vector.zero, knee = Vector.zero, ankle = Vector.zero, toes = Vector.zero
    }

    var pelvis = Vector.zero, chest = Vector.zero, head = Vector.zero
    /// The direction of the head's crown, and the direction in which the face looks.
    var crown = Vector(0, 1, 0), face = Vector(0, 0, 1)
    var right = Arm(), left = Arm()
    var rightLeg = Leg(), leftLeg = Leg()

    /// Forward kinematics of `pose`; the legs reach from the hips to the feet.
    init(_ body: BodyShape, _ pose: Pose) {
        pelvis = Vector(0, body.hipHeight, 0) + pose.pelvis
        func trunk(_ v: Vector) -> Vector {
            v.turned(roll: pose.roll).turned(pitch: pose.lean).turned(yaw: pose.yaw + pose.twist)
        }
        chest = pelvis + trunk(Vector(0, body.trunk, 0))
        func head(_ v: Vector) -> Vector {
            trunk(v.turned(roll: pose.headRoll).turned(pitch: pose.headPitch).turned(yaw: pose.headYaw))
        }
        crown = head(Vector(0, 1, 0))
        face = head(Vector(0, 0, 1))
        self.head = chest + trunk(Vector(0, 0.45 * body.neck, 0)) + crown * (0.55 * body.neck) + face * 0.02

        func arm(_ arm: Pose.Arm, side: Float) -> Arm {
            let shoulder = chest + trunk(Vector(side * body.shoulder, -0.02 * body.height, 0))
            let elbow = shoulder + trunk(arm.upper) * body.upperArm
            let wrist = elbow + trunk(arm.fore) * body.forearm
            return Arm(shoulder: shoulder, elbow: elbow, wrist: wrist, tips: wrist + trunk(arm.hand) * body.hand)
        }
        right = arm(pose.right, side: -1)
        left = arm(pose.left, side: 1)

        let pelvis = self.pelvis
        func leg(foot: Vector, side: Float) -> Leg {
            let hip = pelvis + Vector(side * body.hip, 0, 0).turned(yaw: pose.yaw)
            let ankle = Vector(side * body.hip * 1.25, 0.039 * body.height, 0).turned(yaw: pose.yaw) + foot
            let forward = Vector(side * 0.2, 0, 1).turned(yaw: pose.yaw)
            let bones = Reach.solve(ankle - hip, first: body.thigh, second: body.shin, pole: forward)
            let knee = hip + bones.first * body.thigh
            let end = knee + bones.second * body.shin
            return Leg(hip: hip, knee: knee, ankle: end, toes: end + Vector(forward.x, -0.25, forward.z) * body.foot)
        }
        rightLeg = leg(foot: pose.rightFoot, side: -1)
        leftLeg = leg(foot: pose.leftFoot, side: 1)
    }
}
