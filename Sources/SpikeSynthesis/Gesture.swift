/// The eleven classes of the DVS128 Gesture data set (Amir et al., "A low power, fully event-based gesture recognition
/// system", CVPR 2017), in that set's order.
///
/// Left and right are those of the person, who faces the camera: the right hand is at the left of the image. Clockwise
/// and counter-clockwise are as the camera sees the hand turn in the image.
public enum Gesture: String, CaseIterable, Hashable, Sendable {
    /// Both hands meet before the chest, again and again.
    case handClapping = "hand_clapping"
    /// The raised right hand swings from side to side.
    case rightHandWave = "right_hand_wave"
    /// The raised left hand swings from side to side.
    case leftHandWave = "left_hand_wave"
    /// The right hand goes round clockwise.
    case rightArmClockwise = "right_arm_clockwise"
    /// The right hand goes round counter-clockwise.
    case rightArmCounterClockwise = "right_arm_counter_clockwise"
    /// The left hand goes round clockwise.
    case leftArmClockwise = "left_arm_clockwise"
    /// The left hand goes round counter-clockwise.
    case leftArmCounterClockwise = "left_arm_counter_clockwise"
    /// Both forearms turn around each other before the chest.
    case armRoll = "arm_roll"
    /// Both hands beat drums that are not there.
    case airDrums = "air_drums"
    /// One hand strums near the belly, the other holds the neck of a guitar that is not there.
    case airGuitar = "air_guitar"
    /// Anything else, or next to nothing.
    case other = "other"
}
