import CAllocationCounter
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// The counter that the other tests rely on.
@Suite struct AllocationCounterTests {
    @Test("counts each allocation of this thread while it is asked to, and none after")
    func counts() {
        var kept: [UnsafeMutableRawPointer?] = unsafe [nil, nil, nil, nil]
        allocation_counter_start()
        for index in 0..<3 { unsafe kept[index] = malloc(Int.random(in: 100...200)) }
        let count = allocation_counter_stop()
        unsafe kept[3] = malloc(Int.random(in: 100...200))
        #expect(count == 3)
        #expect(allocation_counter_stop() == 3)
        unsafe kept.forEach { unsafe free($0) }
    }
}
