import SpikeSignals

/// A person in motion: a pose for each moment.
protocol Motion: Sendable {
    /// The mean period in seconds, or 0 where nothing repeats.
    var period: Float { get }
    /// The pose at `time` seconds.
    func pose(at time: Float) -> Pose
}

/// A motion seen in a mirror.
struct MirroredMotion: Motion {
    let original: any Motion
    var period: Float { original.period }
    func pose(at time: Float) -> Pose { original.pose(at: time).mirrored }
}

/// What a motion is drawn with.
struct MotionContext {
    /// Who moves.
    let body: BodyShape
    /// Multiplies all periods; other than 1 only for speeds from outside the training ranges.
    var slowness: Float = 1
    /// The camera's turn about the vertical axis, which a circle has to allow for.
    var cameraYaw: Float = 0

    /// A period from `range`, short and long ones alike often.
    func period(_ range: ClosedRange<Float>, using random: inout SeededGenerator) -> Float {
        let ratio = range.upperBound / range.lowerBound
        return range.lowerBound * power(ratio, random.unit()) * slowness
    }
}

extension Gesture {
    private static func wave(_ context: MotionContext, using random: inout SeededGenerator) -> any Motion {
        if random.chance(0.5) { return ArmSweepMotion(context, using: &random) }
        return WaveMotion(context, using: &random)
    }

    /// A person who performs this gesture in a way of their own.
    func motion(_ context: MotionContext, using random: inout SeededGenerator) -> any Motion {
        switch self {
        case .handClapping: ClapMotion(context, using: &random)
        case .rightHandWave: Self.wave(context, using: &random)
        case .leftHandWave: MirroredMotion(original: Self.wave(context, using: &random))
        case .rightArmClockwise: CircleMotion(context, isClockwise: true, using: &random)
        case .rightArmCounterClockwise: CircleMotion(context, isClockwise: false, using: &random)
        // A mirror turns circles round, and the camera to the other side.
        case .leftArmClockwise:
            MirroredMotion(original: CircleMotion(context.mirrored, isClockwise: false, using: &random))
        case .leftArmCounterClockwise:
            MirroredMotion(original: CircleMotion(context.mirrored, isClockwise: true, using: &random))
        case .armRoll: RollMotion(context, using: &random)
        case .airDrums: DrumMotion(context, using: &random)
        case .airGuitar: GuitarMotion(context, using: &random)
        case .other: OtherMotion(context, using: &random)
        }
    }
}

extension MotionContext {
    fileprivate var mirrored: MotionContext {
        var context = self
        context.cameraYaw = -cameraYaw
        return context
    }
}
