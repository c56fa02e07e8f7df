/// Colours that stay apart on paper and for colour-blind readers.
enum Palette {
    /// Lines of text and axes.
    static let ink = "#222222"
    /// Secondary text.
    static let quiet = "#666666"
    /// Grid lines.
    static let grid = "#e3e3e3"
    /// Lines that matter less.
    static let faint = "#c4c4c4"
    /// The region of spoken words.
    static let band = "#fdf0d5"
    /// The edge of a spoken word.
    static let bandInk = "#a06a00"
    /// Spikes of the ear and of the layers after it.
    static let spikes = ["#08306b", "#00441b", "#3f007d", "#67000d"]
    /// Series: Okabe and Ito's set (2008) without its yellow, which paper swallows, and three more dark hues.
    static let series = [
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#8c510a", "#e69f00", "#5e3c99", "#b2182b", "#1b7837",
    ]

    /// The colour of series `index`; colours repeat after ten.
    static func series(_ index: Int) -> String { series[index % series.count] }
}
