/// The head of a request of HTTP/1.x (RFC 9112); bodies are not taken.
struct HTTPRequest: Equatable {
    /// Why a head is refused, as the status of the answer.
    enum Refusal: Error, Equatable {
        /// 400: it is no request.
        case malformed
        /// 431: the head is longer than ``HTTPRequest/longestHead``.
        case tooLong
    }

    /// The most bytes that a head may have.
    static let longestHead = 8_192

    /// `GET`.
    var method: String
    /// The path, without the query: `/metrics`. Not decoded, as no path of ours needs that.
    var path: String
    /// What stands behind the question mark, decoded, in order.
    var parameters: [PageParameter]
    /// The fields, names in small letters; of a name that comes twice the first counts.
    var fields: [String: String]

    /// The request whose head `bytes` begins with; nil if the head is not whole yet.
    static func parse(_ bytes: [UInt8]) throws(Refusal) -> HTTPRequest? {
        guard let end = end(of: bytes) else {
            if bytes.count > longestHead { throw .tooLong }
            return nil
        }
        guard end <= longestHead else { throw .tooLong }
        guard bytes[..<end].allSatisfy({ $0 >= 32 && $0 < 127 || $0 == 13 || $0 == 10 || $0 == 9 }) else {
            throw .malformed
        }
        // CR LF is one Character in Swift, so lines are cut as bytes.
        let lines = bytes[..<end].split(separator: 10, omittingEmptySubsequences: false)
            .map { String(decoding: $0.last == 13 ? $0.dropLast() : $0, as: UTF8.self) }
        let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].first == "/", !words[0].isEmpty else {
            throw .malformed
        }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() where !line.isEmpty {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex, line.first != " ", line.first != "\t"
            else { throw .malformed }
            let name = line[..<colon].lowercased()
            if fields[name] == nil { fields[name] = trimmed(line[line.index(after: colon)...]) }
        }
        let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let parameters = (target.count > 1 ? target[1] : "").split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return PageParameter(decoded(parts[0]), decoded(parts.count > 1 ? parts[1] : ""))
        }
        return HTTPRequest(method: String(words[0]), path: String(target[0]), parameters: parameters, fields: fields)
    }

    /// The value of a parameter; of a name that comes twice the first counts.
    func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// The value of a cookie (RFC 6265, section 4.2).
    func cookie(_ name: String) -> String? {
        for pair in (fields["cookie"] ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, HTTPRequest.trimmed(parts[0]) == name { return HTTPRequest.trimmed(parts[1]) }
        }
        return nil
    }

    private static func end(of bytes: [UInt8]) -> Int? {
        for index in bytes.indices where bytes[index] == 10 {
            if index + 1 < bytes.count, bytes[index + 1] == 10 { return index }
            if index + 2 < bytes.count, bytes[index + 1] == 13, bytes[index + 2] == 10 { return index }
        }
        return nil
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let start = text.drop(while: blank)
        guard let last = start.lastIndex(where: { !blank($0) }) else { return "" }
        return String(start[...last])
    }

    /// Percent-decoded (RFC 3986, section 2.1); what is no escape stays.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        let all = Array(text.utf8)
        var index = 0
        while index < all.count {
            if all[index] == UInt8(ascii: "%"), index + 2 < all.count,
                let byte = UInt8(String(decoding: all[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                bytes.append(byte)
                index += 3
            } else {
                bytes.append(all[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
