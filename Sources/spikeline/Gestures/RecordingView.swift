import ArgumentParser
import SpikeEncoders
import SpikeSensors
import SpikeSignals

/// Which pixels of a recording a gesture model looks at.
enum RecordingView: Hashable, Sendable {
    /// The part of a large sensor in which something moves (``ActionFinder``).
    case action
    /// As the model says: at the largest square in the middle, if it says nothing.
    case whole
    /// These.
    case crop(EventGridParameters.Region)

    /// The pixels of the recording at `path` to look at; nil: those that `grid` says.
    ///
    /// Where the action is to be found the file is read once for it; of what cannot be read again, or has no size, it is
    /// not looked for.
    func region(
        ofFile path: String, options: EventFileReader.Options, grid: EventGridParameters
    ) throws(SpikelineError) -> EventGridParameters.Region? {
        switch self {
        case .whole: return nil
        case .crop(let region): return region
        case .action: break
        }
        guard grid.crop == nil, EventFileReader.canBeReadAgain(path) else { return nil }
        var options = options
        options.follows = false
        let reader = try EventFileReader(path: path, options: options)
        guard let size = reader.size else { return nil }
        let sensor: SensorGrid
        do throws(SpikelineError) {
            sensor = try SensorGrid(width: size.width, height: size.height)
        } catch {
            throw SpikelineError(error.what, at: path, hint: error.hint)
        }
        var finder = ActionFinder(grid, sensor: sensor)
        guard finder.isUseful else { return nil }
        let batch = EventBatch()
        while try reader.read(into: batch) {
            unsafe finder.add(Span(_unsafeStart: batch.words, count: batch.count))
            batch.removeAll()
        }
        return finder.region
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

    /// What an option of this type says.
    static let help: ArgumentHelp = """
        Gestures: the pixels to look at: action, the part of a sensor of at least 160 columns and rows in which something moves, where \
        that is much smaller than the sensor; whole, what the model says, or the largest square in the middle if it says \
        nothing; or X,Y,WIDTH,HEIGHT.
        """

    var defaultValueDescription: String { self == .action ? "action" : "whole" }
}
