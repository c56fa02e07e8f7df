import SpikeSignals

extension Catalogue {
    /// The manual of all kinds of stage: what each takes, gives and understands.
    ///
    /// ```
    /// sources
    ///
    ///   audio_file  -> audio
    ///     Reads a sound file.
    ///     path (required): a text
    ///         The file; - is standard input.
    /// ```
    public var manual: String {
        let roles: [StageDescriptor.Role] = [.source, .transform, .sink]
        return roles.compactMap { role in
            let list = descriptors.values.compactMap { kind in
                ([kind] + kind.variants).first { $0.role == role }
            }.sorted { $0.type < $1.type }
            return list.isEmpty ? nil : "\(role.rawValue)s\n\n" + list.map(\.manual).joined(separator: "\n")
        }.joined(separator: "\n")
    }
}

extension StageDescriptor {
    /// The manual of this kind of stage.
    public var manual: String {
        let ports = [input.map { "\($0.rawValue) ->" } ?? "->", output?.rawValue].compactMap { $0 }
        var lines = ["  \(type)  \(ports.joined(separator: " "))", "    \(summary)"]
        for option in options {
            lines.append("    \(option.name)\(option.isRequired ? " (required)" : ""): \(option.shape.text)")
            lines.append("        \(option.help)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
