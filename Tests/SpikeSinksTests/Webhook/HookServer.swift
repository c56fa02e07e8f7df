import Foundation
import SpikeTestSupport

/// A web server in Python that checks signatures, fails at first, and writes down what it took.
final class HookServer {
    static let isInstalled = Tool.areInstalled("python3", "openssl")

    let port = Tool.freePort()
    let certificates: Certificates?
    private let folder: String
    private var process: Child?

    /// A server that answers with `failures` first, and 200 then. It knows the key of the signature.
    init(key: String, failures: [Int] = [], encrypted: Bool = false) throws {
        folder = NSTemporaryDirectory() + "spikeline-hook-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        certificates = encrypted ? try Certificates(in: folder) : nil
        try Data(Self.program.utf8).write(to: URL(fileURLWithPath: folder + "/server.py"))
        try Data(key.utf8).write(to: URL(fileURLWithPath: folder + "/key"))
        var words = [
            "python3", folder + "/server.py", "\(port)", folder, failures.map(String.init).joined(separator: ","),
        ]
        if let certificates { words += [certificates.certificate, certificates.key] }
        process = try Tool.start(words, output: folder + "/out")
        Tool.wait { Tool.isOpen(port: port) }
    }

    deinit {
        process?.end()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A line for each request: status, signature good or bad, id, body.
    var requests: [[String]] {
        let text = (try? String(contentsOfFile: folder + "/requests", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    }

    private static let program = """
        import hashlib, hmac, http.server, ssl, sys, time
        port, folder, failures = int(sys.argv[1]), sys.argv[2], [int(x) for x in sys.argv[3].split(",") if x]
        key = open(folder + "/key", "rb").read()
        log = open(folder + "/requests", "a")

        class Hook(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stamp = self.headers["X-Spikeline-Timestamp"]
                expected = "sha256=" + hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
                good = expected == self.headers.get("X-Spikeline-Signature") and abs(time.time() - int(stamp)) < 60
                good = good and self.headers["Content-Type"] == "application/json"
                status = failures.pop(0) if failures else 200
                print(status, "good" if good else "bad", self.headers["X-Spikeline-Id"], body.decode(), sep="\\t",
                      file=log, flush=True)
                if status == 1:
                    self.close_connection = True
                    return
                if status == 2:
                    time.sleep(30)
                    return
                answer = b"x" * 1000000 if status == 201 else b"{}"
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                try:
                    self.wfile.write(answer)
                except OSError:
                    self.close_connection = True
            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Hook)
        if len(sys.argv) > 4:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[4], sys.argv[5])
            server.socket = context.wrap_socket(server.socket, server_side=True)
        server.serve_forever()
        """
}
