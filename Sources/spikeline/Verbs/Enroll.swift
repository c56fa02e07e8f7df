import ArgumentParser

/// `spikeline enroll`: teaches a model something of one's own.
struct Enroll: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Add a class of one's own to a model.", subcommands: [EnrollKeyword.self, EnrollGesture.self])
}

/// `spikeline enroll keyword`: adds a word.
struct EnrollKeyword: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyword", abstract: "Add a word to a keyword model from 5 to 10 recordings of it.",
        discussion: """
            One word in each file, spoken anew each time, as it will be spoken later on; spikeline listen --save-clips \
            records such files. Only one output is learned; the rest of the network stays as it is. The word is told from \
            synthesised voices and noise that come with the program, and from --background: recordings of the place \
            where it will run, without the word. The threshold is put where the background says there will be at most \
            --per-hour false alarms. What networks that learned from one half make of the other half is printed.
            """)

    @Argument(help: "The name of the word.")
    var name: String
    @Argument(help: "Recordings of it, 5 to 100, each of up to 20 s with the word once in it.")
    var files: [String]
    @Option(help: "The model to begin with. Default: Pipelines/Models/keywords.nir, here or beside the program.")
    var model: String?
    @Option(help: "Where the new model goes (.nir).")
    var out: String
    @Option(parsing: .upToNextOption, help: "Recordings without the word, up to an hour in all.")
    var background: [String] = []
    @Flag(help: "Leave out the background that comes with the program.")
    var ownBackgroundOnly = false
    @Option(help: "The most false alarms per hour.")
    var perHour = 1.0
    @Option(help: "Clips of the old words, a folder for each: say what the model makes of them before and after.")
    var data: String?
    @Option(help: "Draws the changes of the recordings.")
    var seed: UInt64 = 1

    func run() throws {
        try KeywordEnrolmentRun(self).run()
    }
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
