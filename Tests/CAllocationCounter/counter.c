// Counts heap allocations by standing before glibc's allocator: a definition in the program comes before the library's.
//
// The dynamic linker's own are not counted: after another thread has opened a library (dlopen), the next access of this thread to a
// thread-local variable may enlarge the linker's table of such variables (glibc: _dl_resize_dtv), whatever code is measured.
#define _GNU_SOURCE
#include "allocation_counter.h"
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static __thread long count;
static __thread int counting;

static uintptr_t linker_start, linker_end;

static int find_linker(struct dl_phdr_info *object, size_t size, void *data) {
    (void)size, (void)data;
    if (object->dlpi_addr == 0 || object->dlpi_addr != getauxval(AT_BASE)) return 0;
    linker_start = object->dlpi_addr;
    for (int index = 0; index < object->dlpi_phnum; index++) {
        uintptr_t end = object->dlpi_addr + object->dlpi_phdr[index].p_vaddr + object->dlpi_phdr[index].p_memsz;
        if (object->dlpi_phdr[index].p_type == PT_LOAD && end > linker_end) linker_end = end;
    }
    return 1;
}

__attribute__((constructor)) static void know_linker(void) { dl_iterate_phdr(find_linker, NULL); }

static inline void note(void *caller) {
    count += counting && !((uintptr_t)caller >= linker_start && (uintptr_t)caller < linker_end);
}

void *malloc(size_t size) {
    note(__builtin_return_address(0));
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    note(__builtin_return_address(0));
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    note(__builtin_return_address(0));
    return __libc_realloc(old, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    note(__builtin_return_address(0));
    *out = __libc_memalign(alignment, size);
    return *out == NULL ? 12 : 0;
}

void *aligned_alloc(size_t alignment, size_t size) {
    note(__builtin_return_address(0));
    return __libc_memalign(alignment, size);
}

void allocation_counter_start(void) {
    count = 0;
    counting = 1;
}

long allocation_counter_stop(void) {
    counting = 0;
    return count;
}
