#include "CRenderKernels.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

// Without FMA: the twins do not fuse either.
#define TARGET __attribute__((target("avx2")))

int rk_are_there(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") != 0;
}

TARGET static inline __m256 all(float x) { return _mm256_set1_ps(x); }
TARGET static inline __m256 plus(__m256 a, __m256 b) { return _mm256_add_ps(a, b); }
TARGET static inline __m256 minus(__m256 a, __m256 b) { return _mm256_sub_ps(a, b); }
TARGET static inline __m256 times(__m256 a, __m256 b) { return _mm256_mul_ps(a, b); }

// `Texture.split`.
TARGET static inline __m256i split(__m256 u, __m256 *rest)
{
    __m256 shifted = plus(minus(u, all(0.5f)), all(8388608));
    *rest = minus(u, minus(shifted, all(8388608)));
    return _mm256_and_si256(_mm256_castps_si256(shifted), _mm256_set1_epi32(63));
}

// The corners of two cells, four places apart.
TARGET static inline __m256 pair(const float *corners, unsigned first, unsigned second)
{
    __m256 low = _mm256_castps128_ps256(_mm_loadu_ps(corners + 4 * (size_t)first));
    return _mm256_insertf128_ps(low, _mm_loadu_ps(corners + 4 * (size_t)second), 1);
}

// `Texture.smooth`.
TARGET static inline __m256 smooth(const rk_limb *limb, __m256 x, __m256 y)
{
    __m256 fx, fy;
    __m256i column = split(plus(times(plus(x, all(limb->start_x)), all(limb->density)), all(65536)), &fx);
    __m256i row = split(plus(times(plus(y, all(limb->start_y)), all(limb->density)), all(65536)), &fy);
    // Both are below 64.
    uint32_t at[8];
    _mm256_storeu_si256((__m256i *)at, _mm256_or_si256(_mm256_slli_epi32(row, 6), column));
    __m256 a = pair(limb->corners, at[0], at[4]), b = pair(limb->corners, at[1], at[5]);
    __m256 c = pair(limb->corners, at[2], at[6]), d = pair(limb->corners, at[3], at[7]);
    __m256 ab = _mm256_unpacklo_ps(a, b), cd = _mm256_unpacklo_ps(c, d);
    __m256 here = _mm256_shuffle_ps(ab, cd, 0x44), right = _mm256_shuffle_ps(ab, cd, 0xEE);
    ab = _mm256_unpackhi_ps(a, b);
    cd = _mm256_unpackhi_ps(c, d);
    __m256 below = _mm256_shuffle_ps(ab, cd, 0x44), across = _mm256_shuffle_ps(ab, cd, 0xEE);
    __m256 left = minus(all(1), fx);
    __m256 top = plus(times(here, left), times(right, fx)), bottom = plus(times(below, left), times(across, fx));
    return plus(times(top, minus(all(1), fy)), times(bottom, fy));
}

TARGET void rk_draw(const rk_limb *limb, float py, float glow, float glow_x, int left, int right, float *row)
{
    const __m256 lanes = _mm256_set_ps(7, 6, 5, 4, 3, 2, 1, 0), zero = _mm256_setzero_ps(), one = all(1);
    const __m256 dx = all(limb->dx), dy = all(limb->dy), length = all(limb->length), metres = all(limb->metres);
    const float down = py * limb->dy, aside = py * limb->dx;
    for (int x = left; x < right; x += 8) {
        __m256 columns = plus(lanes, all((float)x));
        __m256 px = minus(columns, all(limb->x0));
        __m256 t = times(plus(times(px, dx), all(down)), all(limb->inverse));
        t = _mm256_min_ps(_mm256_max_ps(t, zero), one);
        __m256 ex = minus(px, times(t, dx)), ey = minus(all(py), times(t, dy));
        __m256 d2 = plus(times(ex, ex), times(ey, ey));
        __m256 reach = plus(plus(all(limb->r0), times(t, all(limb->dr))), all(0.5f)), most = times(reach, reach);
        __m256 covered = _mm256_and_ps(
            _mm256_cmp_ps(d2, most, _CMP_LT_OQ), _mm256_cmp_ps(columns, all((float)right), _CMP_LT_OQ));
        if (_mm256_movemask_ps(covered) == 0) continue;
        __m256 cover = _mm256_min_ps(minus(reach, _mm256_sqrt_ps(d2)), one);
        __m256 across = times(minus(times(px, dy), all(aside)), all(limb->inverse_length));
        __m256 pattern = smooth(limb, times(times(t, length), metres), times(across, metres));
        __m256 shade = minus(one, _mm256_div_ps(times(all(limb->shading), d2), most));
        __m256 light = plus(all(glow), times(all(glow_x), columns));
        __m256 value = times(times(times(all(limb->reflectance), pattern), shade), light);
        __m256 old = _mm256_loadu_ps(row + x);
        __m256 new = plus(old, times(cover, minus(value, old)));
        _mm256_storeu_ps(row + x, _mm256_blendv_ps(old, new, covered));
    }
}

// `PixelArray.naturalLogarithm`.
TARGET static inline __m256 natural_logarithm(__m256 x)
{
    __m256i bits = _mm256_castps_si256(x);
    __m256 exponent = _mm256_cvtepi32_ps(_mm256_sub_epi32(_mm256_srli_epi32(bits, 23), _mm256_set1_epi32(127)));
    __m256 m = _mm256_castsi256_ps(_mm256_or_si256(
        _mm256_and_si256(bits, _mm256_set1_epi32(0x7FFFFF)), _mm256_set1_epi32(0x3F800000)));
    __m256 p = minus(all(0.44717955f), times(all(0.056570851f), m));
    p = plus(all(-1.4699568f), times(p, m));
    p = plus(all(2.8212026f), times(p, m));
    p = plus(all(-1.7417939f), times(p, m));
    return plus(times(exponent, all(0.69314718f)), p);
}

// Eight pixels, of which `count` are there; says which have something to tell. Behind the last pixel nothing is
// read or written. Where all are there no mask is needed: some processors take a dozen cycles for a store with one.
TARGET static inline __attribute__((always_inline)) int settle_eight(
    const float *image, float *filtered, const float *memory, const float *on, const float *off, float *before,
    int count, float floor, float pace)
{
    const __m256 one = all(1), half = all(0.5f);
    const int isWhole = count >= 8;
    __m256i there = _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0));
#define LOAD(p) (isWhole ? _mm256_loadu_ps(p) : _mm256_maskload_ps(p, there))
#define STORE(p, v) (isWhole ? _mm256_storeu_ps(p, v) : _mm256_maskstore_ps(p, there, v))
    __m256 light = plus(LOAD(image), all(floor));
    __m256 old = LOAD(filtered);
    __m256 a = times(all(pace), _mm256_min_ps(light, one)), part = plus(one, times(half, a));
    __m256 share = _mm256_div_ps(times(a, part), plus(plus(one, a), times(times(half, a), a)));
    __m256 new = plus(old, times(minus(natural_logarithm(light), old), share));
    STORE(before, old);
    STORE(filtered, new);
    __m256 change = minus(new, LOAD(memory));
    __m256 rises = _mm256_cmp_ps(change, LOAD(on), _CMP_GE_OQ);
    __m256 falls = _mm256_cmp_ps(minus(_mm256_setzero_ps(), change), LOAD(off), _CMP_GE_OQ);
#undef LOAD
#undef STORE
    __m256 fires = _mm256_or_ps(rises, falls);
    return _mm256_movemask_ps(isWhole ? fires : _mm256_and_ps(fires, _mm256_castsi256_ps(there)));
}

TARGET int rk_settle(
    const float *image, float *filtered, const float *memory, const float *on, const float *off, float *before,
    int count, float floor, float pace, uint8_t *marks)
{
    int any = 0;
    for (int i = 0; i < count; i += 8) {
        // Written twice, so that the compiler leaves the masks out of the first.
        int mark = count - i >= 8
            ? settle_eight(image + i, filtered + i, memory + i, on + i, off + i, before + i, 8, floor, pace)
            : settle_eight(image + i, filtered + i, memory + i, on + i, off + i, before + i, count - i, floor, pace);
        marks[i / 8] = (uint8_t)mark;
        any |= mark;
    }
    return any != 0;
}

#else

int rk_are_there(void) { return 0; }
void rk_draw(const rk_limb *l, float p, float g, float x, int a, int b, float *r) {}
int rk_settle(
    const float *i, float *f, const float *m, const float *o, const float *p, float *b, int c, float l, float s,
    uint8_t *k) { return 0; }

#endif
