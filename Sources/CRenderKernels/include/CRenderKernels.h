#ifndef CRENDERKERNELS_H
#define CRENDERKERNELS_H

#include <stdint.h>

// The loops of the renderer that take its time, for processors with vectors of eight numbers. Each has a twin in Swift,
// which says what it computes, runs everywhere and is compared with it bit for bit: the same operations in the same order,
// none of them fused.

// Whether these may be called: AVX2.
int rk_are_there(void);

// Where a tile of a pattern begins, its cells per unit of length, and its 64 x 64 cells of four numbers: a cell, those
// right of it, below it, and below right of it.
typedef struct {
    float start_x, start_y, density;
    const float *corners;
} rk_texture;

// A limb with its cloth, as `Canvas` draws it: where it begins, the way to its end, and radii. It may reach `half` columns
// to both sides of a line that moves by `slope` columns with each row.
typedef struct {
    float x0, y0, dx, dy, inverse, inverse_length, length;
    float slope, half;
    float r0, dr, metres, shading, reflectance;
    rk_texture texture;
} rk_limb;

// A light of base + x * column + y * row.
typedef struct {
    float base, x, y;
} rk_light;

// A rectangle of pixels; `right` and `bottom` are the first beyond it.
typedef struct {
    int left, top, right, bottom;
} rk_box;

// Draws the part of a limb inside `box` of an image that is `width` wide. Up to seven numbers behind a row of the box are
// read and written as they were.
void rk_draw(const rk_limb *limb, rk_light light, rk_box box, int width, float *image);

// Fills an image with a texture under a light; it is moved by `shift_x` and `shift_y`. Seven numbers behind the last
// pixel may be written.
void rk_fill(
    const rk_texture *texture, float reflectance, rk_light light, float shift_x, float shift_y, int width,
    int height, float *image);

// Low-passes `count` pixels of a row, as `PixelArray` does; `before` gets what they were. Sets the bits of `marks`, a byte
// for eight pixels, of those that have something to tell, and says whether there are any.
int rk_settle(
    const float *image, float *filtered, const float *memory, const float *on, const float *off, float *before,
    int count, float floor, float pace, uint8_t *marks);

#endif
