/// What all pages of the server look like: colours for light and dark, a header, and cards.
public enum PageStyle {
    /// The beginning of a page, with the style that all share; a style of its own, `</head>` and the body follow.
    public static func head(title: String) -> String { start + "<title>\(title)</title>\n" + style }

    private static let start = """
        <!doctype html><html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        """

    private static let style = """
        <style>
        :root { --paper: #fbfaf7; --card: #ffffff; --ink: #1d2327; --soft: #667079; --line: #dfe3e6; --spike: #0b6e69; --mark: #c2410c; --on: #b45309; --off: #1d4ed8; }
        @media (prefers-color-scheme: dark) { :root { --paper: #12161a; --card: #1a2026; --ink: #e6eaed; --soft: #94a0aa; --line: #2c353d; --spike: #5eead4; --mark: #fb923c; --on: #fbbf24; --off: #60a5fa; } }
        * { box-sizing: border-box } body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, sans-serif }
        header { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; align-items: baseline; padding: .9rem 1rem .5rem; max-width: 76rem; margin: auto }
        h1 { font-size: 1.25rem; margin: 0 } h2 { font-size: .95rem; margin: 0 0 .4rem; display: flex; justify-content: space-between; gap: 1rem } h2 small { color: var(--soft); font-weight: 400 }
        a { color: var(--spike) } .soft { color: var(--soft) } .number { font-variant-numeric: tabular-nums }
        section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .7rem .8rem; margin-bottom: .8rem }
        canvas { display: block; width: 100% }
        </style>

        """
}
