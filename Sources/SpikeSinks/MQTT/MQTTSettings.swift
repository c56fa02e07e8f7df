import SpikeSignals

/// How to reach a broker and who we are.
struct MQTTSettings: Sendable {
    /// Where it is.
    var broker: BrokerAddress
    /// Our name towards the broker; a second client with the same name makes it close the first.
    var clientID: String
    /// The user, if the broker wants one.
    var username: String?
    /// The user's password.
    var password: String?
    /// The certificate of the authority that signed the broker's; nil for those that the system trusts.
    var caFile: String?
    /// Our own certificate and key, if the broker wants them.
    var certFile: String?
    /// The key of ``certFile``.
    var keyFile: String?
    /// After how many seconds of silence a connection is tried, 5 or more.
    var keepaliveSeconds = 30
    /// How long an answer of the broker is waited for, in seconds.
    var timeoutSeconds = 10.0
    /// The quality of service of records: 1, or 0 if they need not arrive.
    var qos = 1
    /// Where it is said whether we are there.
    var availabilityTopic: String
}

/// A message to be published.
struct MQTTMessage: Hashable, Sendable {
    /// The topic.
    var topic: String
    /// The text.
    var payload: String
    /// Whether the broker keeps it for those who come later.
    var isRetained = false
}
