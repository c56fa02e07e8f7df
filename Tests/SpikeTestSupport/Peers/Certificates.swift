import Foundation

/// An authority and a certificate for 127.0.0.1 that it signed, made by openssl.
public struct Certificates {
    /// The authority's certificate.
    public let authority: String
    /// The certificate for 127.0.0.1 and localhost.
    public let certificate: String
    /// Its key.
    public let key: String

    /// Makes them in `folder`.
    public init(in folder: String) throws {
        func file(_ name: String) -> String { folder + "/" + name }
        (authority, certificate, key) = (file("ca.pem"), file("server.pem"), file("server.key"))
        try Data("subjectAltName=IP:127.0.0.1,DNS:localhost\n".utf8).write(to: URL(fileURLWithPath: file("names")))
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try Tool.run(
            ["openssl", "req", "-x509"] + curve
                + ["-keyout", file("ca.key"), "-out", authority, "-days", "2", "-subj", "/CN=Spikeline test authority"])
        try Tool.run(
            ["openssl", "req"] + curve + ["-keyout", key, "-out", file("server.csr"), "-subj", "/CN=127.0.0.1"])
        try Tool.run([
            "openssl", "x509", "-req", "-in", file("server.csr"), "-CA", authority, "-CAkey", file("ca.key"),
            "-CAcreateserial", "-out", certificate, "-days", "2", "-extfile", file("names"),
        ])
    }
}
