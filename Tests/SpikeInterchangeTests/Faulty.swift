import SpikeContainers
import SpikeSignals

@testable import SpikeInterchange

/// Model files with one fault each.
enum Faulty {
    /// The HDF5 part of `model`, in which `replacement` stands for the child `name` of the group `path`, or nothing.
    static func image(
        _ model: ModelFile = Samples.small(), without name: String, in path: String, replacement: HDF5Content? = nil
    ) throws(SpikelineError) -> [UInt8] {
        let content = try ModelWriter(model: model, graph: NIRGraph(model.network)).content(name: "m")
        let steps = path.split(separator: "/").map(String.init) + [name]
        return HDF5Writer.file(try changed(content, steps[...], replacement))
    }

    private static func changed(
        _ content: HDF5Content, _ steps: ArraySlice<String>, _ replacement: HDF5Content?
    ) throws(SpikelineError) -> HDF5Content {
        guard let name = steps.first, case .group(var children) = content,
            let place = children.firstIndex(where: { $0.name == name })
        else { throw SpikelineError("there is no \(steps.joined(separator: "/")) to replace") }
        if steps.count > 1 {
            children[place].content = try changed(children[place].content, steps.dropFirst(), replacement)
        } else if let replacement {
            children[place].content = replacement
        } else {
            children.remove(at: place)
        }
        return .group(children)
    }

    /// The message with which `bytes` are refused, or nil if they are read.
    static func message(_ bytes: [UInt8]) -> String? {
        do throws(SpikelineError) {
            _ = try ModelFile(bytes: bytes, name: "m.nir")
            return nil
        } catch { return error.description }
    }
}
