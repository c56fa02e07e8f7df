import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// The clock and the memory of the machine.
enum SystemCheck {
    /// The first second of 2025: a clock before it was never set.
    private static let earliest = 1_735_689_600

    /// What is there while systemd-timesyncd, chrony or ntpd keeps the clock.
    private static let keepers = ["/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/run/ntpd.pid"]

    /// The clock, as it is now.
    static func clock() -> Finding {
        clock(now: time(nil), isSynchronised: keepers.contains { unsafe access($0, F_OK) == 0 })
    }

    /// A clock that says `now`, in seconds since 1970.
    static func clock(now: Int, isSynchronised: Bool) -> Finding {
        let subject = "clock"
        if now < earliest {
            return Finding(
                status: .problem, subject: subject,
                what: "it is before 2025, so certificates and times of records are wrong",
                hint: "Set it: timedatectl set-ntp true")
        }
        return isSynchronised
            ? Finding(status: .ok, subject: subject, what: "kept by a time service")
            : Finding(
                status: .warning, subject: subject, what: "no time service keeps it, so times of records may drift",
                hint: "timedatectl set-ntp true")
    }

    /// The memory that `meminfo`, the text of /proc/meminfo, says is available.
    static func memory(_ meminfo: String?) -> Finding {
        let line = meminfo?.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        guard let words = line?.split(separator: " "), words.count > 1, let kibibytes = Int(words[1]) else {
            return Finding(status: .warning, subject: "memory", what: "the system does not say how much is available")
        }
        let megabytes = kibibytes / 1_024
        return megabytes < 64
            ? Finding(
                status: .warning, subject: "memory", what: "\(megabytes) MiB are available; a pipeline takes about 20",
                hint: "Stop something else, or MemoryMax= of the service may end it")
            : Finding(status: .ok, subject: "memory", what: "\(megabytes) MiB are available")
    }
}
