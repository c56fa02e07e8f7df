#ifndef CRENDERKERNELS_H
#define CRENDERKERNELS_H

#include <stdint.h>

// The two loops of the renderer that take its time, for processors with vectors of eight numbers. Each has a twin in Swift,
// which says what it computes, runs everywhere and is compared with it bit for bit: the same operations in the same order,
// none of them fused.

// Whether these may be called: AVX2.
int rk_are_there(void);

// A limb with its cloth, as `Canvas` draws it: where it begins, the way to its end, radii, and the tile of its pattern.
typedef struct {
    float x0, dx, dy, inverse, inverse_length, length;
    float r0, dr, metres, shading, reflectance;
    float start_x, start_y, density;
    // 64 x 64 cells of four numbers: a cell, those right of it, below it, and below right of it.
    const float *corners;
} rk_limb;

// Draws the columns left..<right of a row that is `py` below the beginning of the limb, under a light of
// glow + glow_x * column. Up to seven numbers behind `right` are read and written as they were.
void rk_draw(const rk_limb *limb, float py, float glow, float glow_x, int left, int right, float *row);

// Low-passes `count` pixels of a row, as `PixelArray` does; `before` gets what they were. Sets the bits of `marks`, a byte
// for eight pixels, of those that have something to tell, and says whether there are any.
int rk_settle(
    const float *image, float *filtered, const float *memory, const float *on, const float *off, float *before,
    int count, float floor, float pace, uint8_t *marks);

#endif
