import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A few threads that do numbered pieces of work together, the caller being one of them.
final class WorkTeam {
    private let crew: Crew

    /// A team of `threads`, of which `threads - 1` are started now. If the system refuses some, the others do the work.
    init(threads: Int) {
        crew = Crew()
        for _ in 1..<max(threads, 2) { crew.hire() }
    }

    deinit { crew.dismiss() }

    /// Does `body` for 0 to `count` - 1, in any order and at the same time, and returns when all is done.
    func perform(_ count: Int, _ body: @escaping (Int) -> Void) { crew.perform(count, body) }
}

/// What the threads of a ``WorkTeam`` share; it lives as long as one of them.
// Unchecked: all state is touched inside the lock, or is an atomic.
@safe private final class Crew: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var work: ((Int) -> Void)?
    private var pieces = 0
    private var round = 0
    private var busy = 0
    private var isClosing = false
    private let next = Atomic<Int>(0)

    init() {
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(changed, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    /// Starts one more thread.
    func hire() {
        var thread = pthread_t()
        let box = unsafe Unmanaged.passRetained(self)
        let code = unsafe pthread_create(
            &thread, nil,
            { raw in
                guard let raw = unsafe raw else { return nil }
                unsafe Unmanaged<Crew>.fromOpaque(raw).takeRetainedValue().serve()
                return nil
            }, box.toOpaque())
        if code == 0 { pthread_detach(thread) } else { unsafe box.release() }
    }

    /// Lets the threads end.
    func dismiss() {
        locked {
            isClosing = true
            unsafe pthread_cond_broadcast(changed)
        }
    }

    func perform(_ count: Int, _ body: @escaping (Int) -> Void) {
        locked {
            work = body
            pieces = count
            next.store(0, ordering: .sequentiallyConsistent)
            round += 1
            unsafe pthread_cond_broadcast(changed)
        }
        takePieces(body, count)
        locked {
            while busy > 0 { unsafe pthread_cond_wait(changed, mutex) }
            work = nil
        }
    }

    private func takePieces(_ body: (Int) -> Void, _ count: Int) {
        while true {
            let piece = next.wrappingAdd(1, ordering: .sequentiallyConsistent).oldValue
            if piece >= count { return }
            body(piece)
        }
    }

    /// The life of a thread.
    private func serve() {
        var seen = 0
        unsafe pthread_mutex_lock(mutex)
        while !isClosing {
            if round != seen, let work {
                seen = round
                busy += 1
                let count = pieces
                unsafe pthread_mutex_unlock(mutex)
                takePieces(work, count)
                unsafe pthread_mutex_lock(mutex)
                busy -= 1
                unsafe pthread_cond_broadcast(changed)
            } else {
                unsafe pthread_cond_wait(changed, mutex)
            }
        }
        unsafe pthread_mutex_unlock(mutex)
    }

    private func locked(_ body: () -> Void) {
        unsafe pthread_mutex_lock(mutex)
        body()
        unsafe pthread_mutex_unlock(mutex)
    }
}
