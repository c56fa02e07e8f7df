import CCurl
import SpikeSignals

/// libcurl, opened when the first request is prepared.
enum CurlLibrary {
    private static let complaint: String? = {
        if let complaint = unsafe spike_curl_open() { return unsafe String(cString: complaint) }
        return spike_curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK ? nil : "it cannot be initialised"
    }()

    /// Opens the library, once.
    static func load() throws(SpikelineError) {
        guard let complaint else { return }
        throw SpikelineError("webhooks need libcurl: \(complaint)", hint: "Install it: apt install libcurl4")
    }
}
