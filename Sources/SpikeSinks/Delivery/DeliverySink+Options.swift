import SpikeSignals

extension DeliverySink {
    /// A sink that delivers to `peer` as the options of the stage say, with notices on standard error.
    convenience init(_ peer: any Peer, _ options: Options, _ context: StageContext) throws(SpikelineError) {
        let delivery = try DeliveryOptions(options, context: context)
        try self.init(
            peer, options: delivery, queue: delivery.makeQueue(),
            notice: SinkNotices.standardError(stage: context.stage))
    }
}
