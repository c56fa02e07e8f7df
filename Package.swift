// swift-tools-version: 6.2
import PackageDescription

/// CI sets this; a warning then fails the build.
let warningsAreErrors = Context.environment["SPIKELINE_WARNINGS_AS_ERRORS"] != nil

let settings: [SwiftSetting] =
    [
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

/// A library module of the house and the modules it may import.
func room(_ name: String, imports: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: imports, exclude: [], swiftSettings: settings)
}

/// The tests of one module; the folder mirrors the module's.
func tests(of name: String, with more: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name), "SpikeTestSupport"] + more,
        exclude: ["SpikeSensors", "SpikeContainers", "SpikeInterchange"].contains(name) ? ["Fixtures"] : [],
        swiftSettings: settings)
}

let package = Package(
    name: "spikeline",
    products: [
        .executable(name: "spikeline", targets: ["spikeline"]),
        .library(name: "SpikeSignals", targets: ["SpikeSignals"]),
        .library(name: "SpikeEncoders", targets: ["SpikeEncoders"]),
        .library(name: "SpikeNetwork", targets: ["SpikeNetwork"]),
        .library(name: "SpikeInterchange", targets: ["SpikeInterchange"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: [
        // System shims: a module map, a header, nothing else.
        .systemLibrary(name: "CSndfile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
        .systemLibrary(name: "CALSA", pkgConfig: "alsa", providers: [.apt(["libasound2-dev"])]),
        .systemLibrary(name: "CSamplerate", pkgConfig: "samplerate", providers: [.apt(["libsamplerate0-dev"])]),
        // libhdf5 only checks our own HDF5 in the tests of SpikeContainers.
        .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

        // Loops of the event decoders for processors with wide vectors; each has a twin in Swift.
        .target(name: "CEventKernels"),
        // Those of the renderer and of the network engine.
        .target(name: "CRenderKernels"),
        .target(name: "CNetworkKernels"),

        // Libraries that are opened when something first needs them, so that the rest does not pay for them.
        .target(name: "CMosquitto"),
        .target(name: "CSQLite"),
        .target(name: "CCurl"),
        .target(name: "CNATS"),
        .target(name: "COpenBLAS"),

        // The rooms, left to right along the way of a datum.
        room("SpikeSignals"),
        room(
            "SpikeSensors",
            imports: [
                "SpikeSignals", "SpikeContainers", "CSndfile", "CALSA", "CSamplerate", "CLZ4", "CZstd", "CEventKernels",
            ]),
        room("SpikeEncoders", imports: ["SpikeSignals"]),
        room("SpikeNetwork", imports: ["SpikeSignals", "CNetworkKernels"]),
        room("SpikePlasticity", imports: ["SpikeSignals", "SpikeNetwork"]),
        room("SpikeSynthesis", imports: ["SpikeSignals", "CRenderKernels"]),
        room("SpikeHeads", imports: ["SpikeSignals", "SpikeContainers"]),
        room("SpikeTraining", imports: ["SpikeSignals", "SpikeNetwork", "SpikeEncoders", "SpikeHeads", "COpenBLAS"]),
        room("SpikeContainers", imports: ["SpikeSignals", "CLZ4", "CZstd"]),
        room("SpikeInterchange", imports: ["SpikeSignals", "SpikeNetwork", "SpikeContainers"]),
        room("SpikeSinks", imports: ["SpikeSignals", "SpikeContainers", "CMosquitto", "CSQLite", "CCurl"]),
        room("SpikeServices", imports: ["SpikeSignals", "SpikeSensors", "SpikePipeline"]),
        room("SpikeFleet", imports: ["SpikeSignals", "SpikeSinks", "CNATS"]),
        room("SpikePictures", imports: ["SpikeSignals", "SpikeContainers"]),
        room("SpikePipeline", imports: ["SpikeSignals", "CYAML"]),
        room("SpikeSimulation", imports: ["SpikeSignals", "SpikeNetwork", "SpikePipeline"]),
        .executableTarget(
            name: "spikeline",
            dependencies: [
                "SpikeSignals", "SpikeSensors", "SpikeEncoders", "SpikeNetwork", "SpikeHeads", "SpikeTraining",
                "SpikeSynthesis", "SpikeInterchange", "SpikeSinks", "SpikeServices", "SpikePictures", "SpikePipeline",
                "SpikeContainers", "SpikeSimulation", "SpikeFleet", "SpikePlasticity",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        // Tests.
        .target(
            name: "SpikeTestSupport", dependencies: ["SpikeSignals"], path: "Tests/SpikeTestSupport",
            swiftSettings: settings),
        tests(of: "SpikeSignals"),
        tests(of: "SpikeSensors", with: ["CSndfile", "SpikePipeline"]),
        tests(of: "SpikeEncoders"),
        tests(of: "SpikeNetwork", with: ["SpikeContainers"]),
        tests(of: "SpikePlasticity", with: ["SpikeSignals", "SpikeNetwork"]),
        tests(of: "SpikeSynthesis"),
        tests(of: "SpikeHeads"),
        tests(of: "SpikeTraining", with: ["SpikeNetwork", "SpikeEncoders", "SpikeSensors", "SpikeSynthesis"]),
        tests(of: "SpikeContainers", with: ["SpikeSignals", "CHDF5"]),
        tests(of: "SpikeInterchange", with: ["SpikeNetwork", "SpikeContainers", "SpikeSynthesis"]),
        tests(of: "SpikeSinks"),
        tests(of: "SpikeServices", with: ["SpikePipeline"]),
        tests(of: "SpikeFleet"),
        tests(of: "SpikePictures", with: ["SpikeContainers"]),
        tests(of: "SpikePipeline"),
        tests(of: "SpikeSimulation", with: ["SpikePipeline"]),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .testTarget(
            name: "AllocationTests",
            dependencies: [
                "CAllocationCounter", "SpikeTestSupport", "SpikeSignals", "SpikeEncoders", "SpikeNetwork", "SpikeHeads",
                "SpikeInterchange", "SpikeSensors",
            ], swiftSettings: settings),
        .testTarget(
            name: "SpikelineTests",
            dependencies: [
                "SpikeTestSupport", "SpikeSignals", "SpikeContainers", "SpikeSensors", "SpikeEncoders", "SpikeNetwork",
                "SpikeHeads",
                "SpikeInterchange", "SpikePipeline", "SpikeFleet", "SpikeServices", "SpikeSimulation",
                "SpikePlasticity", "spikeline",
            ],
            swiftSettings: settings),
    ]
)

// Scripts/fuzz sets this; only then is there a program that libFuzzer drives.
if Context.environment["SPIKELINE_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "SpikeFuzzing", dependencies: ["SpikeSignals", "SpikeSensors"], path: "Tests/SpikeFuzzing",
            exclude: ["Dictionaries"], swiftSettings: settings))
}
