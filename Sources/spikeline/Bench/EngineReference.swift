import SpikeNetwork
import SpikeSignals

/// The engine's arithmetic as the loop that a C programmer would write, for networks of LIF layers with subtracting
/// reset and a leaky readout.
enum EngineReference {
    /// `run` takes the network as flat arrays, runs all ticks from rest and leaves the last potentials in `out`.
    static let source = """
        #include <stdint.h>
        #include <stdlib.h>
        #include <string.h>
        typedef struct { uint16_t channel, count; } spike;
        typedef struct { spike *list; int32_t *n; int32_t size, depth, slot; } history;
        static int32_t decay(int32_t x, int32_t d) { return (int32_t)(((int64_t)x * d + (1 << 14)) >> 15); }
        static void start(history *h, int32_t size, int32_t depth) {
            h->list = calloc((size_t)size * depth, sizeof(spike));
            h->n = calloc(depth, sizeof(int32_t));
            h->size = size; h->depth = depth; h->slot = 0;
        }
        static void advance(history *h) { if (++h->slot == h->depth) h->slot = 0; h->n[h->slot] = 0; }
        static void fire(history *h, int32_t channel, int32_t count) {
            spike s = {(uint16_t)channel, (uint16_t)count};
            h->list[(size_t)h->slot * h->size + h->n[h->slot]++] = s;
        }
        static void row(int32_t *restrict sum, const int8_t *restrict w, int32_t n, int32_t count) {
            if (count == 1) for (int32_t i = 0; i < n; i++) sum[i] += w[i];
            else for (int32_t i = 0; i < n; i++) sum[i] += (int32_t)w[i] * count;
        }
        /* shape: inputs, longest delay + 1, populations, connections;
           population p: size, decay, most spikes (0: leaky readout), floor; connection c: source (-1: input), target, taps */
        int64_t run(const int32_t *shape, const int32_t *populations, const int32_t *thresholds, const int32_t *biases,
                    const int32_t *connections, const int32_t *delays, const int8_t *weights, int32_t ticks,
                    const int32_t *ends, const spike *input, int32_t *out) {
            int32_t np = shape[2], nc = shape[3], depth = shape[1], most = 0;
            int64_t operations = 0;
            history *h = calloc(np + 1, sizeof(history));
            int32_t **v = calloc(np, sizeof(int32_t *));
            start(&h[0], shape[0], depth);
            for (int32_t p = 0; p < np; p++) {
                int32_t n = populations[4 * p];
                if (n > most) most = n;
                v[p] = calloc(n, sizeof(int32_t));
                start(&h[p + 1], n, depth);
            }
            int32_t *sum = malloc(sizeof(int32_t) * most);
            for (int32_t t = 0, next = 0; t < ticks; t++) {
                advance(&h[0]);
                for (; next < ends[t]; next++) fire(&h[0], input[next].channel, input[next].count);
                const int32_t *threshold = thresholds, *bias = biases;
                for (int32_t p = 0; p < np; p++) {
                    const int32_t *q = populations + 4 * p;
                    int32_t n = q[0];
                    memcpy(sum, bias, sizeof(int32_t) * n);
                    const int32_t *d = delays;
                    const int8_t *w = weights;
                    for (int32_t c = 0; c < nc; c++) {
                        int32_t target = connections[3 * c + 1], taps = connections[3 * c + 2];
                        history *s = &h[connections[3 * c] + 1];
                        size_t matrix = (size_t)s->size * populations[4 * target];
                        if (target == p) for (int32_t k = 0; k < taps; k++) {
                            int32_t slot = s->slot - d[k] < 0 ? s->slot - d[k] + s->depth : s->slot - d[k];
                            const spike *list = s->list + (size_t)slot * s->size;
                            for (int32_t i = 0; i < s->n[slot]; i++)
                                row(sum, w + matrix * k + (size_t)list[i].channel * n, n, list[i].count);
                            operations += (int64_t)s->n[slot] * n;
                        }
                        d += taps; w += matrix * taps;
                    }
                    if (q[2] == 0) for (int32_t i = 0; i < n; i++) v[p][i] = decay(v[p][i], q[1]) + sum[i];
                    else {
                        advance(&h[p + 1]);
                        for (int32_t i = 0; i < n; i++) {
                            int32_t x = decay(v[p][i], q[1]) + sum[i];
                            if (x < q[3]) x = q[3];
                            if (x >= threshold[i]) {
                                int32_t spikes = q[2] == 1 ? 1 : x / threshold[i];
                                if (spikes > q[2]) spikes = q[2];
                                x -= spikes * threshold[i];
                                fire(&h[p + 1], i, spikes);
                            }
                            v[p][i] = x;
                        }
                    }
                    threshold += n; bias += n;
                }
            }
            memcpy(out, v[np - 1], sizeof(int32_t) * populations[4 * (np - 1)]);
            for (int32_t p = 0; p <= np; p++) { free(h[p].list); free(h[p].n); if (p < np) free(v[p]); }
            free(h); free(v); free(sum);
            return operations;
        }
        """

    private typealias Run =
        @convention(c) (
            UnsafePointer<Int32>, UnsafePointer<Int32>, UnsafePointer<Int32>, UnsafePointer<Int32>,
            UnsafePointer<Int32>,
            UnsafePointer<Int32>, UnsafePointer<Int8>, Int32, UnsafePointer<Int32>, UnsafeRawPointer,
            UnsafeMutablePointer<Int32>
        ) -> Int64

    /// A network and its input as the flat arrays that the C function takes.
    struct Problem {
        let shape: [Int32]
        let populations: [Int32]
        let thresholds: [Int32]
        let biases: [Int32]
        let connections: [Int32]
        let delays: [Int32]
        let weights: [Int8]
        let ends: [Int32]
        let input: [ChannelSpikes]
        let outputs: Int

        /// Flattens `network`; nil if it has other neurons than the C loop knows.
        init?(_ network: NetworkDescription, input: SpikeBatch) {
            var populations: [Int32] = []
            for population in network.populations {
                switch population.neuron {
                case .lif(let parameters) where parameters.reset == .subtract && parameters.refractoryTicks == 0:
                    populations += [
                        Int32(population.size), parameters.membraneDecay, parameters.maximumSpikes, parameters.floor,
                    ]
                case .leakyIntegrator(let decay): populations += [Int32(population.size), decay, 0, 0]
                default: return nil
                }
            }
            self.populations = populations
            let deepest = network.connections.flatMap(\.delays).max() ?? 0
            shape = [
                Int32(network.inputs), Int32(deepest + 1), Int32(network.populations.count),
                Int32(network.connections.count),
            ]
            thresholds = network.populations.flatMap(\.thresholds)
            biases = network.populations.flatMap(\.biases)
            connections = network.connections.flatMap { connection -> [Int32] in
                let source: Int32 =
                    if case .population(let index) = connection.source { Int32(index) } else { -1 }
                return [source, Int32(connection.target), Int32(connection.delays.count)]
            }
            delays = network.connections.flatMap { $0.delays.map(Int32.init) }
            weights = network.connections.flatMap(\.weights)
            ends = input.tickEnds.map(Int32.init)
            self.input = input.spikes
            outputs = network.populations.last?.size ?? 0
        }

        /// Runs the C function over the whole input: the synaptic operations and the last potentials.
        func run(_ function: CCompiler.Function) -> (operations: Int64, potentials: [Int32]) {
            let call = unsafe unsafeBitCast(function.address, to: Run.self)
            var potentials = [Int32](repeating: 0, count: outputs)
            let operations = unsafe call(
                shape, populations, thresholds, biases, connections, delays, weights, Int32(ends.count), ends, input,
                &potentials)
            return (operations, potentials)
        }
    }
}
