#ifndef CEVENTKERNELS_H
#define CEVENTKERNELS_H

#include <stddef.h>
#include <stdint.h>

// The loops of the event decoders for processors with wide vectors. Each has a twin in Swift, which says what it
// computes, runs everywhere and is compared with it bit for bit. A word is a PixelEvent: time offset (32 to 63),
// polarity (31), row (16 to 30), column (0 to 15).

// 0: none of these may be called; 1: AVX2; 2: AVX-512 with BW, CD, DQ, VL, VBMI and VBMI2.
int ek_level(void);

// Uses at most level `most`, 1 or 2, from now on, which changes no result; for tests of the level that this processor would
// not use.
void ek_use(int most);

// Whether any of n words is earlier than the one before it or outside the columns 0...right and rows 0...bottom:
// then bit 63 of the result is set. `before` is the biased time (offset ^ 2^31) that the first follows.
uint64_t ek_audit(const uint64_t *words, size_t n, uint64_t right, uint64_t bottom, uint64_t before);

// n records of DAT 2. Not 0 if a time steps by less than -2^16 or by 2^30 - 2^16 or more, changes its highest bit, or
// lies 2^30 or more from base; then the words mean nothing.
uint32_t ek_dat2(const uint8_t *records, size_t n, uint32_t base, uint32_t before, uint64_t *words);

// n events of 16 bytes of AEDAT 4, as offsets to base - shift. One of the bits 0 to 33 of the result is set if a time is
// 2^29 or more from base; bit 63 if an event is earlier than the one before it, the first one than `before`, or outside
// the columns 0...right and rows 0...bottom.
uint64_t ek_aedat4(
    const uint8_t *events, size_t n, int64_t base, int64_t shift, int64_t before, uint64_t right, uint64_t bottom,
    uint64_t *words);

// n events of AEDAT 3.1, `shift` from the time base of the batch, all of them valid. Not 0 if an offset does not fit
// into 32 bits or an event is not valid.
uint64_t ek_aedat3(const uint8_t *events, size_t n, int64_t shift, uint64_t valid, uint64_t *words);

// n words of EVT 2.0: events and upper times. `upper` is the last upper time (28 bits), `base` its offset as in the
// words; both are moved on. `made` is moved on by the events. Not 0 if a word is of another kind or an upper time
// steps back or on by 2^20 or more; then nothing has been moved, and the words behind `made` mean nothing.
uint64_t ek_evt2(const uint8_t *in, size_t n, uint64_t *upper, uint64_t *base, uint64_t *words, size_t *made);

// Blocks of 32 words (with AVX2: 8) of EVT 3.0 that are rows, events and times only, and whose upper times do not step back or
// on by 2,048 or more. `row`, `low` and `upper` are the last row, lower and upper time and are moved on; `base` is the time
// offset of the upper time at the beginning. Returns the number of words used, a multiple of a block; `made` is moved on by the
// events. Up to a block of words behind `made` are written.
size_t ek_evt3(
    const uint8_t *in, size_t n, uint32_t base, uint16_t *row, uint16_t *low, uint16_t *upper, uint64_t *words,
    size_t *made);

// n words of EVT 2.1, turned by `turn` bits: vectors of events and upper times. `upper`, `base` and `made` are as in
// ek_evt2; `room` is how far the upper time may step on. Stops at the first word of another kind, at an upper time that
// steps back, by 2^20 or more or beyond `room`, and where fewer than 32 words are left of `capacity`.
// Returns the number of words used.
size_t ek_evt21(
    const uint8_t *in, size_t n, unsigned turn, uint64_t *upper, uint64_t *base, uint64_t room, uint64_t *words,
    size_t capacity, size_t *made);

// Lines of four whole numbers with a comma, semicolon, blank or tab between them, n bytes of which are there; places
// says which of them are time, column, row and polarity. Stops at the first line that is not so, is longer than 31
// bytes (63 with AVX-512) or begins within 40 bytes of the end, where `room` words have been made, and at a time that is 2^31 or more
// from base. Returns the number of words made; `used` is set to the bytes of their lines.
size_t ek_lines(
    const uint8_t *in, size_t n, const uint8_t places[4], int64_t base, uint64_t *words, size_t room, size_t *used);

#endif
