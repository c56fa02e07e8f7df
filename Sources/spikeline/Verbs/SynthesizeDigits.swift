import ArgumentParser
import SpikeContainers
import SpikeSignals
import SpikeSynthesis

/// `spikeline synthesize digits`: pictures for networks that tell digits apart.
struct SynthesizeDigits: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "digits", abstract: "Draw digits that nobody wrote.",
        discussion: """
            Writes a folder for each digit, 0 to 9, of pictures in PGM: strokes that are moved, turned, slanted, bent and \
            thickened by chance, under noise. Equal commands write equal files; no picture of one seed is one of another.
            """)

    @Argument(help: "The folder to write to.")
    var out: String
    @Option(help: "Pictures of each digit.")
    var count = 100
    @Option(help: "Rows and columns of a picture.")
    var size = 16
    @Option(help: "Draws everything.")
    var seed: UInt64 = 1

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("--count: expected 1 to 100000") }
        guard (8...256).contains(size) else { throw ValidationError("--size: expected 8 to 256") }
    }

    func run() throws {
        let digits = DigitSynthesizer(size: size, seed: seed)
        let head = Array("P5\n\(size) \(size)\n255\n".utf8)
        for digit in 0...9 {
            let folder = out + "/\(digit)"
            try Folders.make(folder)
            for number in 0..<count {
                let name = String(repeating: "0", count: 6 - String(number).count) + String(number)
                let file = try OutputFile(path: folder + "/" + name + ".pgm", append: false)
                try file.write(head + digits.picture(of: digit, number: number))
                try file.close()
            }
        }
    }
}
