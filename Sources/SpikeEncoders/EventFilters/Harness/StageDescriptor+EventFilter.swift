import SpikeSignals

extension StageDescriptor {
    /// Describes a filter of events, which takes the options of its parameters, and `width` and `height` if it needs the
    /// size of the sensor.
    static func eventFilter<Parameters: FilterParameters>(
        _ type: String, summary: String, needsGrid: Bool,
        make: @escaping @Sendable (Parameters, SensorGrid?) throws(SpikelineError) -> AnyTransform
    ) -> StageDescriptor {
        StageDescriptor(
            type: type, role: .transform, input: .events, output: .events, summary: summary,
            options: Parameters.fields.map(\.spec) + (needsGrid ? SensorGrid.specs : []),
            make: { (options, _) throws(SpikelineError) in
                let sensor = needsGrid ? try SensorGrid.given(by: options) : nil
                return .transform(try make(Parameters(options: options), sensor))
            })
    }
}
