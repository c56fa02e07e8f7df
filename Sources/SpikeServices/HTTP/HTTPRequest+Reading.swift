import SpikeSensors
import SpikeSignals

extension HTTPRequest {
    /// What came of waiting for a request.
    enum Arrival {
        /// Its head is whole.
        case request(HTTPRequest)
        /// It did not come in time.
        case tooSlow
        /// The client has gone, or the server ends.
        case gone
    }

    /// Reads the head of a request, which may take `milliseconds` to come.
    ///
    /// - Parameter isClosed: asked several times a second; ends the wait.
    static func read(
        from connection: StreamConnection, withinMilliseconds milliseconds: Int64, isClosed: () -> Bool
    ) throws(Refusal) -> Arrival {
        var (head, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 4_096))
        let deadline = MonotonicClock.nanoseconds() + milliseconds * 1_000_000
        while !isClosed() {
            if let request = try parse(head) { return .request(request) }
            let left = (deadline - MonotonicClock.nanoseconds()) / 1_000_000
            guard left > 0 else { return .tooSlow }
            switch connection.read(into: &buffer, withinMilliseconds: min(left, 100)) {
            case .bytes(let count): head += buffer[..<count]
            case .nothing: break
            case .end: return .gone
            }
        }
        return .gone
    }
}

extension HTTPResponse {
    /// The answer to what is no request.
    init(_ refusal: HTTPRequest.Refusal) {
        self =
            refusal == .tooLong
            ? .plain(.tooLong, "The head has more than \(HTTPRequest.longestHead) bytes.")
            : .plain(.malformed, "This is no request of HTTP/1.1.")
    }

    /// The answer to a request that only looks and does not: 405.
    static var onlyLooking: HTTPResponse {
        var answer = HTTPResponse.plain(.notAllowed, "Only GET and HEAD.")
        answer.fields.append(("Allow", "GET, HEAD"))
        return answer
    }
}
