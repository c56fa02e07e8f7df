#include "CNetworkKernels.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx2")))

int nk_are_there(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") != 0;
}

// Adds `times` times eight weights, the low half of `weights`, to as many currents.
TARGET static inline __attribute__((always_inline)) void add_eight(__m128i weights, __m256i times, int kind, int32_t *currents)
{
    __m256i wide = _mm256_cvtepi8_epi32(weights);
    // Below 2^15 the pairs of 16 bits (weight, sign) times (factor, 0) are one cheap multiplication.
    if (kind == 1) wide = _mm256_madd_epi16(wide, times);
    if (kind == 2) wide = _mm256_mullo_epi32(wide, times);
    __m256i sum = _mm256_add_epi32(_mm256_loadu_si256((const __m256i *)currents), wide);
    _mm256_storeu_si256((__m256i *)currents, sum);
}

TARGET static inline __attribute__((always_inline)) void add_kind(
    const int8_t *weights, uint32_t times, int kind, size_t n, int32_t *currents)
{
    const __m256i factor = _mm256_set1_epi32((int)times);
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        __m128i row = _mm_loadu_si128((const __m128i *)(weights + i));
        add_eight(row, factor, kind, currents + i);
        add_eight(_mm_unpackhi_epi64(row, row), factor, kind, currents + i + 8);
    }
    if (i + 8 <= n) {
        add_eight(_mm_loadl_epi64((const __m128i *)(weights + i)), factor, kind, currents + i);
        i += 8;
    }
    for (; i < n; i++) currents[i] = (int32_t)((uint32_t)currents[i] + (uint32_t)(int32_t)weights[i] * times);
}

// Adds `times` times n weights to as many currents.
TARGET static inline void add(const int8_t *weights, uint32_t times, size_t n, int32_t *currents)
{
    if (times == 1) {
        add_kind(weights, times, 0, n, currents);
    } else if (times < 1u << 15) {
        add_kind(weights, times, 1, n, currents);
    } else {
        add_kind(weights, times, 2, n, currents);
    }
}

TARGET void nk_deliver(const nk_spikes *spikes, size_t n, const int8_t *weights, size_t targets, int32_t *currents)
{
    for (size_t i = 0; i < n; i++) add(weights + spikes[i].channel * targets, spikes[i].count, targets, currents);
}

TARGET size_t nk_convolve(
    const nk_convolution *c, const nk_spikes *spikes, size_t n, const nk_place *places, const int8_t *weights,
    int32_t *currents)
{
    size_t additions = 0;
    for (size_t i = 0; i < n; i++) {
        nk_place place = places[spikes[i].channel];
        if (place.channel == UINT16_MAX) continue;
        // The target columns of the run, cut at both ends of the row.
        int64_t first = (int64_t)place.x - (int64_t)c->phase_columns[place.x_phase] + 1;
        int64_t from = first > 0 ? first : 0;
        int64_t to = place.x < c->width ? (int64_t)place.x : (int64_t)c->width - 1;
        if (from > to) continue;
        size_t length = (size_t)(to - from + 1) * c->channels;
        const int8_t *base = weights + place.channel * c->channel_size + c->phase_starts[place.x_phase]
            + (size_t)(from - first) * c->channels;
        int64_t y = place.y;
        for (size_t row = place.y_phase; row < c->kernel && y >= 0; row += c->stride, y--) {
            if (y >= (int64_t)c->height) continue;
            size_t target = ((size_t)y * c->width + (size_t)from) * c->channels;
            add(base + row * c->row_size, spikes[i].count, length, currents + target);
            additions += length;
        }
    }
    return additions;
}

// `decay`: (v * factor + 2^14) >> 15, in 64 bits; of the result the low 32 bits are kept.
TARGET static inline __m256i decayed(__m256i v, __m256i factor)
{
    const __m256i half = _mm256_set1_epi64x(1 << 14);
    __m256i even = _mm256_add_epi64(_mm256_mul_epi32(v, factor), half);
    __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(v, 32), factor), half);
    // Bit 15 of the odd products goes to bit 32.
    return _mm256_blend_epi32(_mm256_srli_epi64(even, 15), _mm256_slli_epi64(odd, 17), 0xAA);
}

TARGET size_t nk_integrate_and_fire(
    int32_t *membrane, const int32_t *current, const int32_t *thresholds, size_t n, int32_t decay, int32_t floor,
    int32_t most, int subtracts, nk_spikes *fired)
{
    const __m256i factor = _mm256_set1_epi32(decay), least = _mm256_set1_epi32(floor);
    const __m256i order = _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
    size_t count = 0;
    for (size_t i = 0; i < n; i += 8) {
        __m256i there = _mm256_cmpgt_epi32(_mm256_set1_epi32(n - i < 8 ? (int)(n - i) : 8), order);
        __m256i v = decayed(_mm256_maskload_epi32(membrane + i, there), factor);
        v = _mm256_add_epi32(v, _mm256_maskload_epi32(current + i, there));
        v = _mm256_max_epi32(v, least);
        _mm256_maskstore_epi32(membrane + i, there, v);
        __m256i below = _mm256_cmpgt_epi32(_mm256_maskload_epi32(thresholds + i, there), v);
        unsigned fires = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_andnot_si256(below, there)));
        for (; fires != 0; fires &= fires - 1) {
            size_t neuron = i + (unsigned)__builtin_ctz(fires);
            int32_t value = membrane[neuron], threshold = thresholds[neuron];
            int32_t times = most == 1 ? 1 : value / threshold;
            times = times < most ? times : most;
            membrane[neuron] = subtracts ? value - times * threshold : 0;
            fired[count].channel = (uint16_t)neuron;
            fired[count].count = (uint16_t)times;
            count++;
        }
    }
    return count;
}

#else

int nk_are_there(void) { return 0; }
void nk_deliver(const nk_spikes *s, size_t n, const int8_t *w, size_t t, int32_t *c) {}
size_t nk_convolve(
    const nk_convolution *c, const nk_spikes *s, size_t n, const nk_place *p, const int8_t *w, int32_t *o) { return 0; }
size_t nk_integrate_and_fire(
    int32_t *m, const int32_t *c, const int32_t *t, size_t n, int32_t d, int32_t f, int32_t o, int s, nk_spikes *x)
{ return 0; }

#endif
