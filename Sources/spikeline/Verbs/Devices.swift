import ArgumentParser
import SpikeSensors
import SpikeSignals

/// `spikeline devices`.
struct Devices: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the devices that sound can be captured from.",
        discussion: """
            The names are those that listen --device and the option device of an alsa source take. Others work too if \
            ALSA knows them: hw:1,0, plughw:CARD=Device, or a name of your own in ~/.asoundrc.
            """)

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let entries = CaptureDeviceEntry.all()
        if json {
            let devices = entries.map { entry in
                JSONValue.object([("name", .string(entry.name)), ("description", .string(entry.description))])
            }
            Console.print(JSONValue.object([("v", .integer(1)), ("devices", .array(devices))]).text)
        } else if entries.isEmpty {
            Console.error(
                "ALSA lists no capture device; is a microphone plugged in, and are you in the group \"audio\"?")
        } else {
            var table = TextTable([("device", .left), ("what", .left)])
            for entry in entries { table.add([entry.name, entry.description]) }
            Console.print(table.text)
        }
    }
}
