import SpikeNetwork
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeTraining

#if canImport(Glibc)
import Glibc
#endif

@Suite(.serialized) struct KeywordTrainerTests {
    func trainer(_ configuration: TrainingConfiguration = ToneMaterial.configuration()) throws -> KeywordTrainer {
        try KeywordTrainer(
            ToneMaterial.architecture, configuration: configuration, pool: ToneMaterial.pool(configuration),
            dev: ToneMaterial.dev())
    }

    @Test func learnsToTellTonesApart() throws {
        let trainer = try trainer()
        var losses: [Float] = []
        while !trainer.isFinished { losses.append(try trainer.runEpoch { _ in }.loss) }
        #expect(losses[losses.count - 1] < 0.6 * losses[0], "\(losses)")
        #expect(trainer.bestAccuracy >= 0.85, "\(trainer.bestAccuracy)")
    }

    @Test func theSameSeedGivesTheSameWeightsAndAnotherSeedOthers() throws {
        func weights(_ seed: UInt64) throws -> NetworkDescription {
            var configuration = ToneMaterial.configuration()
            configuration.seed = seed
            let trainer = try trainer(configuration)
            for _ in 0..<2 { _ = try trainer.runEpoch { _ in } }
            return trainer.network.description()
        }
        let first = try weights(3)
        let again = try weights(3)
        #expect(again == first)
        let other = try weights(4)
        #expect(other != first)
    }

    @Test func aResumedRunEqualsOneThatNeverStopped() throws {
        let path = "/tmp/spikeline-checkpoint-\(getpid())"
        defer { unsafe unlink(path) }
        let whole = try trainer()
        let stopped = try trainer()
        for _ in 0..<4 { _ = try whole.runEpoch { _ in } }
        for _ in 0..<2 { _ = try stopped.runEpoch { _ in } }
        try stopped.writeCheckpoint(to: path)
        let resumed = try trainer()
        try resumed.resume(from: path)
        #expect(resumed.epoch == 2)
        for _ in 0..<2 { _ = try resumed.runEpoch { _ in } }
        #expect(resumed.network.description() == whole.network.description())
        #expect(resumed.bestAccuracy == whole.bestAccuracy)
        #expect(resumed.best == whole.best)
    }

    @Test func aDamagedOrForeignCheckpointIsRefused() throws {
        let path = "/tmp/spikeline-damaged-\(getpid())"
        defer { unsafe unlink(path) }
        let trainer = try trainer()
        try trainer.writeCheckpoint(to: path)
        let bytes = try ByteFile.read(path, limit: 1 << 30)
        for count in [0, 7, 8, 40, 100, bytes.count / 2, bytes.count - 1] {
            try ByteFile.write(Array(bytes.prefix(count)), to: path)
            #expect(throws: SpikelineError.self) { try trainer.resume(from: path) }
        }
        try ByteFile.write(bytes, to: path)
        var other = ToneMaterial.configuration()
        other.learningRate = 0.1
        let stranger = try self.trainer(other)
        #expect {
            try stranger.resume(from: path)
        } throws: {
            ($0 as? SpikelineError)?.what
                == "expected a checkpoint of a run with these options, found one with others"
        }
        unsafe unlink(path)
        #expect(throws: SpikelineError.self) { try trainer.resume(from: path) }
    }

    @Test func stopsEarlyWhenNothingGetsBetter() throws {
        var configuration = ToneMaterial.configuration()
        configuration.patience = 1
        configuration.epochs = 500
        configuration.learningRate = 0
        let trainer = try trainer(configuration)
        var epochs = 0
        while !trainer.isFinished, epochs < 12 {
            _ = try trainer.runEpoch { _ in }
            epochs += 1
        }
        #expect(epochs < 12)
    }

    @Test func theTeacherLearnsAndTheStudentListens() throws {
        var configuration = ToneMaterial.configuration()
        configuration.teacherEpochs = 8
        let pool = ToneMaterial.pool(configuration)
        let teacher = try KeywordTeacher(
            configuration, pool: pool, dev: ToneMaterial.dev(), phases: 1, outputs: 4)
        var accuracy = 0.0
        while !teacher.isFinished { accuracy = try teacher.runEpoch { _ in } }
        #expect(accuracy > 0.85, "\(accuracy)")
        let alone = try trainer(configuration)
        let taught = try KeywordTrainer(
            ToneMaterial.architecture, configuration: configuration, pool: pool, dev: ToneMaterial.dev(),
            teacher: teacher)
        _ = try alone.runEpoch { _ in }
        _ = try taught.runEpoch { _ in }
        #expect(alone.network.description() != taught.network.description())
    }
}
