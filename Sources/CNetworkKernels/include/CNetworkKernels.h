#ifndef CNETWORKKERNELS_H
#define CNETWORKKERNELS_H

#include <stddef.h>
#include <stdint.h>

// The loops of the network engine for processors with AVX2. Each has a twin in Swift, which says what it computes, runs
// everywhere and is compared with it bit for bit. All sums were proved to fit 32 bits before.

// Whether these may be called.
int nk_are_there(void);

// As `ChannelSpikes`: a neuron, and how often it fired in a tick.
typedef struct {
    uint16_t channel, count;
} nk_spikes;

// Adds the rows of `weights`, [source][target], of the neurons that fired to the currents of `targets` neurons.
void nk_deliver(const nk_spikes *spikes, size_t n, const int8_t *weights, size_t targets, int32_t *currents);

// Where a source neuron of a convolution lies, after pooling and with the padding, in strides and what is left of them; the
// channel is 65,535 for a cell that no pool holds.
typedef struct {
    uint16_t y, y_phase, x, x_phase, channel;
} nk_place;

// A convolution as `ConvolutionKernel` keeps it; strides up to 16.
typedef struct {
    size_t kernel, stride, channels, width, height;
    size_t channel_size, row_size;
    size_t phase_starts[16], phase_columns[16];
} nk_convolution;

// Scatters the neurons that fired to the currents of a grid; returns the additions. `weights` are those of a tap.
size_t nk_convolve(
    const nk_convolution *convolution, const nk_spikes *spikes, size_t n, const nk_place *places, const int8_t *weights,
    int32_t *currents);

// Advances n leaky integrate-and-fire neurons without a refractory period by a tick: membrane = decay(membrane) + current, at
// least `floor`; those at their threshold, above 0, fire up to `most` times and fall by as many thresholds, or to 0. Lists
// them in `fired` and returns how many there are.
size_t nk_integrate_and_fire(
    int32_t *membrane, const int32_t *current, const int32_t *thresholds, size_t n, int32_t decay, int32_t floor,
    int32_t most, int subtracts, nk_spikes *fired);

#endif
