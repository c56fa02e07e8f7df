/// An answer of HTTP/1.1, after which the connection is closed.
struct HTTPResponse {
    /// The statuses that are given.
    enum Status: String {
        case ok = "200 OK"
        case malformed = "400 Bad Request"
        case unauthorized = "401 Unauthorized"
        case forbidden = "403 Forbidden"
        case notFound = "404 Not Found"
        case notAllowed = "405 Method Not Allowed"
        case tooLong = "431 Request Header Fields Too Large"
        case unavailable = "503 Service Unavailable"
    }

    var status = Status.ok
    /// The media type.
    var type = "text/plain; charset=utf-8"
    /// More fields.
    var fields: [(String, String)] = []
    /// What follows the head; nil for a stream, which ends with the connection.
    var body: String?

    /// The bytes to send.
    func bytes(withBody: Bool = true) -> [UInt8] {
        var head = "HTTP/1.1 \(status.rawValue)\r\nContent-Type: \(type)\r\nConnection: close\r\n"
        head += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
        head += "X-Frame-Options: DENY\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
        return Array((head + "\r\n" + (withBody ? body ?? "" : "")).utf8)
    }

    /// A status with a sentence.
    static func plain(_ status: Status, _ sentence: String) -> HTTPResponse {
        HTTPResponse(status: status, body: sentence + "\n")
    }
}
