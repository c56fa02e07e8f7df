import SpikeContainers
import SpikeNetwork
import SpikeSignals
import Testing

@testable import SpikeInterchange

@Suite struct ModelFaultTests {
    private let weights = "node/nodes/l1.from.input"

    @Test func aFileCutInHalfIsToldAsSuch() throws {
        let bytes = try Samples.small().bytes()
        #expect(
            Faulty.message(Array(bytes.prefix(bytes.count / 2))) == """
                m.nir: the file is cut off: it has \(bytes.count / 2) of \(bytes.count) bytes. Copy it again
                """)
        for length in 1..<512 { #expect(Faulty.message(Array(bytes.prefix(length))) != nil) }
        let image = Array(bytes.dropFirst(512))
        for length in stride(from: 0, to: image.count - 400, by: 97) {
            #expect(Faulty.message(Array(image.prefix(length))) != nil, "\(length) bytes")
        }
    }

    @Test func whatIsNoModelIsToldAsSuch() {
        let hint = "Give a model that `spikeline train` wrote or one of Pipelines/Models"
        #expect(Faulty.message([]) == "m.nir: the file is empty, expected a model. \(hint)")
        #expect(
            Faulty.message(Array("hello, world\nand more".utf8)) == """
                m.nir: the file is not a model: expected a NIR graph in HDF5, found a text that begins "hello, world\\nand". \
                \(hint)
                """)
        #expect(
            Faulty.message([0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10, 0x4A, 0x46, 0x49, 0x46]) == """
                m.nir: the file is not a model: expected a NIR graph in HDF5, found bytes ff d8 ff e0 00 10 4a 46. \(hint)
                """)
        #expect(
            Faulty.message(Array("Spikeline model 2 (whatever)\n".utf8)) == """
                m.nir: the model is of a format that this program does not know. Update it
                """)
    }

    @Test func pathsThatAreNoFilesAreToldAsSuch() {
        func message(_ path: String) -> String? {
            do throws(SpikelineError) {
                _ = try ModelFile(contentsOf: path)
                return nil
            } catch { return error.description }
        }
        #expect(
            message("/no/such/file.nir") == """
                /no/such/file.nir: the file cannot be opened: No such file or directory. Check the path
                """)
        #expect(message("/tmp") == "/tmp: this is a folder, expected a model file")
        #expect(message("/dev/null") == "/dev/null: this is not a regular file, expected a model file")
    }

    @Test func aChangedByteIsToldAsDamage() throws {
        var bytes = try Samples.small().bytes()
        bytes[bytes.count / 2] ^= 1
        let damaged = "m.nir: the file is damaged: its checksum does not fit its bytes. Copy it again"
        #expect(Faulty.message(bytes) == damaged)
        #expect(Faulty.message(try Samples.small().bytes() + [0]) == damaged)
    }

    @Test func otherFormatsAreToldApart() throws {
        let empty = HDF5Writer.file(.group([]))
        #expect(Faulty.message(empty) == "m.nir: the file is HDF5 but no NIR graph: \"node\" is missing")
        let other = try Faulty.image(without: "spikeline", in: "node/metadata", replacement: .text("model 9"))
        #expect(Faulty.message(other) == "m.nir: the model has the format \"model 9\", expected \"model 1\"")
    }

    @Test func aForeignGraphIsNamed() throws {
        let foreign = try Faulty.image(without: "spikeline", in: "node/metadata")
        #expect(
            Faulty.message(foreign) == """
                m.nir: the NIR graph was made by another program, and import of foreign graphs is not there yet; its \
                nodes: input (Input), input.delay2 (Delay), l1 (LIF), l1.delay1 (Delay), l1.from.input (Affine), \
                l1.from.input.delay2 (Linear), l1.from.l1.delay1 (Linear), out (LI), out.from.l1 (Linear), output (Output)
                """)
    }

    @Test func whatIsMissingIsNamed() throws {
        for (name, path) in [
            ("weight", weights), ("l1.from.l1.delay1", "node/nodes"), ("nodes", "node"), ("network", "node/metadata"),
            ("l1", "node/metadata/thresholds"), ("biases", "node/metadata"), ("head", "node/metadata"),
        ] {
            let image = try Faulty.image(without: name, in: path)
            #expect(Faulty.message(image) == "m.nir: \"\(path)/\(name)\" is missing")
        }
    }

    @Test func wrongShapesAndTypesAreNamed() throws {
        func message(_ replacement: HDF5Content) throws -> String? {
            Faulty.message(try Faulty.image(without: "weight", in: weights, replacement: replacement))
        }
        let start = "m.nir: \"node/nodes/l1.from.input/weight\" "
        let eight = [Int8](repeating: 1, count: 8)
        #expect(try message(.int8(eight, dimensions: [2, 4])) == start + "has shape 2 x 4, expected 2 x 3")
        #expect(try message(.int8(eight, dimensions: [8])) == start + "has shape 8, expected 2 x 3")
        #expect(
            try message(.float32([Float](repeating: .nan, count: 6)))
                == start + "holds 32-bit floating-point numbers, expected 8-bit whole numbers")
        #expect(try message(.text("none")) == start + "holds text, expected 8-bit whole numbers")
        #expect(try message(.group([])) == start + "cannot be read: it is not a dataset")
    }

    @Test func aGraphThatDoesNotFitItsMetadataIsRefused() throws {
        func message(_ name: String, _ content: HDF5Content) throws -> String? {
            Faulty.message(try Faulty.image(without: name, in: "node/nodes/l1", replacement: content))
        }
        let end = "\" does not say what the metadata says, which is what runs. Change both"
        #expect(try message("tau", .float32([0.04, 0.05])) == "m.nir: \"node/nodes/l1/tau" + end)
        #expect(try message("v_reset", .float32([0, .nan])) == "m.nir: \"node/nodes/l1/v_reset" + end)
        #expect(try message("type", .text("LI")) == "m.nir: \"node/nodes/l1/type" + end)
        #expect(try message("tau", .float32([0.04, 0.04])) == nil)
        #expect(try message("tau", .float32([1])) == "m.nir: \"node/nodes/l1/tau\" has shape 1, expected 2")
    }

    @Test func badMetadataIsNamed() throws {
        func message(_ name: String, _ text: String) throws -> String? {
            Faulty.message(try Faulty.image(without: name, in: "node/metadata", replacement: .text(text)))
        }
        #expect(
            try message("information", "{\"a\": nan}")
                == "m.nir: \"node/metadata/information\" is not JSON: expected a value at byte 6, found \"n\"")
        #expect(try message("encoder", "[1]") == "m.nir: \"encoder\" expects named values, found [1]")
        #expect(try message("head", "{\"options\": {}}") == "m.nir: \"head.type\" is missing")
        #expect(
            try message("network", "{\"populations\": 3}")
                == "m.nir: \"network.populations\" expects a list of 1 to 256 values, found something else")
        let population =
            "{\"name\": \"a\", \"size\": 65536, \"neuron\": \"leaky_integrator\", \"membrane_decay_q15\": 0}"
        let connection = "{\"source\": \"input\", \"target\": \"a\", \"delays\": [0], \"nodes\": [\"x\"]}"
        let start =
            "{\"tick_ns\": 10000000, \"maximum_input_spikes\": 1, \"populations\": [\(population)], \"connections\": "
        #expect(
            try message("network", start + "[\(connection)], \"inputs\": 65535}")
                == "m.nir: the network has 4294901760 weights, expected at most 67108864")
        #expect(
            try message("network", start + "[\(connection)], \"inputs\": 0}")
                == "m.nir: \"network.inputs\" expects a whole number from 1 to 65535, found 0")
        #expect(
            try message("network", start + "[\(connection.replacing("\"x\"", with: "\"a/b\""))], \"inputs\": 1}")
                == "m.nir: \"network.connections[0]\" has 1 delays and 0 nodes, expected one for each")
    }

    @Test func impossibleModelsAreNotWritten() throws {
        func message(_ change: (inout ModelFile) -> Void) -> String? {
            var model = Samples.small()
            change(&model)
            do throws(SpikelineError) {
                _ = try model.bytes(name: "m")
                return nil
            } catch { return error.description }
        }
        #expect(
            message { $0.network.populations[1].name = "l1" }
                == "m: the network has an impossible second population called \"l1\"")
        #expect(message { $0.network.populations[0].name = "a/b" }?.contains("name of population \"a/b\"") == true)
        #expect(
            message { $0.network.populations[0].thresholds[0] = 0 }
                == "m: the network has an impossible threshold below 1 in population \"l1\"")
        #expect(
            message { $0.network.connections[0].weights.removeLast() }
                == "m: the network has an impossible number of weights 11 of connection 0, not 12")
        #expect(message { $0.network.connections[1].delays = [0] }?.contains("delay 0 of connection 1") == true)
        #expect(message { $0.network.connections[0].delays = [2, 1] }?.contains("delays of connection 0") == true)
        #expect(
            message { $0.network.connections[2].target = 7 }
                == "m: the network has an impossible target 7 of connection 2")
        #expect(
            message { $0.information["x"] = .number(.infinity) }
                == "m: \"information.x\" is inf, expected a finite number")
    }
}
