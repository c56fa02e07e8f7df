#include "COpenBLAS.h"

#include <dlfcn.h>
#include <stddef.h>

static __typeof__(&cblas_sgemm) found_sgemm;
static __typeof__(&openblas_set_num_threads) found_set_num_threads;

void spike_openblas_set_num_threads(int count) { found_set_num_threads(count); }

void spike_cblas_sgemm(
    enum CBLAS_TRANSPOSE transposeA, enum CBLAS_TRANSPOSE transposeB, blasint rows, blasint columns, blasint inner,
    const float *a, blasint strideA, const float *b, blasint strideB, float *c, blasint strideC) {
    found_sgemm(CblasRowMajor, transposeA, transposeB, rows, columns, inner, 1, a, strideA, b, strideB, 1, c, strideC);
}

const char *spike_openblas_open(void) {
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return dlerror();
    found_sgemm = (__typeof__(found_sgemm))dlsym(library, "cblas_sgemm");
    found_set_num_threads = (__typeof__(found_set_num_threads))dlsym(library, "openblas_set_num_threads");
    if (found_sgemm == NULL) return "libopenblas lacks cblas_sgemm";
    if (found_set_num_threads == NULL) return "libopenblas lacks openblas_set_num_threads";
    return NULL;
}
