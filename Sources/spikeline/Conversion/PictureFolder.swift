import SpikeInterchange
import SpikePictures
import SpikeSignals

/// Labelled pictures in a folder for each class.
///
/// The folders stand for the outputs of a network, see ``ClassFolders``.
struct PictureFolder {
    /// The brightness of each picture, 0 to 1, `[row][column]`.
    private(set) var pictures: [[Float]] = []
    /// The class of each.
    private(set) var labels: [Int] = []
    /// The names of the classes.
    let classes: [String]

    /// The most values of all pictures: 256 MB.
    static let mostValues = 1 << 26
    private static let endings = [".png", ".pgm", ".ppm"]

    /// Reads the pictures in `path`, which must have the shape that `network` takes.
    ///
    /// - Throws: naming the folder or the picture that does not fit.
    init(_ path: String, for network: ReLUNetwork) throws(SpikelineError) {
        classes = try ClassFolders.names(in: path)
        guard classes.count == network.outputs else {
            throw SpikelineError(
                "expected a folder for each of the \(network.outputs) outputs, found \(classes.count)", at: path,
                hint: "Make pictures, as with: spikeline synthesize digits \(path)")
        }
        let shape = network.input
        for (label, name) in classes.enumerated() {
            let folder = path + "/" + name
            let files = try SpeechFolder.names(in: folder).filter { file in
                Self.endings.contains { file.lowercased().hasSuffix($0) }
            }
            for file in files {
                let place = folder + "/" + file
                let image = try GrayImage(bytes: try TextInput.bytes(place, limit: 1 << 26), name: place)
                let fits =
                    shape.height == 1 && shape.width == 1
                    ? image.values.count == shape.count
                    : shape.channels == 1 && image.height == shape.height && image.width == shape.width
                guard fits else {
                    throw SpikelineError(
                        "expected a picture for an input of \(shape.channels) x \(shape.height) x \(shape.width), found "
                            + "\(image.height) rows of \(image.width) grey pixels", at: place)
                }
                guard pictures.count < Self.mostValues / shape.count else {
                    throw SpikelineError("the pictures have more than \(Self.mostValues) pixels in all", at: path)
                }
                pictures.append(image.values)
                labels.append(label)
            }
        }
        guard !pictures.isEmpty else {
            throw SpikelineError("expected pictures (.png, .pgm, .ppm) in the folders, found none", at: path)
        }
    }
}
