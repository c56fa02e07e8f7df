import ArgumentParser

/// `spikeline enroll`: teaches a model something of one's own.
struct Enroll: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Add a class of one's own to a model.", subcommands: [EnrollGesture.self])
}

/// `spikeline enroll gesture`: adds a gesture.
struct EnrollGesture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gesture", abstract: "Add a gesture to a model from about ten recordings of it.",
        discussion: """
            Only one output is learned; the rest of the network stays as it is. What the gesture must be told from are \
            synthesised recordings of the old classes, and those of --data. The accuracy of the old classes before and \
            after, and that of the new one on recordings left out, are printed.
            """)

    @Argument(help: "The name of the gesture.")
    var name: String
    @Argument(help: "Recordings of it, in any format.")
    var files: [String]
    @Option(help: "The model to begin with. Default: Pipelines/Models/gestures.nir, here or beside the program.")
    var model: String?
    @Option(help: "Where the new model goes (.nir).")
    var out: String
    @Option(help: "Recordings of the old classes, a folder for each, beside the synthesised ones.")
    var data: String?
    @Option(help: "Synthesised recordings of each old class.")
    var others = 12
    @Option(help: "Draws the synthesised recordings and the changes of one's own.")
    var seed: UInt64 = 1

    func run() throws {
        try GestureEnrolmentRun(self).run()
    }
}
