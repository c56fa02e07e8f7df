@testable import SpikeSensors

/// What a reader should say of a damaged or unusual file, besides its events.
struct Finding: Sendable {
    var counts: [EventTally.Item: Int] = [:]
    var damage: [String] = []
    /// What is different from the manifest, since this reader's rules, as its comments state them, go further.
    var correct: @Sendable (inout EventFixture) -> Void = { _ in }

    init(
        _ counts: [EventTally.Item: Int] = [:], _ damage: String...,
        correct: @escaping @Sendable (inout EventFixture) -> Void = { _ in }
    ) {
        self.counts = counts
        self.damage = damage
        self.correct = correct
        if !damage.isEmpty { self.counts[.damage] = damage.count }
    }
}

extension GoldenEventTests {
    /// The findings by file; nothing is to be said of the others.
    static let findings: [String: Finding] = [
        "evt3_odd_byte.raw": Finding(
            [.damagedBytes: 1], "byte 640: the file ends inside a word: 1 byte left over"),
        "evt3_no_end_0x25_0x20.raw": Finding([.eventsBeforeTimeBase: 1]),
        "evt3_wrap.raw": Finding([.timeWraps: 1]),
        "evt3_starts_at_0xfff.raw": Finding([.timeWraps: 1]),
        "evt3_wrap_gap.raw": Finding([.timeWraps: 1]),
        "evt3_back_by_one.raw": Finding([.timeStepsBack: 1]),
        "evt3_two_wraps.raw": Finding([.timeWraps: 2]),
        "evt3_no_time_high_yet.raw": Finding([.eventsBeforeTimeBase: 34]),
        "evt3_padding_0x9999.raw": Finding([.unknown: 6]),
        "evt3_unknown_words.raw": Finding([.unknown: 5]),
        "evt3_triggers.raw": Finding([.triggers: 3]),
        "evt3_outside.raw": Finding([.outsideSensor: 6]),
        "evt2_no_time_high_yet.raw": Finding([.eventsBeforeTimeBase: 20]),
        "evt2_unknown_words.raw": Finding([.unknown: 3]),
        "evt2_cut.raw": Finding([.damagedBytes: 3], "byte 696: the file ends inside a word: 3 bytes left over"),
        "evt2_wrap_gap.raw": Finding([.timeWraps: 1, .timeStepsBack: 1]),
        "evt2_triggers.raw": Finding([.triggers: 2]),
        "dat_cut.dat": Finding([.damagedBytes: 5], "byte 924: the file ends inside an event: 5 bytes left over"),
        "es_cut.es": Finding([.damagedBytes: 2], "byte 636: the file ends inside an event: 2 bytes left over"),
        "aedat2_special.aedat": Finding([.triggers: 1]),
        "aedat2_cut.aedat": Finding([.damagedBytes: 3], "byte 856: the file ends inside an event: 3 bytes left over"),
        // Behind the events of some packets lies room for more of them, which no packet should have; two events of a
        // packet say that they are invalid while its header says that all are valid, and one of the two is enough.
        "aedat31_mixed_packets.aedat": Finding(
            [.damagedBytes: 240, .triggers: 1, .imuSamples: 2],
            "byte 249: expected a packet, found 48 bytes that are none",
            "byte 325: expected a packet, found 32 bytes that are none",
            "byte 589: expected a packet, found 160 bytes that are none"
        ) { fixture in
            (fixture.events, fixture.on, fixture.sumOfTimes) = (30, 14, 85_899_629_105)
            (fixture.sumOfColumns, fixture.sumOfRows) = (2_292, 1_740)
            fixture.digest = "45bb3e01ca8cc7205976634215527419a6140201dd4f045bf7ca5a49b66a62aa"
        },
        "aedat31_cut.aedat": Finding([.damagedBytes: 5], "byte 957: the file ends inside an event: 5 bytes left over"),
        "aedat4_cut_none.aedat4": Finding(
            [.damagedBytes: 321], "byte 2,082: the file ends inside a packet: 321 bytes left over"),
        // Nothing but strange events tells of damage inside a packet that is not compressed.
        "aedat4_inverted_none.aedat4": Finding([.timeStepsBack: 1, .outsideSensor: 4]) { fixture in
            (fixture.events, fixture.on, fixture.sumOfTimes) = (164, 88, 265_200_000_019_945_847)
            (fixture.sumOfColumns, fixture.sumOfRows) = (285_581, 149_628)
            fixture.digest = "be4706599bce61a6342934d88eea3f950ac69c1cc8a1ef366bdfec66b3219379"
        },
        "aedat4_cut_lz4.aedat4": Finding(
            [.damagedBytes: 129], "byte 1,265: the file ends inside a packet: 129 bytes left over"),
        "aedat4_inverted_lz4.aedat4": Finding(
            [.damagedBytes: 161], "byte 1,265: a packet cannot be read, LZ4 says ERROR_decompressionFailed"),
        "aedat4_cut_zstd.aedat4": Finding(
            [.damagedBytes: 168], "byte 1,015: the file ends inside a packet: 168 bytes left over"),
        "aedat4_inverted_zstd.aedat4": Finding(
            [.damagedBytes: 136], "byte 1,196: a packet cannot be read, ZSTD says Data corruption detected"),
        // The packets behind the damaged one are found again: what comes is what comes of the file above.
        "aedat4_lost_size.aedat4": Finding(
            [.damagedBytes: 136], "byte 1,196: expected a packet, found 136 bytes that are none"
        ) { fixture in
            (fixture.events, fixture.on, fixture.sumOfTimes) = (146, 75, 248_200_000_018_677_709)
            fixture.last = [1_700_000_000_130_706, 345, 259, 1]
            (fixture.sumOfColumns, fixture.sumOfRows) = (22_076, 16_829)
            fixture.digest = "3ea070d2f5d359605deae870a119ee06a1e5e6c3611a6f2b44492df9d4585455"
        },
    ]
}
