#include "CEventKernels.h"
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define HAS_WIDE 1
#else
#define HAS_WIDE 0
#endif

#if HAS_WIDE

#include <immintrin.h>

#define TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#define TARGET_AVX512 \
    __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx2,bmi,bmi2,popcnt,lzcnt")))

#define NAME(x) x##_avx2
#define TARGET TARGET_AVX2
#include "plain_loops.inc"
#undef NAME
#undef TARGET
#define NAME(x) x##_avx512
#define TARGET TARGET_AVX512
#include "plain_loops.inc"
#undef NAME
#undef TARGET

// One event after the other, as the compiler makes vectors of it.
TARGET_AVX2 static uint64_t aedat4_avx2(
    const uint8_t *events, size_t n, int64_t base, int64_t shift, int64_t before, uint64_t right, uint64_t bottom,
    uint64_t *restrict words)
{
    if (n == 0) return 0;
    uint64_t first;
    memcpy(&first, events, 8);
    uint64_t strange = 0, misplaced = first - (uint64_t)before;
    for (size_t i = 0; i < n; i++) {
        uint64_t time, place, previous;
        memcpy(&time, events + 16 * i, 8);
        memcpy(&place, events + 16 * i + 8, 8);
        memcpy(&previous, i == 0 ? events : events + 16 * i - 16, 8);
        uint64_t offset = time - (uint64_t)base;
        strange |= offset + (1u << 29);
        misplaced |= (time - previous) | (right - (place & 0xFFFF)) | (bottom - (place >> 16 & 0x7FFF));
        words[i] = (offset + (uint64_t)shift) << 32 | (place >> 32 & 1) << 31 | (place & 0x7FFFFFFFu);
    }
    return strange >> 30 | (misplaced >> 63 << 63);
}

// Eight events at a time: times and places are taken apart by one permutation each.
TARGET_AVX512 static uint64_t aedat4_avx512(
    const uint8_t *events, size_t n, int64_t base, int64_t shift, int64_t before, uint64_t right, uint64_t bottom,
    uint64_t *restrict words)
{
    const __m512i even = _mm512_set_epi64(14, 12, 10, 8, 6, 4, 2, 0), odd = _mm512_set_epi64(15, 13, 11, 9, 7, 5, 3, 1);
    const __m512i centre = _mm512_set1_epi64((long long)((1u << 29) - (uint64_t)base));
    const __m512i offset = _mm512_set1_epi64((long long)((uint64_t)shift - (uint64_t)base));
    const __m512i most = _mm512_set1_epi64((long long)(right | bottom << 16));
    __m512i last = _mm512_set1_epi64(before), far = _mm512_setzero_si512(), back = far, outside = far;
    size_t whole = n & ~(size_t)7;
    for (size_t i = 0; i < whole; i += 8) {
        __m512i left = _mm512_loadu_si512(events + 16 * i), next = _mm512_loadu_si512(events + 16 * i + 64);
        __m512i time = _mm512_permutex2var_epi64(left, even, next), rest = _mm512_permutex2var_epi64(left, odd, next);
        far = _mm512_or_si512(far, _mm512_add_epi64(time, centre));
        back = _mm512_or_si512(back, _mm512_sub_epi64(time, _mm512_alignr_epi64(time, last, 7)));
        last = time;
        __m512i place = _mm512_and_si512(rest, _mm512_set1_epi64(0x7FFFFFFF));
        outside = _mm512_or_si512(outside, _mm512_subs_epu16(place, most));
        __m512i on = _mm512_and_si512(_mm512_srli_epi64(rest, 1), _mm512_set1_epi64(1ll << 31));
        time = _mm512_slli_epi64(_mm512_add_epi64(time, offset), 32);
        _mm512_storeu_si512(words + i, _mm512_or_si512(time, _mm512_or_si512(place, on)));
    }
    uint64_t strange = (uint64_t)_mm512_reduce_or_epi64(far) >> 30;
    uint64_t misplaced = (uint64_t)_mm512_reduce_or_epi64(back) >> 63 | (_mm512_test_epi64_mask(outside, outside) != 0);
    if (whole < n) {
        int64_t previous = before;
        if (whole > 0) memcpy(&previous, events + 16 * whole - 16, 8);
        uint64_t tail = aedat4_avx2(events + 16 * whole, n - whole, base, shift, previous, right, bottom, words + whole);
        strange |= tail << 1 >> 1;
        misplaced |= tail >> 63;
    }
    return strange | misplaced << 63;
}

int ek_level(void)
{
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2"))
        return 2;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") ? 1 : 0;
}

// The level that is used, or -1 until it is known.
static int used = -1;

static int level(void)
{
    int found = __atomic_load_n(&used, __ATOMIC_RELAXED);
    if (found < 0) {
        found = ek_level();
        __atomic_store_n(&used, found, __ATOMIC_RELAXED);
    }
    return found;
}

void ek_use(int most)
{
    int there = ek_level();
    __atomic_store_n(&used, most < there ? most : there, __ATOMIC_RELAXED);
}

uint64_t ek_audit(const uint64_t *words, size_t n, uint64_t right, uint64_t bottom, uint64_t before)
{
    return level() == 2 ? audit_avx512(words, n, right, bottom, before) : audit_avx2(words, n, right, bottom, before);
}

uint32_t ek_dat2(const uint8_t *records, size_t n, uint32_t base, uint32_t before, uint64_t *words)
{
    return level() == 2 ? dat2_avx512(records, n, base, before, words) : dat2_avx2(records, n, base, before, words);
}

uint64_t ek_aedat4(
    const uint8_t *events, size_t n, int64_t base, int64_t shift, int64_t before, uint64_t right, uint64_t bottom,
    uint64_t *words)
{
    return level() == 2 ? aedat4_avx512(events, n, base, shift, before, right, bottom, words)
                        : aedat4_avx2(events, n, base, shift, before, right, bottom, words);
}

uint64_t ek_aedat3(const uint8_t *events, size_t n, int64_t shift, uint64_t valid, uint64_t *words)
{
    return level() == 2 ? aedat3_avx512(events, n, shift, valid, words) : aedat3_avx2(events, n, shift, valid, words);
}

// One word after the other, as the Swift twin does it.
static inline uint64_t evt2_step(uint32_t word, uint64_t *upper, uint64_t *base, uint64_t *words, size_t *made)
{
    uint64_t wide = word, kind = wide >> 28;
    uint64_t step = ((wide & 0xFFFFFFF) - *upper) & (kind == 8 ? ~0ull : 0);
    *upper += step;
    *base += step << 38;
    words[*made] =
        *base + ((wide >> 22 & 0x3F) << 32 | (kind & 1) << 31 | (wide & 0x7FF) << 16 | (wide >> 11 & 0x7FF));
    *made += kind < 2;
    return step >> 20 | (0xFEFCu >> kind & 1);
}

#include "evt_avx2.inc"

// 16 words at once. Upper times only grow here, so the one that holds for a word is the largest up to it: a running
// maximum in four steps. Events are moved together and all are stored, the next ones over those that do not count.
TARGET_AVX512 static uint64_t evt2_avx512(
    const uint8_t *in, size_t n, uint64_t *upper, uint64_t *base, uint64_t *words, size_t *made)
{
    const __m512i zero = _mm512_setzero_si512();
    uint64_t strange = 0, first = *upper, start = *base;
    uint32_t top = (uint32_t)*upper;
    size_t count = *made, i = 0;
    for (; i + 16 <= n; i += 16) {
        __m512i w = _mm512_loadu_si512(in + 4 * i);
        __m512i kind = _mm512_srli_epi32(w, 28);
        __mmask16 event = _mm512_cmplt_epu32_mask(kind, _mm512_set1_epi32(2));
        __mmask16 high = _mm512_cmpeq_epi32_mask(kind, _mm512_set1_epi32(8));
        strange |= (uint16_t)~(event | high);
        __m512i held = _mm512_set1_epi32((int)top);
        if (high) {
            __m512i value = _mm512_and_epi32(w, _mm512_set1_epi32(0xFFFFFFF));
            __m512i run = _mm512_max_epu32(_mm512_maskz_mov_epi32(high, value), held);
            run = _mm512_max_epu32(run, _mm512_alignr_epi32(run, zero, 15));
            run = _mm512_max_epu32(run, _mm512_alignr_epi32(run, zero, 14));
            run = _mm512_max_epu32(run, _mm512_alignr_epi32(run, zero, 12));
            run = _mm512_max_epu32(run, _mm512_alignr_epi32(run, zero, 8));
            // One that is smaller than the largest before it steps back.
            strange |= _mm512_mask_cmplt_epu32_mask(high, value, run);
            uint32_t now = (uint32_t)_mm_extract_epi32(_mm512_extracti32x4_epi32(run, 3), 3);
            strange |= (uint64_t)(now - top) >> 20;
            top = now;
            held = run;
        }
        __m512i place = _mm512_or_epi32(
            _mm512_slli_epi32(_mm512_and_epi32(w, _mm512_set1_epi32(0x7FF)), 16),
            _mm512_or_epi32(
                _mm512_and_epi32(_mm512_srli_epi32(w, 11), _mm512_set1_epi32(0x7FF)), _mm512_slli_epi32(kind, 31)));
        __m512i time = _mm512_or_epi32(
            _mm512_slli_epi32(_mm512_sub_epi32(held, _mm512_set1_epi32((int)first)), 6),
            _mm512_and_epi32(_mm512_srli_epi32(w, 22), _mm512_set1_epi32(0x3F)));
        time = _mm512_add_epi32(time, _mm512_set1_epi32((int)(start >> 32)));
        if (event != 0xFFFF) {
            place = _mm512_maskz_compress_epi32(event, place);
            time = _mm512_maskz_compress_epi32(event, time);
        }
        __m512i p0 = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(place));
        __m512i p1 = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(place, 1));
        __m512i t0 = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(time));
        __m512i t1 = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(time, 1));
        _mm512_storeu_si512(words + count, _mm512_or_epi64(_mm512_slli_epi64(t0, 32), p0));
        _mm512_storeu_si512(words + count + 8, _mm512_or_epi64(_mm512_slli_epi64(t1, 32), p1));
        count += (size_t)__builtin_popcount(event);
    }
    uint64_t last = top, lastBase = start + ((uint64_t)(top - (uint32_t)first) << 38);
    for (; i < n; i++) {
        uint32_t word;
        memcpy(&word, in + 4 * i, 4);
        strange |= evt2_step(word, &last, &lastBase, words, &count);
    }
    *upper = last;
    *base = lastBase;
    *made = count;
    return strange;
}

uint64_t ek_evt2(const uint8_t *in, size_t n, uint64_t *upper, uint64_t *base, uint64_t *words, size_t *made)
{
    uint64_t upperNow = *upper, baseNow = *base;
    size_t madeNow = *made;
    uint64_t strange = level() == 2 ? evt2_avx512(in, n, &upperNow, &baseNow, words, &madeNow)
                                    : evt2_avx2(in, n, &upperNow, &baseNow, words, &madeNow);
    if (strange == 0) {
        *upper = upperNow;
        *base = baseNow;
        *made = madeNow;
    }
    return strange;
}

// For each of 32 lanes the largest of it and all before it.
TARGET_AVX512 static inline __m512i running_max(__m512i v)
{
    const __m512i zero = _mm512_setzero_si512();
    const __m512i last = _mm512_set1_epi16(0x0F0E);
    v = _mm512_max_epu16(v, _mm512_bslli_epi128(v, 2));
    v = _mm512_max_epu16(v, _mm512_bslli_epi128(v, 4));
    v = _mm512_max_epu16(v, _mm512_bslli_epi128(v, 8));
    // The largest of each block of eight lanes goes to the blocks behind it.
    __m512i top = _mm512_shuffle_epi8(v, last);
    __m512i one = _mm512_alignr_epi32(top, zero, 12), two = _mm512_alignr_epi32(top, zero, 8);
    __m512i three = _mm512_alignr_epi32(top, zero, 4);
    return _mm512_max_epu16(_mm512_max_epu16(v, one), _mm512_max_epu16(two, three));
}

// What holds in each lane: the value of the last lane that sets it, and before the first of them what held before.
TARGET_AVX512 static inline __m512i held(__m512i values, __mmask32 sets, __m512i numbers, __m512i before)
{
    __m512i place = running_max(_mm512_maskz_mov_epi16(sets, numbers));
    __mmask32 isSet = _mm512_test_epi16_mask(place, place);
    __m512i lane = _mm512_sub_epi16(place, _mm512_set1_epi16(1));
    return _mm512_mask_permutexvar_epi16(before, isSet, lane, values);
}

// 32 words at once: rows, lower and upper times are carried to the events that follow them, and the events moved
// together.
TARGET_AVX512 static size_t evt3_avx512(
    const uint8_t *in, size_t n, uint32_t base, uint16_t *row, uint16_t *low, uint16_t *upper, uint64_t *words,
    size_t *made)
{
    static const uint16_t counting[32] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
                                          17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};
    const __m512i numbers = _mm512_loadu_si512(counting), end = _mm512_set1_epi16(31);
    const __m512i start = _mm512_set1_epi16((short)*upper), offset = _mm512_set1_epi32((int)base);
    __m512i rowNow = _mm512_set1_epi16((short)*row), lowNow = _mm512_set1_epi16((short)*low), upperNow = start;
    size_t count = *made, i = 0;
    for (; i + 32 <= n; i += 32) {
        __m512i w = _mm512_loadu_si512(in + 2 * i);
        __m512i kind = _mm512_srli_epi16(w, 12), value = _mm512_and_si512(w, _mm512_set1_epi16(0xFFF));
        __mmask32 isRow = _mm512_testn_epi16_mask(kind, kind);
        __mmask32 isEvent = _mm512_cmpeq_epi16_mask(kind, _mm512_set1_epi16(2));
        __mmask32 isLow = _mm512_cmpeq_epi16_mask(kind, _mm512_set1_epi16(6));
        __mmask32 isHigh = _mm512_cmpeq_epi16_mask(kind, _mm512_set1_epi16(8));
        if ((isRow | isEvent | isLow | isHigh) != 0xFFFFFFFFu) break;
        __m512i y = held(_mm512_and_si512(value, _mm512_set1_epi16(0x7FF)), isRow, numbers, rowNow);
        __m512i upperHeld = upperNow, lowHeld;
        if (isHigh) {
            // Upper times do not step back here, so the largest up to a lane is the one that holds.
            upperHeld = running_max(_mm512_mask_mov_epi16(upperNow, isHigh, value));
            upperHeld = _mm512_max_epu16(upperHeld, upperNow);
            if (_mm512_mask_cmplt_epu16_mask(isHigh, value, upperHeld)) break;
            if (_mm512_cmpge_epu16_mask(_mm512_sub_epi16(upperHeld, upperNow), _mm512_set1_epi16(2048))) break;
            // One that differs from the last is also a lower time of zero.
            __m512i earlier = _mm512_permutexvar_epi16(
                _mm512_sub_epi16(numbers, _mm512_set1_epi16(2)), upperHeld);
            earlier = _mm512_mask_mov_epi16(earlier, 1, upperNow);
            __mmask32 changes = _mm512_mask_cmpneq_epi16_mask(isHigh, value, earlier);
            lowHeld = held(_mm512_maskz_mov_epi16(isLow, value), isLow | changes, numbers, lowNow);
        } else {
            lowHeld = held(value, isLow, numbers, lowNow);
        }
        // Column, and row with the polarity above it; lower and upper time since the beginning.
        __m512i x = _mm512_maskz_compress_epi16(isEvent, _mm512_and_si512(value, _mm512_set1_epi16(0x7FF)));
        __m512i polarity = _mm512_slli_epi16(_mm512_srli_epi16(value, 11), 15);
        __m512i place = _mm512_maskz_compress_epi16(isEvent, _mm512_or_si512(y, polarity));
        __m512i fine = _mm512_maskz_compress_epi16(isEvent, lowHeld);
        __m512i coarse = _mm512_maskz_compress_epi16(isEvent, _mm512_sub_epi16(upperHeld, start));
        int events = __builtin_popcount(isEvent);
        for (int half = 0; half < 2; half++) {
            if (half == 1) {
                if (events <= 16) break;
                x = _mm512_castsi256_si512(_mm512_extracti64x4_epi64(x, 1));
                place = _mm512_castsi256_si512(_mm512_extracti64x4_epi64(place, 1));
                fine = _mm512_castsi256_si512(_mm512_extracti64x4_epi64(fine, 1));
                coarse = _mm512_castsi256_si512(_mm512_extracti64x4_epi64(coarse, 1));
            }
            __m512i lower = _mm512_or_si512(
                _mm512_cvtepu16_epi32(_mm512_castsi512_si256(x)),
                _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm512_castsi512_si256(place)), 16));
            __m512i time = _mm512_add_epi32(
                _mm512_add_epi32(_mm512_cvtepu16_epi32(_mm512_castsi512_si256(fine)), offset),
                _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm512_castsi512_si256(coarse)), 12));
            uint64_t *out = words + count + 16 * half;
            _mm512_storeu_si512(
                out, _mm512_or_si512(
                         _mm512_slli_epi64(_mm512_cvtepu32_epi64(_mm512_castsi512_si256(time)), 32),
                         _mm512_cvtepu32_epi64(_mm512_castsi512_si256(lower))));
            _mm512_storeu_si512(
                out + 8, _mm512_or_si512(
                             _mm512_slli_epi64(_mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(time, 1)), 32),
                             _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(lower, 1))));
        }
        count += (size_t)events;
        rowNow = _mm512_permutexvar_epi16(end, y);
        lowNow = _mm512_permutexvar_epi16(end, lowHeld);
        upperNow = _mm512_permutexvar_epi16(end, upperHeld);
    }
    *row = (uint16_t)_mm_extract_epi16(_mm512_castsi512_si128(rowNow), 0);
    *low = (uint16_t)_mm_extract_epi16(_mm512_castsi512_si128(lowNow), 0);
    *upper = (uint16_t)_mm_extract_epi16(_mm512_castsi512_si128(upperNow), 0);
    *made = count;
    return i;
}

size_t ek_evt3(
    const uint8_t *in, size_t n, uint32_t base, uint16_t *row, uint16_t *low, uint16_t *upper, uint64_t *words,
    size_t *made)
{
    return level() == 2 ? evt3_avx512(in, n, base, row, low, upper, words, made)
                        : evt3_avx2(in, n, base, row, low, upper, words, made);
}

// The events of a vector of 32 columns.
TARGET_AVX512 static inline void scatter_avx512(uint32_t mask, uint64_t base, uint64_t *words, size_t *made)
{
    static const uint8_t columns[32] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                        16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
    uint64_t *place = words + *made;
    int count = __builtin_popcount(mask);
    *made += (size_t)count;
    // Most vectors hold few events, and wide stores that overlap are slow.
    uint32_t rest = _blsr_u32(mask);
    place[0] = base + _tzcnt_u32(mask);
    place[1] = base + _tzcnt_u32(rest);
    if (count <= 2) return;
    __m256i set = _mm256_maskz_compress_epi8(mask, _mm256_loadu_si256((const __m256i *)columns));
    __m512i start = _mm512_set1_epi64((long long)base);
    _mm512_storeu_si512(place, _mm512_add_epi64(start, _mm512_cvtepu8_epi64(_mm256_castsi256_si128(set))));
    if (count <= 8) return;
    __m128i low = _mm256_castsi256_si128(set), high = _mm256_extracti128_si256(set, 1);
    _mm512_storeu_si512(place + 8, _mm512_add_epi64(start, _mm512_cvtepu8_epi64(_mm_srli_si128(low, 8))));
    if (count <= 16) return;
    _mm512_storeu_si512(place + 16, _mm512_add_epi64(start, _mm512_cvtepu8_epi64(high)));
    _mm512_storeu_si512(place + 24, _mm512_add_epi64(start, _mm512_cvtepu8_epi64(_mm_srli_si128(high, 8))));
}

// Takes a word at `i`; breaks the loop around it where that is for others.
#define EVT21_WORD(SCATTER)                                                                                         \
    uint64_t word;                                                                                                  \
    memcpy(&word, in + 8 * i, 8);                                                                                   \
    word = word << turn | word >> ((64 - turn) & 63);                                                               \
    uint64_t kind = word >> 60;                                                                                     \
    if (kind < 2) {                                                                                                 \
        uint64_t place = (word >> 54 & 0x3F) << 32 | kind << 31 | (word >> 32 & 0x7FF) << 16 | (word >> 43 & 0x7FF); \
        SCATTER((uint32_t)word, baseNow + place, words, &madeNow);                                                  \
    } else {                                                                                                        \
        uint64_t step = (word >> 32 & 0xFFFFFFF) - upperNow;                                                        \
        if (kind != 8 || step >> 20 != 0 || step > room) break;                                                     \
        upperNow += step;                                                                                           \
        baseNow += step << 38;                                                                                      \
        room -= step;                                                                                               \
    }

enum { EVT21_BLOCK = 56 };

// What the words of a block are, a bit for each: `other` than vectors with up to two events and upper times, and `high` for
// upper times. One more bit of `other` stands for the end of the block. Reads a block.
TARGET_AVX512 static inline uint64_t evt21_kinds_avx512(const uint8_t *in, unsigned turn, uint64_t *high)
{
    // The words stay as they are stored; what they are held against turns instead.
    const unsigned back = (64 - turn) & 63;
    const __m512i columns = _mm512_set1_epi64((long long)(0xFFFFFFFFull << back)), least = _mm512_set1_epi64(-1);
    const __m512i kinds = _mm512_set1_epi64((long long)(15ull << 60 >> back));
    const __m512i events = _mm512_set1_epi64((long long)(7ull << 61 >> back));
    const __m512i time = _mm512_set1_epi64((long long)(8ull << 60 >> back));
    uint64_t others = 1ull << EVT21_BLOCK, times = 0;
    for (int group = 0; group < EVT21_BLOCK; group += 8) {
        __m512i word = _mm512_loadu_si512(in + 8 * group);
        __m512i set = _mm512_and_si512(word, columns), rest = _mm512_and_si512(set, _mm512_add_epi64(set, least));
        __mmask8 many = _mm512_test_epi64_mask(rest, _mm512_add_epi64(rest, least));
        __mmask8 isTime = _mm512_cmpeq_epi64_mask(_mm512_and_si512(word, kinds), time);
        __mmask8 isOther = (__mmask8)((many | _mm512_test_epi64_mask(word, events)) & ~isTime);
        others |= (uint64_t)isOther << group;
        times |= (uint64_t)isTime << group;
    }
    *high = times;
    return others;
}

// The upper times of a block after `upper`, at the bits of `high`, in `times`, which has room for eight more than a block has
// words. Returns whether they only grow, by up to `limit` in all.
TARGET_AVX512 static int evt21_times_avx512(
    const uint8_t *in, unsigned turn, uint64_t high, uint64_t upper, uint64_t limit, uint64_t *times)
{
    const __m512i turns = _mm512_set1_epi64(turn), bits = _mm512_set1_epi64(0xFFFFFFF);
    unsigned count = 1;
    times[0] = upper;
    for (int group = 0; group < EVT21_BLOCK; group += 8) {
        unsigned isTime = high >> group & 0xFF;
        __m512i word = _mm512_rolv_epi64(_mm512_loadu_si512(in + 8 * group), turns);
        __m512i value = _mm512_and_si512(_mm512_srli_epi64(word, 32), bits);
        _mm512_storeu_si512(times + count, _mm512_maskz_compress_epi64((__mmask8)isTime, value));
        count += (unsigned)__builtin_popcount(isTime);
    }
    unsigned falls = 0;
    for (unsigned k = 0; k + 1 < count; k += 8) {
        __mmask8 pairs = (__mmask8)_bzhi_u32(0xFF, count - 1 - k);
        falls |= _mm512_mask_cmplt_epu64_mask(
            pairs, _mm512_loadu_si512(times + k + 1), _mm512_loadu_si512(times + k));
    }
    return falls == 0 && times[count - 1] - upper <= limit;
}

// The events of the first `taken` of eight words, which are vectors with up to two events, and upper times where `high` has a
// bit; `times` begins with the time before them, `base` belongs to a time of zero. Stores up to sixteen words more than there
// are events.
TARGET_AVX512 static inline __attribute__((always_inline)) void sparse_avx512(
    const uint8_t *in, unsigned turn, unsigned taken, int hasTimes, unsigned high, const uint64_t *times, uint64_t base,
    uint64_t *words, size_t *made)
{
    const __m512i least = _mm512_set1_epi64(-1);
    unsigned isTaken = _bzhi_u32(0xFF, taken) & ~high;
    __m512i word = _mm512_rolv_epi64(_mm512_loadu_si512(in), _mm512_set1_epi64(turn));
    __m512i set = _mm512_maskz_and_epi64((__mmask8)isTaken, word, _mm512_set1_epi64(0xFFFFFFFF));
    __m512i rest = _mm512_and_si512(set, _mm512_add_epi64(set, least)), low = _mm512_xor_si512(set, rest);
    // Column, row and microseconds begin at the bits 43, 32 and 54; the polarity goes from 60 to 31.
    __m512i bytes = _mm512_multishift_epi64_epi8(_mm512_set1_epi64(0x000000362820332B), word);
    __m512i place = _mm512_and_si512(bytes, _mm512_set1_epi64(0x3F07FF07FF));
    __m512i on = _mm512_and_si512(_mm512_srli_epi64(word, 29), _mm512_set1_epi64(1ll << 31));
    place = _mm512_add_epi64(_mm512_or_si512(place, on), _mm512_set1_epi64((long long)(base + 63)));
    if (hasTimes) {
        // How many upper times there are up to each word: sums of bytes, all at once.
        uint64_t ranks = _pdep_u64(high, 0x0101010101010101) * 0x0101010101010101;
        __m512i order = _mm512_cvtepu8_epi64(_mm_cvtsi64_si128((long long)ranks));
        __m512i time = _mm512_permutexvar_epi64(order, _mm512_loadu_si512(times));
        place = _mm512_add_epi64(place, _mm512_slli_epi64(time, 38));
    }
    // The place of a bit is 63 less the zeros before it.
    __m512i first = _mm512_sub_epi64(place, _mm512_lzcnt_epi64(low));
    __m512i second = _mm512_sub_epi64(place, _mm512_lzcnt_epi64(rest));
    unsigned isEvent = _pdep_u32(_mm512_test_epi64_mask(set, set), 0x5555)
        | _pdep_u32(_mm512_test_epi64_mask(rest, rest), 0xAAAA);
    __m512i front = _mm512_permutex2var_epi64(first, _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0), second);
    __m512i back = _mm512_permutex2var_epi64(first, _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4), second);
    uint64_t *out = words + *made;
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi64((__mmask8)isEvent, front));
    out += __builtin_popcount(isEvent & 0xFF);
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi64((__mmask8)(isEvent >> 8), back));
    *made += (size_t)__builtin_popcount(isEvent);
}

// The events of a block from the word `at`; returns the word at which there is no more room, or that is for others.
TARGET_AVX512 static inline __attribute__((always_inline)) unsigned evt21_block_avx512(
    const uint8_t *in, unsigned turn, uint64_t other, int hasTimes, uint64_t high, const uint64_t *times, uint64_t base,
    uint64_t *words, size_t capacity, size_t *made)
{
    unsigned at = 0;
    while (at < EVT21_BLOCK && capacity - *made >= 32) {
        // Where a vector with more events ends the eight is known before they are looked at: else the processor would guess,
        // and be told of each error by the longest of all chains.
        unsigned taken = (unsigned)_tzcnt_u64(other >> at | 1 << 8);
        const uint64_t *before = hasTimes ? times + _mm_popcnt_u64(_bzhi_u64(high, at)) : times;
        sparse_avx512(in + 8 * at, turn, taken, hasTimes, high >> at & 0xFF, before, base, words, made);
        at += taken;
        if (taken == 8) continue;
        // Long vectors stand together.
        while (at < EVT21_BLOCK && (other >> at & 1) != 0 && capacity - *made >= 32) {
            uint64_t word, start = base;
            memcpy(&word, in + 8 * at, 8);
            word = word << turn | word >> ((64 - turn) & 63);
            if (word >> 61 != 0) return at;
            if (hasTimes) start += times[_mm_popcnt_u64(_bzhi_u64(high, at))] << 38;
            start += (word >> 54 & 0x3F) << 32 | (word >> 60) << 31 | (word >> 32 & 0x7FF) << 16 | (word >> 43 & 0x7FF);
            scatter_avx512((uint32_t)word, start, words, made);
            at++;
        }
    }
    return at;
}

TARGET_AVX512 static size_t evt21_avx512(
    const uint8_t *in, size_t n, unsigned turn, uint64_t *upper, uint64_t *base, uint64_t room, uint64_t *words,
    size_t capacity, size_t *made)
{
    uint64_t upperNow = *upper, baseNow = *base, times[EVT21_BLOCK + 9];
    size_t madeNow = *made, i = 0;
    while (i < n && capacity - madeNow >= 32) {
        if (n - i >= EVT21_BLOCK + 8) {
            const uint8_t *block = in + 8 * i;
            const size_t end = i + EVT21_BLOCK;
            uint64_t high, other = evt21_kinds_avx512(block, turn, &high), limit = room < 0xFFFFF ? room : 0xFFFFF;
            if (high == 0) {
                i += evt21_block_avx512(block, turn, other, 0, 0, times, baseNow, words, capacity, &madeNow);
            } else if (evt21_times_avx512(block, turn, high, upperNow, limit, times)) {
                unsigned at = evt21_block_avx512(
                    block, turn, other, 1, high, times, baseNow - (upperNow << 38), words, capacity, &madeNow);
                uint64_t step = times[_mm_popcnt_u64(_bzhi_u64(high, at))] - upperNow;
                upperNow += step;
                baseNow += step << 38;
                room -= step;
                i += at;
            }
            if (i == end || capacity - madeNow < 32) continue;
        }
        EVT21_WORD(scatter_avx512)
        i++;
    }
    *upper = upperNow;
    *base = baseNow;
    *made = madeNow;
    return i;
}

size_t ek_evt21(
    const uint8_t *in, size_t n, unsigned turn, uint64_t *upper, uint64_t *base, uint64_t room, uint64_t *words,
    size_t capacity, size_t *made)
{
    return level() == 2 ? evt21_avx512(in, n, turn, upper, base, room, words, capacity, made)
                        : evt21_avx2(in, n, turn, upper, base, room, words, capacity, made);
}

// The number that `digits` digits at the start of eight bytes make: in pairs, fours and eights.
static inline uint64_t eight(uint64_t text, unsigned digits)
{
    uint64_t sum = (text ^ 0x3030303030303030ull) << (64 - 8 * digits);
    sum = (sum * (1 + (10ull << 8))) >> 8 & 0x00FF00FF00FF00FFull;
    sum = (sum * (1 + (100ull << 16))) >> 16 & 0x0000FFFF0000FFFFull;
    return (sum * (1 + (10000ull << 32))) >> 32;
}

static inline uint64_t number(const uint8_t *text, unsigned digits)
{
    static const uint32_t powers[9] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    uint64_t first, second;
    memcpy(&first, text, 8);
    if (digits <= 8) return eight(first, digits);
    memcpy(&second, text + 8, 8);
    return eight(first, 8) * powers[digits - 8] + eight(second, digits - 8);
}

static inline int separates(uint8_t byte) { return byte == ',' || byte == ' ' || byte == ';' || byte == '\t'; }

TARGET_AVX2 static size_t lines_avx2(
    const uint8_t *in, size_t n, const uint8_t places[4], int64_t base, uint64_t *words, size_t room, size_t *used)
{
    const __m256i zero = _mm256_set1_epi8('0'), nine = _mm256_set1_epi8(9);
    size_t made = 0, at = 0;
    while (made < room && at + 40 <= n) {
        // A bit for each byte that is no digit: its distance from '0', as an unsigned number, is more than 9.
        __m256i line = _mm256_sub_epi8(_mm256_loadu_si256((const __m256i *)(in + at)), zero);
        uint32_t others = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(line, nine), line));
        uint32_t ends[4], rest = others;
        for (int field = 0; field < 4; field++) {
            ends[field] = (uint32_t)_tzcnt_u32(rest);
            rest = _blsr_u32(rest);
        }
        if (ends[3] >= 31) break;
        const uint8_t *text = in + at;
        unsigned lengths[4] = {ends[0], ends[1] - ends[0] - 1, ends[2] - ends[1] - 1, ends[3] - ends[2] - 1};
        uint64_t values[4];
        const unsigned starts[4] = {0, ends[0] + 1, ends[1] + 1, ends[2] + 1};
        if ((lengths[0] - 1) > 15 || (lengths[1] - 1) > 15 || (lengths[2] - 1) > 15 || (lengths[3] - 1) > 15) break;
        uint8_t last = text[ends[3]];
        size_t length = ends[3] + 1;
        if (last == '\r' && text[length] == '\n') length++; else if (last != '\n') break;
        if (!separates(text[ends[0]]) || !separates(text[ends[1]]) || !separates(text[ends[2]])) break;
        for (int field = 0; field < 4; field++) values[field] = number(text + starts[field], lengths[field]);
        uint64_t time = values[places[0]], x = values[places[1]], y = values[places[2]], on = values[places[3]];
        int64_t offset = (int64_t)(time - (uint64_t)base);
        if (time > 1ull << 53 || offset != (int32_t)offset || x > 0xFFFF || y > 0x7FFF || on > 1) break;
        words[made++] = (uint64_t)offset << 32 | on << 31 | y << 16 | x;
        at += length;
    }
    *used = at;
    return made;
}

// A line in a vector: each of its four numbers in a lane of 16 bytes, the last digit at the lane's end. There, digits are
// added up in pairs, fours, eights and sixteens, all four numbers at once.
TARGET_AVX512 static size_t lines_avx512(
    const uint8_t *in, size_t n, const uint8_t places[4], int64_t base, uint64_t *words, size_t room, size_t *used)
{
    uint8_t bytes[64];
    for (int i = 0; i < 64; i++) bytes[i] = (uint8_t)i;
    const __m512i counts = _mm512_loadu_si512(bytes);
    const __m512i lane = _mm512_and_si512(_mm512_srli_epi16(counts, 4), _mm512_set1_epi8(3));
    const __m512i back = _mm512_sub_epi8(_mm512_and_si512(counts, _mm512_set1_epi8(15)), _mm512_set1_epi8(16));
    const __m512i zero = _mm512_set1_epi8('0'), nine = _mm512_set1_epi8(9);
    const __m512i order = _mm512_castsi256_si512(
        _mm256_set_epi64x(2 * places[3], 2 * places[2], 2 * places[1], 2 * places[0]));
    const __m256i most = _mm256_set_epi64x(1, 0x7FFF, 0xFFFF, 1ll << 53);
    const __m256i start = _mm256_set_epi64x(0, 0, 0, base), shifts = _mm256_set_epi64x(31, 16, 0, 32);
    const __m256i half = _mm256_set_epi64x(0, 0, 0, 1ll << 31);
    size_t made = 0, at = 0, block = 0;
    uint64_t lines = n < 64 ? 0 : _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(in), _mm512_set1_epi8('\n'));
    while (made < room && at + 64 <= n) {
        // The ends of lines are looked for block by block, so that no line waits for the length of the one before.
        while (lines == 0 && block + 128 <= n) {
            block += 64;
            lines = _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(in + block), _mm512_set1_epi8('\n'));
        }
        size_t next = block + (size_t)_tzcnt_u64(lines) + 1, end = next - at - 1;
        if (lines == 0 || end > 63) break;
        __m512i text = _mm512_loadu_si512(in + at);
        __m512i digits = _mm512_sub_epi8(text, zero);
        uint64_t others = _mm512_cmpgt_epu8_mask(digits, nine);
        uint64_t returns = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('\r'));
        // Where the last number ends, and the other three before it.
        uint64_t stop = end - (returns << 1 >> end & 1);
        uint64_t between = _bzhi_u64(others, (unsigned)stop), ends = between | 1ull << stop;
        if (_mm_popcnt_u64(between) != 3 || (ends & (ends << 1 | 1)) != 0) break;
        if ((between & ~_mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(','))) != 0) {
            uint64_t separators = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(','))
                | _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(' ')) | _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(';'))
                | _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('\t'));
            if ((between & ~separators) != 0) break;
        }
        uint64_t second = _blsr_u64(ends), third = _blsr_u64(second);
        __m128i last = _mm_cvtsi32_si128(
            (int)(_tzcnt_u64(ends) | _tzcnt_u64(second) << 8 | _tzcnt_u64(third) << 16 | stop << 24));
        __m128i first = _mm_add_epi8(_mm_slli_epi32(last, 8), _mm_set1_epi32(0x01010100));
        // A number of more than 16 digits.
        if ((_mm_cmplt_epi8_mask(first, _mm_sub_epi8(last, _mm_set1_epi8(16))) & 0xF) != 0) break;
        __m512i from = _mm512_add_epi8(_mm512_permutexvar_epi8(lane, _mm512_castsi128_si512(last)), back);
        __mmask64 isDigit =
            _mm512_cmpge_epi8_mask(from, _mm512_permutexvar_epi8(lane, _mm512_castsi128_si512(first)));
        __m512i sum = _mm512_maskz_permutexvar_epi8(isDigit, from, digits);
        sum = _mm512_maddubs_epi16(sum, _mm512_set1_epi16(10 | 1 << 8));
        sum = _mm512_madd_epi16(sum, _mm512_set1_epi32(100 | 1 << 16));
        sum = _mm512_madd_epi16(_mm512_packus_epi32(sum, sum), _mm512_set1_epi32(10000 | 1 << 16));
        sum = _mm512_add_epi64(_mm512_mul_epu32(sum, _mm512_set1_epi64(100000000)), _mm512_srli_epi64(sum, 32));
        __m256i values = _mm512_castsi512_si256(_mm512_permutexvar_epi64(order, sum));
        __m256i offsets = _mm256_sub_epi64(values, start);
        __mmask8 strange = _mm256_cmpgt_epu64_mask(values, most)
            | _mm256_cmpgt_epu64_mask(_mm256_add_epi64(offsets, half), _mm256_set1_epi64x(0xFFFFFFFF));
        if (strange != 0) break;
        __m256i parts = _mm256_sllv_epi64(offsets, shifts);
        __m128i pair = _mm_or_si128(_mm256_castsi256_si128(parts), _mm256_extracti128_si256(parts, 1));
        words[made++] = (uint64_t)_mm_cvtsi128_si64(_mm_or_si128(pair, _mm_unpackhi_epi64(pair, pair)));
        at = next;
        lines = _blsr_u64(lines);
    }
    *used = at;
    return made;
}

size_t ek_lines(
    const uint8_t *in, size_t n, const uint8_t places[4], int64_t base, uint64_t *words, size_t room, size_t *used)
{
    size_t made = 0;
    *used = 0;
    if (level() == 2) made = lines_avx512(in, n, places, base, words, room, used);
    // What is left is less than a vector, or no usual line; of the latter nothing is taken.
    size_t more = 0;
    made += lines_avx2(in + *used, n - *used, places, base, words + made, room - made, &more);
    *used += more;
    return made;
}

#else

size_t ek_lines(const uint8_t *i, size_t n, const uint8_t p[4], int64_t b, uint64_t *w, size_t r, size_t *u)
{
    *u = 0;
    return 0;
}
size_t ek_evt3(
    const uint8_t *i, size_t n, uint32_t b, uint16_t *r, uint16_t *l, uint16_t *u, uint64_t *w, size_t *m)
{
    return 0;
}
size_t ek_evt21(
    const uint8_t *i, size_t n, unsigned t, uint64_t *u, uint64_t *b, uint64_t r, uint64_t *w, size_t c, size_t *m)
{
    return 0;
}
int ek_level(void) { return 0; }
void ek_use(int most) { (void)most; }
uint64_t ek_audit(const uint64_t *w, size_t n, uint64_t r, uint64_t b, uint64_t t) { return ~0ull; }
uint32_t ek_dat2(const uint8_t *r, size_t n, uint32_t b, uint32_t t, uint64_t *w) { return ~0u; }
uint64_t ek_aedat4(
    const uint8_t *e, size_t n, int64_t b, int64_t s, int64_t t, uint64_t r, uint64_t m, uint64_t *w)
{
    return ~0ull;
}
uint64_t ek_aedat3(const uint8_t *e, size_t n, int64_t s, uint64_t v, uint64_t *w) { return ~0ull; }
uint64_t ek_evt2(const uint8_t *i, size_t n, uint64_t *u, uint64_t *b, uint64_t *w, size_t *m) { return ~0ull; }

#endif
