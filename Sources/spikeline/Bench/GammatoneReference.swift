import SpikeEncoders

/// The ear's filter bank as the loop that a C programmer would write: four second-order sections of each channel in
/// Int32 state and Q30 coefficients, rectified and summed.
///
/// The coefficients are those of plain resonators, as the time does not depend on them.
enum GammatoneReference {
    /// `run` filters `count` samples with every channel, one after the other, and adds the rectified output to `sums`.
    static let source = """
        #include <stdint.h>
        typedef struct { int32_t b0, b1, c1, c2, low; } coefficients;
        typedef struct { int32_t x, y[4], before[4], rest[4]; } state;
        #define SECTION(k, in, last, e) \\
            sum = (int64_t)q.b0 * (in) + (int64_t)q.b1 * (last) + (int64_t)q.c1 * s.y[k] - (int64_t)q.c2 * s.before[k] + (e); \\
            s.before[k] = s.y[k]; s.y[k] = (int32_t)(sum >> 30);
        void run(const coefficients *bank, state *states, int32_t channels, const int32_t *samples, int32_t count,
                 uint64_t *sums) {
            for (int32_t c = 0; c < channels; c++) {
                coefficients q = bank[c];
                state s = states[c];
                uint64_t total = 0;
                if (q.low) for (int32_t n = 0; n < count; n++) {
                    int64_t sum;
                    int32_t x = samples[n], last = s.x, before;
                    s.x = x;
                    for (int k = 0; k < 4; k++) {
                        before = s.y[k];
                        SECTION(k, x, last, s.rest[k]) s.rest[k] = (int32_t)(sum & ((1 << 30) - 1));
                        x = s.y[k]; last = before;
                    }
                    total += x > 0 ? x : 0;
                } else for (int32_t n = 0; n < count; n++) {
                    int64_t sum;
                    int32_t x = samples[n], last = s.x, before;
                    s.x = x;
                    for (int k = 0; k < 4; k++) {
                        before = s.y[k];
                        SECTION(k, x, last, 1 << 29)
                        x = s.y[k]; last = before;
                    }
                    total += x > 0 ? x : 0;
                }
                states[c] = s;
                sums[c] += total;
            }
        }
        """

    private typealias Run =
        @convention(c) (
            UnsafeRawPointer, UnsafeMutableRawPointer, Int32, UnsafePointer<Int32>, Int32, UnsafeMutablePointer<UInt64>
        ) -> Void

    /// A bank of the C loop.
    struct Bank {
        private var states: [Int32]
        private let coefficients: [Int32]
        private var sums: [UInt64]

        /// A bank with a channel for each of `frequencies`.
        init(frequencies: [Double], sampleRate: Double) {
            // A pole pair of radius 0.9 at 90 degrees and a gain of a quarter, so that nothing grows.
            coefficients = frequencies.flatMap { frequency -> [Int32] in
                [1 << 28, 1 << 20, 1 << 20, 869_730_877, frequency * 16 < sampleRate ? 1 : 0]
            }
            states = Array(repeating: 0, count: frequencies.count * 13)
            sums = Array(repeating: 0, count: frequencies.count)
        }

        /// Filters `samples`.
        mutating func run(_ function: CCompiler.Function, _ samples: ArraySlice<Int32>) {
            let call = unsafe unsafeBitCast(function.address, to: Run.self)
            unsafe samples.withUnsafeBufferPointer { samples in
                guard let start = samples.baseAddress else { return }
                unsafe call(coefficients, &states, Int32(sums.count), start, Int32(samples.count), &sums)
            }
        }
    }
}
