import ArgumentParser
import SpikeEncoders
import SpikeSensors
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Which pixels of a recording a gesture model looks at.
enum RecordingView: Hashable, Sendable {
    /// The part of a large sensor in which something moves (``ActionFinder``).
    case action
    /// The largest square in the middle.
    case whole
    /// These.
    case crop(EventGridParameters.Region)

    /// The pixels of the recording at `path` to look at; nil: those that `grid` says.
    ///
    /// Where the action is to be found the file is read once for it; what is no regular file cannot be read twice and is
    /// looked at whole.
    func region(
        ofFile path: String, options: EventFileReader.Options, grid: EventGridParameters
    ) throws(SpikelineError) -> EventGridParameters.Region? {
        switch self {
        case .whole: return nil
        case .crop(let region): return region
        case .action: break
        }
        var status = stat()
        guard grid.crop == nil, path != "-", unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        let reader = try EventFileReader(path: path, options: options)
        let batch = EventBatch()
        var finder: ActionFinder?
        while try reader.read(into: batch) {
            if finder == nil, batch.width > 0, batch.height > 0 {
                let found = ActionFinder(grid, sensor: try SensorGrid(width: batch.width, height: batch.height))
                guard found.isUseful else { return nil }
                finder = found
            }
            unsafe finder?.add(Span(_unsafeStart: batch.words, count: batch.count))
            batch.removeAll()
        }
        return finder?.region
    }
}

extension RecordingView: ExpressibleByArgument {
    /// `action`, `whole`, or `X,Y,WIDTH,HEIGHT`.
    init?(argument: String) {
        switch argument {
        case "action": self = .action
        case "whole": self = .whole
        default:
            let sides = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0) }
            guard sides.count == 4, argument.count(where: { $0 == "," }) == 3, sides.allSatisfy({ 0...32_768 ~= $0 }),
                sides[2] > 0, sides[3] > 0
            else { return nil }
            self = .crop(.init(x: sides[0], y: sides[1], width: sides[2], height: sides[3]))
        }
    }

    /// What the values mean.
    static let help = """
        action is the part of a sensor of more than 160 rows in which something moves, where that is much smaller than the \
        sensor; whole is the largest square in the middle.
        """

    var defaultValueDescription: String { self == .action ? "action" : "whole" }
}
