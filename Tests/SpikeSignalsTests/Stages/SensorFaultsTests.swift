import SpikeSignals
import Testing

@Suite struct SensorFaultsTests {
    private func fault(_ index: Int) -> SensorFault {
        SensorFault(.xrun, .passed, place: "x", at: StreamTime(nanoseconds: Int64(index)))
    }

    @Test func leaveOnceInOrder() {
        let faults = SensorFaults()
        #expect(faults.take() == [])
        for index in 0..<3 { faults.report(fault(index)) }
        #expect(faults.take().map(\.at.nanoseconds) == [0, 1, 2])
        #expect(faults.take() == [])
    }

    @Test func theOldestAreLostWhenNobodyFetches() {
        let faults = SensorFaults()
        for index in 0..<100 { faults.report(fault(index)) }
        #expect(faults.take().map(\.at.nanoseconds) == (36..<100).map { Int64($0) })
    }
}
