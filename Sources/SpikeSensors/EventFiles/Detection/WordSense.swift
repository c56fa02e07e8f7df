/// Judges which of Prophesee's encodings bytes are in, where no header says it.
///
/// Each encoding has kinds of words that do not occur and an upper time that moves by little from word to word; only
/// under the right reading nearly all words pass.
enum WordSense {
    /// The encoding of `bytes`, or nil if none makes sense.
    static func format(of bytes: EventBytes) -> EventFileFormat? {
        let shares = [
            (EventFileFormat.evt3, evt3(bytes)), (.evt2, evt2(bytes)),
            (.evt21, max(evt21(bytes, isUpperHalfFirst: false), evt21(bytes, isUpperHalfFirst: true))),
        ]
        guard let best = shares.max(by: { $0.1 < $1.1 }), best.1 >= 0.95 else { return nil }
        return best.0
    }

    /// Whether EVT 2.1 words have their upper half first.
    static func isUpperHalfFirst(_ bytes: EventBytes) -> Bool {
        evt21(bytes, isUpperHalfFirst: true) > evt21(bytes, isUpperHalfFirst: false)
    }

    private static let most = 8_192

    /// The share of words that make sense as EVT 3.0; 0 without any upper time.
    private static func evt3(_ bytes: EventBytes) -> Double {
        let words = min(bytes.count / 2, most)
        var good = 0
        var times = 0
        var last: Int?
        for index in 0..<words {
            let word = Int(bytes.number(2 * index, as: UInt16.self))
            switch word >> 12 {
            case 0x8:
                let step = last.map { (word & 0xFFF) - $0 & 0xFFF } ?? 0
                last = word & 0xFFF
                times += 1
                if step < 512 || step > 4_080 { good += 1 }
            // A row is followed by its events; with words of EVT 2.0 the lower halves of times look like rows.
            case 0x0: good += index + 1 < words && bytes.byte(2 * index + 3) >> 4 == 8 ? 0 : 1
            case 0x2, 0x3, 0x4, 0x5, 0x6: good += 1
            case 0x7, 0xA, 0xE, 0xF: good += 1
            case 0x9 where word == 0x9999: good += 1
            default: break
            }
        }
        return times == 0 || words == 0 ? 0 : Double(good) / Double(words)
    }

    private static func evt2(_ bytes: EventBytes) -> Double {
        let words = min(bytes.count / 4, most)
        return share(words) { bytes.number(4 * $0, as: UInt32.self) }
    }

    private static func evt21(_ bytes: EventBytes, isUpperHalfFirst: Bool) -> Double {
        let words = min(bytes.count / 8, most)
        let start = isUpperHalfFirst ? 0 : 4
        var empty = 0
        let share = share(words) { index in
            let upper = bytes.number(8 * index + start, as: UInt32.self)
            if upper >> 28 < 2, bytes.number(8 * index + 4 - start, as: UInt32.self) == 0 { empty += 1 }
            return upper
        }
        // A vector without events is never sent.
        return empty * 10 > words ? 0 : share
    }

    /// The share of 32-bit words that make sense as EVT 2.0, or as the upper halves of EVT 2.1.
    private static func share(_ words: Int, _ word: (Int) -> UInt32) -> Double {
        var good = 0
        var times = 0
        var last: Int?
        for index in 0..<words {
            let word = word(index)
            switch word >> 28 {
            case 0x8:
                let time = Int(word & 0xFFF_FFFF)
                let step = last.map { time - $0 } ?? 0
                last = time
                times += 1
                if step >= -1_024, step < 1 << 20 { good += 1 }
            case 0x0, 0x1, 0xA, 0xE, 0xF: good += 1
            default: break
            }
        }
        return times == 0 || words == 0 ? 0 : Double(good) / Double(words)
    }
}

/// Judges whether bytes are records of 5 bytes with a time that grows, which is all that N-MNIST files have.
enum NMNISTSense {
    /// Whether at least 95 % of the records do not step back, and the size of the file is that of whole records.
    static func fits(_ bytes: EventBytes, fileSize: Int64?) -> Bool {
        let records = min(bytes.count / NMNISTDecoder.recordBytes, 4_096)
        guard records > 0, (fileSize ?? 0) % Int64(NMNISTDecoder.recordBytes) == 0 || records > 100 else {
            return false
        }
        var last = 0
        var good = 0
        for record in 0..<records {
            let start = record * NMNISTDecoder.recordBytes
            let time = Int(bytes.bigNumber(start + 1, as: UInt32.self) & 0x7F_FFFF)
            let step = time - last
            if step >= 0, step < 1 << 20 || record == 0 { good += 1 }
            last = time
        }
        return 20 * good >= 19 * records
    }
}
