#if canImport(Glibc)
import Glibc
#endif

/// A lock that threads can wait at until something has changed.
///
/// `Mutex` of the standard library has no condition to wait for, so this wraps the one of POSIX.
// Unchecked: the two pointers are set once, and what they point at is made for sharing between threads.
@safe
package final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `body` while no other thread is inside.
    package func locked<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Inside ``locked(_:)``: lets other threads in until ``wake()`` or until `milliseconds` have passed.
    package func wait(milliseconds: Int64) {
        let end = MonotonicClock.nanoseconds() + milliseconds * 1_000_000
        var deadline = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
        _ = unsafe pthread_cond_timedwait(condition, mutex, &deadline)
    }

    /// Inside ``locked(_:)``: lets all waiting threads look again.
    package func wake() { unsafe pthread_cond_broadcast(condition) }
}
