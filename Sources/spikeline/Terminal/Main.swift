import ArgumentParser
import SpikePipeline
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// The program: one verb, one exit code.
///
/// | code | meaning |
/// |---|---|
/// | 0 | it ran, or was asked to end before it did |
/// | 2 | the input (arguments, files, YAML) was wrong; nothing was run |
/// | 3 | a device or peer was lost for good |
/// | 70 | a defect of this program |
@main
enum Main {
    static func main() {
        // A reader that goes away shows as EPIPE where it can be told apart, not as a signal that kills the program.
        _ = signal(SIGPIPE, SIG_IGN)
        end(run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Ends the process at once with `code`. What libraries take down at the end of a process is left alone: threads of theirs and
    /// ours that still wait for a peer would use it (a NATS connection that is being made ended one run in five with a signal).
    static func end(_ code: Int32) -> Never {
        _ = fflush(nil)
        _exit(code)
    }

    /// Runs the verb in `arguments` and gives the exit code.
    static func run(_ arguments: [String]) -> Int32 {
        do {
            var command = try Spikeline.parseAsRoot(arguments)
            try command.run()
            return 0
        } catch let error as SpikelineError where error.cause == .ended {
            return 0
        } catch let errors as PipelineErrors where errors.cause == .ended {
            return 0
        } catch let error as SpikelineError {
            Console.error("error: \(error)")
            return error.cause.rawValue
        } catch let errors as PipelineErrors {
            Console.error("\(errors)")
            return errors.cause.rawValue
        } catch let exit as ExitCode {
            return exit.rawValue
        } catch {
            let message = Spikeline.fullMessage(for: error)
            let code = Spikeline.exitCode(for: error)
            if code == .success {
                Console.print(message)
                return 0
            }
            Console.error(message)
            return code == .validationFailure
                ? SpikelineError.Cause.input.rawValue : SpikelineError.Cause.defect.rawValue
        }
    }
}
