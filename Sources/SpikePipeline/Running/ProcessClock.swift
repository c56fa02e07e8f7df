#if canImport(Glibc)
import Glibc
#endif

/// What the operating system knows about the cost of this process.
package enum ProcessClock {
    /// Seconds of processor time that all threads of the process have used, in user and in system mode.
    package static func processorSeconds() -> Double {
        var now = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    /// The largest resident memory that the process ever had, in megabytes of 10^6 bytes; 0 if the system hides it.
    ///
    /// `VmHWM` of `/proc/self/status` (proc(5)); `getrusage` would also count what the parent had before `exec`.
    package static func peakResidentMegabytes() -> Double {
        guard let status = try? TextFile.read("/proc/self/status", atMost: 65_536) else { return 0 }
        for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.count == 3, let kibibytes = Double(words[1]) { return kibibytes * 1024 / 1e6 }
        }
        return 0
    }
}
