import SpikeSignals

/// The filters of events as the loops that a C programmer would write, one function for each stage.
enum EventFilterReference {
    /// Each function filters `n` events whose offsets count from `base` into `out` and gives how many passed; `p` are the
    /// sensor's width and height and then the options in the order in which the stage lists them.
    static let source = """
        #include <stdint.h>
        #include <stdlib.h>
        #define X ((int64_t)(e & 0xFFFF))
        #define Y ((int64_t)(e >> 16 & 0x7FFF))
        #define ON (e >> 31 & 1)
        #define AT(x, y) ((e & ~(uint64_t)0x7FFFFFFF) | (uint64_t)(y) << 16 | (uint64_t)(x))
        #define FILTER(name) int64_t name(const int64_t *p, const uint64_t *in, int64_t n, int64_t base, uint64_t *out)
        #define EACH \\
            int64_t k = 0, w = p[0], h = p[1]; \\
            for (int64_t i = 0; i < n; i++) { \\
                uint64_t e = in[i]; \\
                int64_t t = base + ((int64_t)e >> 32); \\
                if (X >= w || Y >= h) continue;
        #define DONE } return k;
        static int64_t *times(int64_t n) {
            int64_t *a = malloc(n * sizeof *a);
            for (int64_t i = 0; i < n; i++) a[i] = INT64_MIN / 2;
            return a;
        }
        FILTER(crop) { EACH
            int64_t x = X - p[2], y = Y - p[3];
            if (x >= 0 && y >= 0 && x < p[4] && y < p[5]) out[k++] = AT(x, y);
        DONE }
        FILTER(downsample) {
            static int64_t *last;
            int64_t f = p[2], dw = (p[0] + f - 1) / f, dh = (p[1] + f - 1) / f;
            if (!last) last = times(2 * dw * dh);
            EACH
            int64_t x = X / f, y = Y / f, step = t / p[4], *s = last + (ON ? dw * dh : 0) + y * dw + x;
            if (p[3] == 0 || *s != step) out[k++] = AT(x, y);
            *s = step;
        DONE }
        FILTER(polarity) { EACH if (ON == p[2]) out[k++] = e; DONE }
        FILTER(mirror) { EACH
            int64_t x = p[2] ? w - 1 - X : X, y = p[3] ? h - 1 - Y : Y;
            out[k++] = p[4] ? AT(y, x) : AT(x, y);
        DONE }
        FILTER(refractory) {
            static int64_t *last;
            if (!last) last = times(p[0] * p[1]);
            EACH
            int64_t *s = last + Y * w + X;
            if (t - *s >= p[2] || t < *s) { *s = t; out[k++] = e; }
        DONE }
        FILTER(background_activity) {
            static int64_t *last;
            int64_t s = p[0] + 2;
            if (!last) last = times(s * (p[1] + 2));
            EACH
            int64_t *c = last + (Y + 1) * s + X + 1;
            #define NEAR(d) (llabs(t - c[d]) <= p[2])
            if (NEAR(-s - 1) + NEAR(-s) + NEAR(1 - s) + NEAR(-1) + NEAR(1) + NEAR(s - 1) + NEAR(s) + NEAR(s + 1) >= p[3])
                out[k++] = e;
            *c = t;
        DONE }
        FILTER(hot_pixels) {
            static uint8_t *hot;
            if (!hot) { hot = calloc(p[0], p[1]); hot[p[3] * p[0] + p[2]] = 1; }
            EACH if (!hot[Y * w + X]) out[k++] = e; DONE
        }
        FILTER(rate_limit) {
            static int64_t window = -1, came, passed, expected, sum;
            EACH
            if (t / p[3] != window) {
                expected = t / p[3] == window + 1 && came > p[2] ? came : p[2];
                window = t / p[3]; came = passed = 0; sum = expected - p[2];
            }
            came++; sum += p[2];
            if (sum >= expected) { sum -= expected; if (passed < p[2]) { passed++; out[k++] = e; } }
        DONE }
        typedef struct { int64_t edge; int32_t period; uint8_t count, on; } pixel;
        FILTER(flicker) {
            static pixel *pixels;
            if (!pixels) {
                pixels = calloc(p[0] * p[1], sizeof(pixel));
                for (int64_t i = 0; i < p[0] * p[1]; i++) pixels[i].edge = INT64_MIN / 2;
            }
            EACH
            pixel *s = pixels + Y * w + X;
            int64_t d = t - s->edge;
            if (llabs(d) > p[3]) s->count = 0;
            if (s->on && !ON) {
                if (d < p[2] || d > p[3]) s->count = 0;
                else if (s->count && llabs(d - s->period) <= p[5]) { if (s->count < p[4]) s->count++; }
                else s->count = 1;
                s->period = d; s->edge = t;
            }
            s->on = ON;
            if (s->count < p[4]) out[k++] = e;
        DONE }
        """

    private typealias Run =
        @convention(c) (
            UnsafePointer<Int64>, UnsafePointer<UInt64>, Int64, Int64, UnsafeMutablePointer<UInt64>
        ) -> Int64

    /// Filters `input` into the empty `output` with a C function.
    static func run(
        _ function: CCompiler.Function, _ parameters: [Int64], _ input: EventBatch, into output: EventBatch
    ) {
        let call = unsafe unsafeBitCast(function.address, to: Run.self)
        output.count = Int(
            unsafe call(parameters, input.words, Int64(input.count), input.timeBase - input.startTime, output.words))
    }
}
