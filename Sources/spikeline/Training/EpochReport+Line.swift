import SpikeSignals
import SpikeTraining

extension EpochReport {
    /// One line for the terminal; `epochs` is how many there will be at most.
    func line(of epochs: Int) -> String {
        func fixed(_ value: Double, _ decimals: Int) -> String { JSONValue.decimal(value, decimals: decimals) ?? "-" }
        return "epoch \(epoch)/\(epochs)  loss \(fixed(Double(loss), 4))  "
            + "train \(fixed(100 * trainAccuracy, 2)) %  dev \(fixed(100 * devAccuracy, 2)) %"
            + (isBest ? " *" : "  ") + "  rate \(fixed(Double(learningRate), 5))  \(fixed(seconds, 1)) s "
            + "(drawing \(fixed(encodingSeconds, 1)) s)"
    }
}
