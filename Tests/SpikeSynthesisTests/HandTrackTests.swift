import Foundation
import SpikeSignals
import Testing

@testable import SpikeSynthesis

/// Whether the hand goes in the image as the label says.
@Suite struct HandTrackTests {
    /// The right hand goes along an ellipse whose plane faces the person's front.
    private struct Ellipse: Motion {
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

    private static func scene(_ motion: any Motion) -> Scene {
        var random = SeededGenerator(3, 4)
        var scene = Scene(.other, side: 128, isOutside: false, using: &random)
        scene.body = Ellipse.body
        scene.motion = motion
        (scene.camera.yaw, scene.camera.pitch, scene.camera.roll) = (0, 0, 0)
        (scene.camera.distance, scene.camera.focus) = (50, 3_000)
        scene.shakeRange = 0
        return scene
    }

    @Test(arguments: [(Float(0.2), Float(0.2)), (0.3, 0.15), (0.1, 0.3), (0.3, 0.03), (0.2, 0)])
    func anEllipseHasTheRatioOfItsAxes(across: Float, down: Float) {
        let ratio = min(across, down) / max(across, down)
        let clockwise = HandTrack(of: Self.scene(Ellipse(across: across, down: down)), isRight: true).roundness
        // 24 places of a circle enclose 1 % less.
        #expect(abs(clockwise - ratio) < 0.03)
        let other = HandTrack(of: Self.scene(Ellipse(across: across, down: -down)), isRight: true).roundness
        #expect(abs(other + ratio) < 0.03)
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
    func mostScenesShowTheirGesture(gesture: Gesture) {
        var shown = 0
        for seed in 0..<100 {
            var random = SeededGenerator(UInt64(seed), 9)
            if Scene(gesture, side: 128, isOutside: false, using: &random).shows(gesture) { shown += 1 }
        }
        #expect((90...100).contains(shown))
    }
}
