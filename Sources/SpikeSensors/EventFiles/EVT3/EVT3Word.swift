/// The 16-bit words of EVT 3.0 (Prophesee, "EVT 3.0 Format", docs.prophesee.ai, data/encoding_formats/evt3):
///
/// ```
///  15    12 11 10                  0
/// ┌────────┬──┬─────────────────────┐
/// │ 0 Y    │ -│ row                 │  the row of what follows; bit 11 tells master from slave camera
/// │ 2 X    │ p│ column              │  one event
/// │ 3 BASE │ p│ column              │  where the next vector begins, and its polarity
/// │ 4 V12  │ a bit for each column  │  up to 12 events; the base moves on by 12
/// │ 5 V8   │ ....│ a bit for each   │  up to 8 events; the base moves on by 8
/// │ 6 LOW  │ µs                     │  the lower 12 bits of the time
/// │ 8 HIGH │ 4,096 µs               │  the upper 12 bits of the time
/// │ 7, F   │ continued              │  4 or 12 more bits of the word before
/// │ A TRIG │ ... │ id │ ... │ edge  │  an edge on a trigger input
/// │ E      │ kind of other word     │
/// └────────┴────────────────────────┘
/// ```
enum EVT3Word {
    static let row: UInt64 = 0x0
    static let event: UInt64 = 0x2
    static let vectorBase: UInt64 = 0x3
    static let vector12: UInt64 = 0x4
    static let vector8: UInt64 = 0x5
    static let timeLow: UInt64 = 0x6
    static let continued4: UInt64 = 0x7
    static let timeHigh: UInt64 = 0x8
    static let trigger: UInt64 = 0xA
    static let others: UInt64 = 0xE
    static let continued12: UInt64 = 0xF

    /// The range of the time: 24 bits of microseconds, 16.8 s.
    static let timeBits: Int64 = 24
}
