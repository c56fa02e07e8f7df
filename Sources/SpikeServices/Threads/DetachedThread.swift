#if canImport(Glibc)
import Glibc
#endif

/// Threads of servers: one for each client.
enum DetachedThread {
    /// Milliseconds of a clock that never jumps; only differences mean something.
    static func milliseconds() -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Runs `body` on a thread of its own; false if the system gives none.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        final class Box {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let box = unsafe Unmanaged.passRetained(Box(body))
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        unsafe pthread_attr_init(attributes)
        // Clients need little; the default would reserve 8 MiB of address space each.
        unsafe pthread_attr_setstacksize(attributes, 512 * 1_024)
        defer {
            unsafe pthread_attr_destroy(attributes)
            unsafe attributes.deallocate()
        }
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, attributes,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                unsafe Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body()
                return nil
            }, unsafe box.toOpaque())
        if code != 0 {
            unsafe box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
