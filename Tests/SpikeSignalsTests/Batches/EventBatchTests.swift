import SpikeSignals
import Testing

@Suite struct EventBatchTests {
    @Test func fieldsOfAnEventDoNotTouch() {
        for offset in [Int32.min, -1, 0, 1, .max] {
            for x in [UInt16(0), 1, .max] {
                for y in [UInt16(0), 1, 0x7FFF] {
                    for isOn in [false, true] {
                        let event = PixelEvent(offset: offset, x: x, y: y, isOn: isOn)
                        #expect(event.offset == offset && event.x == x && event.y == y && event.isOn == isOn)
                        #expect(PixelEvent(bits: event.bits) == event)
                    }
                }
            }
        }
        #expect(PixelEvent(offset: 1, x: 2, y: 3, isOn: true).bits == 0x0000_0001_8003_0002)
        #expect(MemoryLayout<PixelEvent>.size == 8)
    }

    @Test func appendingTakesTheFirstTimeForItsBase() {
        let batch = EventBatch()
        #expect(batch.append(time: 1_700_000_000_000_000, x: 1, y: 2, isOn: false))
        #expect(batch.timeBase == 1_700_000_000_000_000 && batch[0].offset == 0)
        #expect(batch.append(time: 1_700_000_000_000_000 + Int64(Int32.max), x: 1, y: 2, isOn: false))
        #expect(batch.append(time: 1_700_000_000_000_000 + Int64(Int32.min), x: 1, y: 2, isOn: false))
        #expect(!batch.append(time: 1_700_000_000_000_001 + Int64(Int32.max), x: 1, y: 2, isOn: false))
        #expect(!batch.append(time: 1_699_999_999_999_999 + Int64(Int32.min), x: 1, y: 2, isOn: false))
        #expect(batch.count == 3)
        #expect(batch.map { batch.time(of: $0) - batch.timeBase } == [0, Int64(Int32.max), Int64(Int32.min)])
    }

    @Test func aFullBatchTakesNoMore() {
        let batch = EventBatch()
        for index in 0..<EventBatch.capacity { #expect(batch.append(time: Int64(index), x: 0, y: 0, isOn: true)) }
        #expect(batch.isFull && !batch.append(time: 0, x: 0, y: 0, isOn: true))
        #expect(batch.count == EventBatch.capacity && batch[EventBatch.capacity - 1].offset == 16_383)
        let words = unsafe batch.words
        batch.removeAll()
        #expect(unsafe batch.count == 0 && !batch.isFull && batch.words == words)
    }

    @Test func streamTimeCountsFromTheStart() {
        let batch = EventBatch()
        batch.startTime = 5
        #expect(batch.streamTime(sensor: 7) == StreamTime(nanoseconds: 2_000))
        #expect(batch.streamTime(sensor: 3) == StreamTime(nanoseconds: -2_000))
        _ = batch.append(time: 1_005, x: 0, y: 0, isOn: true)
        #expect(batch.streamTime(of: batch[0]) == StreamTime(nanoseconds: 1_000_000))
        // What lies beyond stream time stays at its ends.
        #expect(batch.streamTime(sensor: 1 << 55) == StreamTime(nanoseconds: .max))
        #expect(batch.streamTime(sensor: -(1 << 55)) == StreamTime(nanoseconds: .min))
        batch.startTime = .max
        #expect(batch.streamTime(sensor: .min) == StreamTime(nanoseconds: .min))
    }

    @Test func copying() {
        let (batch, other) = (EventBatch(), EventBatch())
        (batch.width, batch.height, batch.startTime, batch.upTo) = (3, 4, 5, StreamTime(nanoseconds: 6))
        for time in 10..<20 { _ = batch.append(time: Int64(time), x: UInt16(time), y: 0, isOn: true) }
        other.copyFrame(of: batch)
        #expect(other.count == 0 && other.width == 3 && other.height == 4 && other.startTime == 5)
        #expect(other.timeBase == 10 && other.upTo == StreamTime(nanoseconds: 6))
        other.copy(batch)
        #expect(Array(other) == Array(batch) && other.count == 10)
        batch.removeAll()
        #expect(other.count == 10 && Array(batch).isEmpty)
    }

    @Test func asABatch() {
        #expect(EventBatch.kind == .events)
        #expect((EventBatch() as any Batch).upTo == .zero)
    }
}
