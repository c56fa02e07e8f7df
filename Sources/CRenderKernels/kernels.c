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
TARGET static inline __m256 pair(const float *corners, uint32_t first, uint32_t second)
{
    __m256 low = _mm256_castps128_ps256(_mm_loadu_ps(corners + first));
    return _mm256_insertf128_ps(low, _mm_loadu_ps(corners + second), 1);
}

// Where eight points lie in a tile: the index of the first corner, and how far beyond it in both directions.
typedef struct {
    __m256i at;
    __m256 x, y;
} points;

TARGET static inline points find(const rk_texture *texture, __m256 x, __m256 y)
{
    points found;
    __m256i column = split(plus(times(plus(x, all(texture->start_x)), all(texture->density)), all(65536)), &found.x);
    __m256i row = split(plus(times(plus(y, all(texture->start_y)), all(texture->density)), all(65536)), &found.y);
    // Both are below 64, and a cell has four numbers.
    found.at = _mm256_or_si256(_mm256_slli_epi32(row, 8), _mm256_slli_epi32(column, 2));
    return found;
}

// `Texture.smooth`, of points in memory.
TARGET static inline __m256 smooth(const float *corners, const points *found)
{
    const uint32_t *at = (const uint32_t *)&found->at;
    __m256 a = pair(corners, at[0], at[4]), b = pair(corners, at[1], at[5]);
    __m256 c = pair(corners, at[2], at[6]), d = pair(corners, at[3], at[7]);
    __m256 ab = _mm256_unpacklo_ps(a, b), cd = _mm256_unpacklo_ps(c, d);
    __m256 here = _mm256_shuffle_ps(ab, cd, 0x44), right = _mm256_shuffle_ps(ab, cd, 0xEE);
    ab = _mm256_unpackhi_ps(a, b);
    cd = _mm256_unpackhi_ps(c, d);
    __m256 below = _mm256_shuffle_ps(ab, cd, 0x44), across = _mm256_shuffle_ps(ab, cd, 0xEE);
    __m256 left = minus(all(1), found->x);
    __m256 top = plus(times(here, left), times(right, found->x));
    __m256 bottom = plus(times(below, left), times(across, found->x));
    return plus(times(top, minus(all(1), found->y)), times(bottom, found->y));
}

// Eight pixels of a row, first as they are listed, then as the limb lies there. `right` ends the row, which is `py` below
// the beginning of the limb.
typedef struct {
    float *place;
    float x, right, py, glow;
} eight;

typedef struct {
    points found;
    __m256 cover, shade, light;
    float *place;
} brush;

// Rows together, and in two loops, because the processor looks ahead by some hundred instructions only: so much of the
// arithmetic of other pixels it can do while it waits for what it began.
enum { most = 48 };

TARGET static void blend(const rk_limb *limb, float glow_x, const eight *eights, int count)
{
    const __m256 lanes = _mm256_set_ps(7, 6, 5, 4, 3, 2, 1, 0), zero = _mm256_setzero_ps(), one = all(1);
    const __m256 dx = all(limb->dx), dy = all(limb->dy);
    brush brushes[most], *end = brushes;
    for (const eight *e = eights; e < eights + count; e++) {
        __m256 columns = plus(lanes, all(e->x)), py = all(e->py);
        __m256 px = minus(columns, all(limb->x0));
        __m256 t = times(plus(times(px, dx), times(py, dy)), all(limb->inverse));
        t = _mm256_min_ps(_mm256_max_ps(t, zero), one);
        __m256 ex = minus(px, times(t, dx)), ey = minus(py, times(t, dy));
        __m256 d2 = plus(times(ex, ex), times(ey, ey));
        __m256 reach = plus(plus(all(limb->r0), times(t, all(limb->dr))), all(0.5f)), square = times(reach, reach);
        __m256 covered = _mm256_and_ps(
            _mm256_cmp_ps(d2, square, _CMP_LT_OQ), _mm256_cmp_ps(columns, all(e->right), _CMP_LT_OQ));
        __m256 along = times(times(t, all(limb->length)), all(limb->metres));
        __m256 across = times(minus(times(px, dy), times(py, dx)), all(limb->inverse_length));
        end->found = find(&limb->texture, along, times(across, all(limb->metres)));
        end->cover = _mm256_and_ps(covered, _mm256_min_ps(minus(reach, _mm256_sqrt_ps(d2)), one));
        end->shade = minus(one, _mm256_div_ps(times(all(limb->shading), d2), square));
        end->light = plus(all(e->glow), times(all(glow_x), columns));
        end->place = e->place;
        end += _mm256_movemask_ps(covered) != 0;
    }
    for (const brush *b = brushes; b < end; b++) {
        __m256 pattern = smooth(limb->texture.corners, &b->found);
        __m256 value = times(times(times(all(limb->reflectance), pattern), b->shade), b->light);
        __m256 old = _mm256_loadu_ps(b->place);
        __m256 new = plus(old, times(b->cover, minus(value, old)));
        _mm256_storeu_ps(b->place, _mm256_blendv_ps(old, new, _mm256_cmp_ps(b->cover, zero, _CMP_GT_OQ)));
    }
}

void rk_draw(const rk_limb *limb, rk_light light, rk_box box, int width, float *image)
{
    eight eights[most];
    int count = 0;
    const float begin = (float)box.left, end = (float)box.right;
    for (int y = box.top; y < box.bottom; y++) {
        float py = (float)y - limb->y0, glow = light.base + light.y * (float)y;
        float middle = limb->x0 + py * limb->slope, first = middle - limb->half, last = middle + limb->half;
        // Of a limb that lies flat `half` is infinite.
        int left = first > begin ? first < end ? (int)first : box.right : box.left;
        int right = last < end ? last > begin ? (int)last + 1 : box.left : box.right;
        for (int x = left; x < right; x += 8) {
            if (count == most) {
                blend(limb, light.x, eights, count);
                count = 0;
            }
            eights[count++] = (eight){image + (size_t)y * (size_t)width + x, (float)x, (float)right, py, glow};
        }
    }
    blend(limb, light.x, eights, count);
}

TARGET void rk_fill(
    const rk_texture *texture, float reflectance, rk_light light, float shift_x, float shift_y, int width,
    int height, float *image)
{
    const __m256 lanes = _mm256_set_ps(7, 6, 5, 4, 3, 2, 1, 0);
    for (int y = 0; y < height; y++) {
        __m256 row = all((float)y - shift_y), glow_y = all(light.y * (float)y);
        float *start = image + (size_t)y * (size_t)width;
        for (int first = 0; first < width; first += 8 * most) {
            points found[most], *end = found;
            for (int x = first; x < width && end < found + most; x += 8)
                *end++ = find(texture, minus(plus(lanes, all((float)x)), all(shift_x)), row);
            // The last eight of a row may run into the next, which comes later.
            int x = first;
            for (const points *p = found; p < end; p++, x += 8) {
                __m256 columns = plus(lanes, all((float)x));
                __m256 glow = plus(plus(all(light.base), times(all(light.x), columns)), glow_y);
                _mm256_storeu_ps(start + x, times(times(all(reflectance), smooth(texture->corners, p)), glow));
            }
        }
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
void rk_draw(const rk_limb *l, rk_light g, rk_box b, int w, float *i) {}
void rk_fill(const rk_texture *t, float r, rk_light g, float x, float y, int w, int h, float *i) {}
int rk_settle(
    const float *i, float *f, const float *m, const float *o, const float *p, float *b, int c, float l, float s,
    uint8_t *k) { return 0; }

#endif
