/* The functions of OpenBLAS that are used here, found when something is first trained.
 *
 * The library starts threads as soon as it is loaded, so it is opened by spike_openblas_open() and not linked; nothing else
 * here may be called before that has returned NULL.
 */
#ifndef SPIKE_COPENBLAS_H
#define SPIKE_COPENBLAS_H

#include <cblas.h>

/* Opens the library; NULL, or what is missing. Call it from one thread at a time. */
const char *spike_openblas_open(void);

void spike_openblas_set_num_threads(int count);

/* A row-major product of matrices: c = a x b + c, each of a and b as it is or transposed (cblas_sgemm). */
void spike_cblas_sgemm(
    enum CBLAS_TRANSPOSE transposeA, enum CBLAS_TRANSPOSE transposeB, blasint rows, blasint columns, blasint inner,
    const float *a, blasint strideA, const float *b, blasint strideB, float *c, blasint strideC);

#endif
