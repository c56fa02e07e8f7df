import SpikeContainers
import SpikeInterchange
import SpikeNetwork
import SpikePictures
import SpikeSignals

/// One run of `spikeline convert-ann`.
struct ConversionRun {
    private let options: ConvertANN

    init(_ options: ConvertANN) { self.options = options }

    /// Reads, balances, converts, writes, measures and reports.
    func run() throws(SpikelineError) {
        let original = try original()
        let data = try PictureFolder(options.data, for: original)
        let test = try options.test.map { (path) throws(SpikelineError) in try PictureFolder(path, for: original) }
        if let test, test.classes != data.classes {
            throw SpikelineError(
                "expected the classes of \(options.data), found others", at: options.test ?? "",
                hint: "Name the folders of both alike")
        }
        let levels = ActivationLevels(of: original, on: data.pictures, percentile: options.percentile)
        var settings = SpikingConversion.Settings()
        (settings.ticks, settings.spikes, settings.inputSpikes) = (options.ticks, options.spikes, options.inputSpikes)
        let conversion = try SpikingConversion(original, levels: levels, settings: settings)
        try ModelFile(
            network: conversion.network, encoder: ModelFile.Stage(type: "none"), head: ModelFile.Stage(type: "none"),
            information: [
                "source": .string(options.model), "ticks": .integer(options.ticks),
                "percentile": .number(options.percentile), "input_spikes": .integer(options.inputSpikes),
                "labels": .list(data.classes.map { .string($0) }),
            ]
        ).write(to: options.out)
        let start = Progress.now()
        let curve = try test.map { (test) throws(SpikelineError) in
            try ConversionCurve(of: conversion, and: original, pictures: test.pictures, labels: test.labels) {
                Progress.show("measure", share: $0, since: start)
            }
        }
        Console.progress("")
        if let plot = options.plot, let curve { try TextOutput.write(figure(curve).svg.text, to: plot) }
        Console.print(options.json ? value(conversion, curve, data).text : text(conversion, curve, data))
    }

    /// The network to convert: NIR where the file is HDF5 or is called so, ONNX otherwise.
    private func original() throws(SpikelineError) -> ReLUNetwork {
        let bytes = try WholeFile.read(
            options.model, limit: ModelFile.maximumWholeFile, expecting: "an ONNX model or a NIR graph")
        let isGraph = bytes.starts(with: [0x89, 0x48, 0x44, 0x46]) || options.model.lowercased().hasSuffix(".nir")
        guard !isGraph else {
            return try ReLUNetwork(
                nir: try NeuronGraph(bytes: bytes, name: options.model),
                rectifiesBetweenLayers: options.reluBetweenLayers)
        }
        guard !options.reluBetweenLayers else {
            throw SpikelineError(
                "--relu-between-layers is for NIR graphs; ONNX says itself where a Relu stands", at: options.model)
        }
        return try ReLUNetwork(onnx: bytes, name: options.model)
    }

    private func text(_ conversion: SpikingConversion, _ curve: ConversionCurve?, _ data: PictureFolder) -> String {
        var table = TextTable([
            ("layer", .left), ("neurons", .right), ("weights", .right), ("rms error", .right), ("vanished", .right),
            ("level", .right), ("thresholds", .right), ("leak", .right),
        ])
        for (layer, population) in zip(conversion.layers, conversion.network.populations) {
            table.add([
                population.name, "\(layer.neurons)", "\(layer.weights)", Figures.percent(layer.rootMeanSquareError),
                "\(layer.vanished)", layer.thresholds == nil ? "-" : Figures.decimal(Double(layer.level), 3),
                layer.thresholds.map { "\($0.lowerBound) to \($0.upperBound)" } ?? "-", "\(layer.leak)/32768",
            ])
        }
        let head = """
            \(table.text)
            Errors are shares of the largest weight of a channel; levels are percentile \
            \(Figures.short(options.percentile)) of \(data.pictures.count) pictures.
            A neuron fires at most \(options.spikes) and a pixel at most \(options.inputSpikes) spikes in a tick.
            """
        guard let curve else { return head }
        var figures = TextTable([
            ("ticks", .right), ("accuracy", .right), ("as the original", .right), ("pixel spikes", .right),
            ("spikes", .right), ("synaptic operations", .right),
        ])
        func mean(_ sum: Int) -> String { Figures.short(Double(sum) / Double(curve.pictures)) }
        for point in curve.points {
            figures.add([
                "\(point.ticks)", percent(point.correct, curve), percent(point.agreeing, curve),
                mean(point.inputSpikes), mean(point.spikes), mean(point.operations),
            ])
        }
        return head + "\n\n" + figures.text + "\n"
            + "original  \(percent(curve.originalCorrect, curve)) of \(curve.pictures) pictures, "
            + "\(Figures.short(Double(curve.originalOperations))) multiplications a picture; spikes and operations are a picture's"
    }

    /// With two decimals: one of a thousand pictures is 0.1 %.
    private func percent(_ count: Int, _ curve: ConversionCurve) -> String {
        Figures.decimal(curve.share(count) * 100, 2) + " %"
    }

    private func value(
        _ conversion: SpikingConversion, _ curve: ConversionCurve?, _ data: PictureFolder
    ) -> JSONValue {
        let layers = zip(conversion.layers, conversion.network.populations).map { layer, population in
            JSONValue.object([
                ("name", .string(population.name)), ("node", .string(layer.name)),
                ("neurons", .integer(layer.neurons)), ("weights", .integer(layer.weights)),
                ("rms_error", .fixed(layer.rootMeanSquareError, decimals: 6)), ("vanished", .integer(layer.vanished)),
                ("level", layer.thresholds == nil ? .null : .fixed(Double(layer.level), decimals: 6)),
                ("leak", .integer(Int(layer.leak))),
            ])
        }
        var members: [(String, JSONValue)] = [
            ("v", .integer(1)), ("layers", .array(layers)), ("balanced_on", .integer(data.pictures.count)),
        ]
        if let curve {
            func mean(_ sum: Int) -> JSONValue { .fixed(Double(sum) / Double(curve.pictures), decimals: 2) }
            func share(_ count: Int) -> JSONValue { .fixed(curve.share(count), decimals: 6) }
            members += [
                ("pictures", .integer(curve.pictures)), ("original_accuracy", share(curve.originalCorrect)),
                ("original_multiplications", .integer(curve.originalOperations)),
                (
                    "points",
                    .array(
                        curve.points.map { point in
                            .object([
                                ("ticks", .integer(point.ticks)), ("accuracy", share(point.correct)),
                                ("as_original", share(point.agreeing)), ("input_spikes", mean(point.inputSpikes)),
                                ("spikes", mean(point.spikes)), ("synaptic_operations", mean(point.operations)),
                            ])
                        })
                ),
            ]
        }
        return .object(members)
    }

    private func figure(_ curve: ConversionCurve) -> TradeOffFigure {
        func points(_ count: (ConversionCurve.Point) -> Int) -> [(x: Double, y: Double)] {
            curve.points.map { (Double($0.ticks), curve.share(count($0)) * 100) }
        }
        return TradeOffFigure(
            title: "Accuracy of a converted network",
            subtitle: "\(curve.pictures) pictures, at most \(options.spikes) spikes of a neuron in a tick",
            xLabel: "ticks",
            panels: [
                TradeOffFigure.Panel(
                    label: "correct, %",
                    curves: [
                        TradeOffFigure.Curve(name: "spiking network", points: points(\.correct)),
                        TradeOffFigure.Curve(name: "ReLU network", points: points { _ in curve.originalCorrect }),
                    ])
            ])
    }
}
