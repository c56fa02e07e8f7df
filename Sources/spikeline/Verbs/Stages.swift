import ArgumentParser
import SpikePipeline
import SpikeSignals

/// Lists the kinds of stage that a pipeline can name, or the options of one of them.
struct Stages: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the kinds of stage that a pipeline can name, or the options of one.")

    @Argument(help: "A type of stage, to see its options.")
    var type: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let all = Catalogue.standard.descriptors
        if let type {
            guard let descriptor = all[type] else {
                let known = all.keys.sorted()
                throw SpikelineError(
                    "there is no stage of type \"\(type)\"", at: "stages",
                    hint: "Known: " + known.joined(separator: ", ") + "." + NearMiss.hint(for: type, among: known))
            }
            // Variants of one role differ in what they carry, which their option "kind" says.
            let roles: [StageDescriptor.Role] = [.source, .transform, .sink]
            let own = [descriptor] + descriptor.variants
            let kinds = roles.compactMap { role in own.first { $0.role == role } }
            Console.print(json ? descriptor.jsonValue.text : kinds.map(\.manual).joined(separator: "\n"))
        } else {
            let sorted = all.values.flatMap { [$0] + $0.variants }.sorted {
                ($0.role.order, $0.type, $0.kind) < ($1.role.order, $1.type, $1.kind)
            }
            Console.print(
                json
                    ? JSONValue.object([("v", .integer(1)), ("stages", .array(sorted.map(\.jsonValue)))]).text
                    : Self.table(sorted))
        }
    }

    private static func table(_ descriptors: [StageDescriptor]) -> String {
        var table = TextTable([("type", .left), ("role", .left), ("takes", .left), ("makes", .left), ("what", .left)])
        for descriptor in descriptors {
            table.add([
                descriptor.type, descriptor.role.rawValue, descriptor.input?.rawValue ?? "-",
                descriptor.output?.rawValue ?? "-", descriptor.summary,
            ])
        }
        return table.text
    }
}

extension StageDescriptor.Role {
    /// The way of a datum.
    fileprivate var order: Int {
        switch self {
        case .source: 0
        case .transform: 1
        case .sink: 2
        }
    }
}

extension StageDescriptor {
    /// What it carries.
    fileprivate var kind: String { (output ?? input)?.rawValue ?? "" }

    /// Type, ports and options for programs.
    fileprivate var jsonValue: JSONValue {
        .object([
            ("type", .string(type)), ("role", .string(role.rawValue)),
            ("input", input.map { .string($0.rawValue) } ?? .null),
            ("output", output.map { .string($0.rawValue) } ?? .null), ("summary", .string(summary)),
            (
                "options",
                .array(
                    options.map { option in
                        .object([
                            ("name", .string(option.name)), ("value", .string(option.shape.text)),
                            ("required", .bool(option.isRequired)), ("help", .string(option.help)),
                        ])
                    })
            ),
        ])
    }
}
