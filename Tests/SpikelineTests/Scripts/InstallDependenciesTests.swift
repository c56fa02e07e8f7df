import Foundation
import SpikeTestSupport
import Testing

/// The set-up script in a machine made of stubs: what is missing, who may install, and what is said.
struct InstallDependenciesTests {
    /// Runs the script where the only programs are bash, env and the given stubs (name: shell text).
    private func run(_ arguments: [String], stubs: [String: String]) throws -> (status: Int32, text: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in stubs {
            let file = folder.appendingPathComponent(name)
            try ("#!/bin/bash\n" + text + "\n").write(to: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
        for name in ["bash", "env"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.appendingPathComponent(name).path, withDestinationPath: "/usr/bin/" + name)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [SharedData.packageRoot + "/Scripts/install-dependencies"] + arguments
        process.environment = ["PATH": folder.path, "STATE": folder.path]
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    private static let allInstalled = "echo -n installed"
    private static let lacksTwo =
        #"case "${!#}" in libyaml-dev|pkg-config) exit 1 ;; *) echo -n installed ;; esac"#
    private let prefix = "install-dependencies: "

    @Test("Nothing missing: nothing is run, so it works offline")
    func nothingMissing() throws {
        let stubs = ["dpkg-query": Self.allInstalled, "apt-get": "echo APT $*; exit 1", "id": "echo 1000"]
        let (status, text) = try run(["build", "test", "data"], stubs: stubs)
        #expect(status == 0)
        #expect(text == prefix + "nothing is missing (build test data)\n")
    }

    @Test("Root installs what is missing and only that, without sudo")
    func root() throws {
        let stubs = ["dpkg-query": Self.lacksTwo, "apt-get": "echo APT $*", "id": "echo 0", "sudo": "echo SUDO"]
        let (status, text) = try run([], stubs: stubs)
        #expect(status == 0)
        #expect(
            text == prefix + "missing: pkg-config libyaml-dev\n"
                + "APT install --yes --no-install-recommends pkg-config libyaml-dev\n"
                + prefix + "installed: pkg-config libyaml-dev\n")
    }

    @Test("Others use sudo")
    func sudo() throws {
        let stubs = [
            "dpkg-query": Self.lacksTwo, "apt-get": "echo APT $*", "id": "echo 1000", "sudo": #"echo SUDO; "$@""#,
        ]
        let (status, text) = try run([], stubs: stubs)
        #expect(status == 0)
        #expect(text.contains("installing them with sudo\nSUDO\nAPT install --yes"))
    }

    @Test("Without root and sudo it says what to do")
    func noSudo() throws {
        let stubs = ["dpkg-query": Self.lacksTwo, "apt-get": "echo APT $*", "id": "echo 1000"]
        let (status, text) = try run([], stubs: stubs)
        #expect(status == 2)
        #expect(
            text == prefix + "missing: pkg-config libyaml-dev\n" + prefix
                + "installing needs root and there is no sudo; as root, run: apt-get install pkg-config libyaml-dev\n")
    }

    @Test("Package lists are fetched only after a first try failed")
    func oldLists() throws {
        let apt = #"echo APT $1; case $1 in update) : > "$STATE/fresh" ;; *) [ -e "$STATE/fresh" ] ;; esac"#
        let (status, text) = try run([], stubs: ["dpkg-query": Self.lacksTwo, "apt-get": apt, "id": "echo 0"])
        #expect(status == 0)
        #expect(text.contains("APT install\n\(prefix)fetching the package lists\nAPT update\nAPT install\n"))
    }

    @Test("Offline with something missing it says so and fails")
    func offline() throws {
        let (status, text) = try run([], stubs: ["dpkg-query": Self.lacksTwo, "apt-get": "exit 100", "id": "echo 0"])
        #expect(status == 2)
        #expect(text.contains("the package lists cannot be fetched; is this machine offline?"))
        #expect(
            text.hasSuffix("these could not be installed: pkg-config libyaml-dev; see the messages of apt-get above\n"))
    }

    @Test("Elsewhere than on Debian the libraries are looked for with pkg-config")
    func otherSystem() throws {
        let (status, text) = try run([], stubs: ["pkg-config": #"[ "$2" != openblas ]"#])
        #expect(status == 2)
        #expect(
            text == prefix + "missing: libopenblas-dev\n" + prefix
                + "this is no Debian system (no apt-get); install the like "
                + "of these with its own package manager\n")
    }

    @Test("--check only says what is missing, and an unknown group is refused")
    func check() throws {
        let stubs = ["dpkg-query": Self.lacksTwo, "apt-get": "echo APT", "id": "echo 0"]
        let (status, text) = try run(["--check"], stubs: stubs)
        #expect(status == 2)
        #expect(text == prefix + "missing: pkg-config libyaml-dev\n")
        let unknown = try run(["gpu"], stubs: stubs)
        #expect(unknown.status == 2)
        #expect(unknown.text == prefix + "there is no group \"gpu\"; expected build, test or data\n")
    }
}
