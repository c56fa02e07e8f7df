import Foundation
import SpikeSignals
import Testing

@testable import SpikeSynthesis

/// Whether the hand goes in the image as the label says.
@Suite struct SceneHandsTests {
    /// The right hand goes along an ellipse whose plane faces the person's front; the left arm hangs.
    struct Ellipse: Motion {
        var period: Float = 0.7
        var across: Float
        var down: Float

        func pose(at time: Float) -> Pose {
            let phase = 2 * Float.pi * time / period
            var pose = Pose()
            let aim = Vector(across * cos(phase), -down * sin(phase), 0)
            // Finger tips are a hand's length on, always in the same direction.
            pose.right = Reach.arm(
                Self.body, to: Vector(-0.2, 0, 0.5) + aim, pole: Vector(-1, -1, 0), hand: Vector(0, 1, 0))
            return pose
        }

        static let body: BodyShape = {
            var random = SeededGenerator(1, 2)
            return BodyShape(using: &random)
        }()
    }

    /// A far camera that stands still before somebody with `motion`, who is 60 pixels to a metre.
    static func scene(_ motion: any Motion) -> Scene {
        for seed in UInt64(0)..<100 {
            var random = SeededGenerator(seed, 4)
            var scene = Scene(.other, side: 128, isOutside: false, using: &random)
            guard !scene.movesBackdrop else { continue }
            scene.body = Ellipse.body
            scene.motion = motion
            (scene.camera.yaw, scene.camera.pitch, scene.camera.roll) = (0, 0, 0)
            (scene.camera.distance, scene.camera.focus) = (50, 3_000)
            (scene.camera.x, scene.camera.y) = (64, 64)
            return scene
        }
        preconditionFailure("every camera shakes")
    }

    @Test(
        arguments: [(Float(0.2), Float(0.2)), (0.3, 0.15), (0.1, 0.3), (0.3, 0.03), (0.2, 0)],
        [Float(0), 0.8, -0.5, 1.6])
    func anEllipseHasTheRatioOfItsAxesHoweverTheCameraIsTilted(axes: (Float, Float), roll: Float) {
        let (across, down) = axes
        let ratio = min(across, down) / max(across, down)
        func roundness(_ down: Float) -> Float {
            var scene = Self.scene(Ellipse(across: across, down: down))
            scene.camera.roll = roll
            return scene.roundness(of: .right)
        }
        // 24 places of a circle enclose 1 % less.
        #expect(abs(roundness(down) - ratio) < 0.03)
        #expect(abs(roundness(-down) + ratio) < 0.03)
    }

    @Test func aCircleSeenFromTheSideIsNone() {
        var scene = Self.scene(Ellipse(across: 0.25, down: 0.25))
        #expect(scene.shows(.rightArmClockwise))
        #expect(!scene.shows(.rightArmCounterClockwise) && !scene.shows(.rightHandWave))
        scene.camera.yaw = 1.5
        #expect(!scene.shows(.rightArmClockwise) && scene.shows(.rightHandWave))
        // From behind it turns the other way round.
        scene.camera.yaw = .pi
        #expect(!scene.shows(.rightArmClockwise) && scene.shows(.rightArmCounterClockwise))
        // The hand that does nothing goes nowhere.
        #expect(!scene.shows(.leftArmClockwise) && scene.shows(.leftHandWave))
    }

    @Test(arguments: [Gesture.rightArmClockwise, .leftArmCounterClockwise, .rightHandWave])
    func mostScenesShowTheirGestureAndNotAll(gesture: Gesture) {
        let shown = (UInt64(0)..<300).count { seed in
            var random = SeededGenerator(seed, 9)
            return Scene(gesture, side: 128, isOutside: false, using: &random).shows(gesture)
        }
        #expect((270..<300).contains(shown))
    }
}
