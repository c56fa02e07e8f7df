/// The part of the page's script that draws: a chart with axes, and what each card shows with it.
enum PlaygroundDrawing {
    static let script = #"""
        const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        const say = (value, decimals, unit) => value === null || value === undefined ? "-" : value.toFixed(decimals) + (unit ? " " + unit : "");

        // The canvas of a view, made when it is first drawn, above the facts; with a legend of [colour, text].
        function view(card, name, label, height, legend) {
          const id = "view-" + card.name + "-" + name; let canvas = document.getElementById(id);
          if (!canvas) {
            const box = element("div"); card.facts.before(box);
            canvas = element("canvas", undefined, box); canvas.id = id; canvas.style.height = height + "px"; canvas.setAttribute("role", "img");
            const list = element("div", undefined, box, "legend");
            for (const [colour, text] of legend || []) { const item = element("span", undefined, list); element("i", "", item).style.background = `var(${colour})`; item.append(text); }
          }
          canvas.setAttribute("aria-label", label);
          return canvas;
        }

        // About `count` round numbers between two.
        function ticks(low, high, count) {
          const raw = (high - low) / count, size = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 5, 10].map(f => f * size).find(s => s >= raw * .999);
          const list = []; for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-6; i++) list.push(+(i * step).toPrecision(6));
          return list;
        }

        // Lines {x, y, c, w, a, dash}, dots {x, y, c, w, h, a}, rules {x or y, c}; bars {x, c, from, to} stand at x, from and to in parts of the height.
        function chart(canvas, o) {
          const scale = devicePixelRatio || 1, w = Math.round(canvas.clientWidth * scale), h = Math.round(canvas.clientHeight * scale);
          if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
          const g = canvas.getContext("2d"); g.setTransform(1, 0, 0, 1, 0, 0); g.clearRect(0, 0, w, h); g.scale(scale, scale);
          const W = w / scale, H = h / scale, left = 46, right = W - 10, top = 8, bottom = H - 32;
          let [x0, x1] = o.x, [y0, y1] = o.y; if (!(x1 > x0)) x1 = x0 + 1; if (!(y1 > y0)) y1 = y0 + 1;
          const X = x => left + (x - x0) / (x1 - x0) * (right - left), Y = y => bottom - (y - y0) / (y1 - y0) * (bottom - top);
          const ink = css("--soft"), line = css("--line");
          g.font = "11px system-ui, sans-serif"; g.lineWidth = 1; g.strokeStyle = line; g.fillStyle = ink;
          g.textAlign = "center"; g.textBaseline = "top";
          for (const t of ticks(x0, x1, Math.max(2, Math.floor((right - left) / 90)))) { g.beginPath(); g.moveTo(X(t), top); g.lineTo(X(t), bottom); g.stroke(); g.fillText(t, X(t), bottom + 4); }
          g.textAlign = "right"; g.textBaseline = "middle";
          if (!o.bare) for (const t of ticks(y0, y1, Math.max(2, Math.floor((bottom - top) / 34)))) { g.beginPath(); g.moveTo(left, Y(t)); g.lineTo(right, Y(t)); g.stroke(); g.fillText(t, left - 5, Y(t)); }
          g.textBaseline = "alphabetic"; g.fillText(o.xlabel, right, H - 3); g.save(); g.translate(10, top); g.rotate(-Math.PI / 2); g.fillText(o.ylabel, 0, 0); g.restore();
          g.save(); g.beginPath(); g.rect(left, top - 1, right - left, bottom - top + 2); g.clip();
          for (const r of o.rules || []) { g.strokeStyle = css(r.c); g.setLineDash([4, 3]); g.beginPath(); if (r.y !== undefined) { g.moveTo(left, Y(r.y)); g.lineTo(right, Y(r.y)); } else { g.moveTo(X(r.x), top); g.lineTo(X(r.x), bottom); } g.stroke(); g.setLineDash([]); }
          for (const l of o.lines || []) { g.strokeStyle = css(l.c); g.globalAlpha = l.a || 1; g.lineWidth = l.w || 1.3; g.lineJoin = "round"; g.beginPath();
            let down = false; l.y.forEach((y, i) => { if (y === null) { down = false; return; } const px = X(l.x[i]), py = Y(y); if (!down) g.moveTo(px, py); else if (l.steps) { g.lineTo(px, Y(l.y[i - 1])); g.lineTo(px, py); } else g.lineTo(px, py); down = true; }); g.stroke(); }
          g.globalAlpha = 1;
          for (const b of o.bars || []) { g.fillStyle = css(b.c); for (const x of b.x) g.fillRect(X(x) - .6, top + b.from * (bottom - top), 1.2, (b.to - b.from) * (bottom - top)); }
          for (const d of o.dots || []) { g.fillStyle = css(d.c); g.globalAlpha = d.a || 1; d.x.forEach((x, i) => g.fillRect(X(x) - d.w / 2, Y(d.y[i]) - d.h / 2, d.w, d.h)); }
          g.restore(); g.globalAlpha = 1;
        }

        const range = (lists, pad) => { let low = Infinity, high = -Infinity; for (const l of lists) for (const v of l) if (v !== null) { low = Math.min(low, v); high = Math.max(high, v); } const room = (high - low || 1) * pad; return [low - room, high + room]; };
        const along = (list, step, first) => list.map((_, i) => (first || 0) + i * step);

        const drawings = {
          neuron(card, a) {
            const end = a.steps * a.step_ms, x = along(a.float.membrane_mv, a.stride * a.step_ms, a.step_ms);
            const [low, high] = range([a.float.membrane_mv, a.integer.membrane_mv, [a.threshold_mv, a.rest_mv]], .05);
            chart(view(card, "membrane", "Membrane potential over time, and spikes", 250, [["--off", "floating point"], ["--spike", "whole numbers"], ["--on", "input spikes"], ["--mark", "threshold"]]), {
              x: [0, end], y: [low - (high - low) * .12, high + (high - low) * .22], xlabel: "ms", ylabel: "mV", rules: [{ y: a.threshold_mv, c: "--mark" }],
              lines: [{ x, y: a.float.membrane_mv, c: "--off", w: 3, a: .4 }, { x, y: a.integer.membrane_mv, c: "--spike", w: 1.1 }],
              bars: [{ x: a.float.at_ms, c: "--off", from: 0, to: .07 }, { x: a.integer.at_ms, c: "--spike", from: .08, to: .15 }, { x: a.input.at_ms, c: "--on", from: .95, to: 1 }] });
            const c = a.curve, drive = Number(card.knobs.find(k => k.name === "drive_mv").input.value);
            chart(view(card, "curve", "Firing rate over constant input", 180, [["--off", "floating point"], ["--spike", "whole numbers"], ["--mark", "the constant input above"]]), {
              x: [0, 60], y: [0, Math.max(1, ...c.float_hz, ...c.integer_hz) * 1.05], xlabel: "constant input, mV", ylabel: "Hz", rules: [{ x: drive, c: "--mark" }],
              lines: [{ x: c.drive_mv, y: c.float_hz, c: "--off", w: 4, a: .4 }, { x: c.drive_mv, y: c.integer_hz, c: "--spike" }] });
            return [["rate", say(a.float.rate_hz, 1, "Hz")], ["in whole numbers", say(a.integer.rate_hz, 1, "Hz")], ["spikes", a.float.spikes + " and " + a.integer.spikes], ["input spikes", a.input.spikes],
              ["in the same step", say(100 * a.same_step, 1, "%")], ["within 1 ms", say(100 * a.within_1_ms, 1, "%")], ["membranes at most", say(a.largest_difference_mv, 4, "mV apart")],
              ["mean membrane", say(a.float.mean_mv, 3, "mV")], ["at the curve's end", say(c.float_hz[c.float_hz.length - 1], 0, "Hz")]];
          },

          coding(card, a) {
            const end = a.ticks * a.tick_ms, x = along(a.signal, a.tick_ms), early = a.decoded.slice(a.delay_ticks), error = early.map((v, i) => v - a.signal[i]);
            chart(view(card, "signal", "Signal and decoded signal", 200, [["--soft", "signal"], ["--spike", "decoded, moved back by the delay"], ["--mark", "error"]]), {
              x: [0, end], y: [Math.min(-.1, ...error) - .05, 1.05], xlabel: "ms", ylabel: "value", rules: [{ y: 0, c: "--line" }],
              lines: [{ x, y: a.signal, c: "--soft", w: 3, a: .5 }, { x, y: early, c: "--spike", steps: true }, { x, y: error, c: "--mark", w: .8, steps: true }] });
            const r = a.raster, most = Math.max(1, ...r.count);
            chart(view(card, "raster", "Spikes of each channel", 150), {
              x: [0, end], y: [-.5, a.channels - .5], xlabel: "ms", ylabel: "channel", bare: a.channels === 1,
              dots: Array.from({ length: most }, (_, k) => k + 1).map(n => { const at = r.count.flatMap((v, i) => v === n ? [i] : []);
                return { x: at.map(i => r.tick[i] * a.tick_ms), y: at.map(i => r.channel[i]), c: "--spike", a: Math.min(1, .55 + .45 * n / most), w: 1.6, h: Math.max(2, 90 / a.channels) }; }).filter(d => d.x.length) });
            return [["spikes", a.spikes], ["a second", say(a.spikes_per_s, 1)], ["decoded late by", a.delay_ticks + " ticks"], ["rms error", say(a.rms_error, 4)], ["largest", say(a.largest_error, 4)],
              ["signal to noise", say(a.snr_db, 1, "dB")], ["bound for a value at rest", say(a.bound, 4)]];
          },

          stdp(card, a) {
            const w = a.window, size = Math.max(.05, ...w.change.map(Math.abs)) * 1.1;
            chart(view(card, "window", "Change of the weight by a pair, over its lag", 210, [["--spike", "mean change of a pair, of weights from 0 to 127"]]), {
              x: [-100, 100], y: [-size, size], xlabel: "from pre to post, ms", ylabel: "change", rules: [{ x: 0, c: "--soft" }, { y: 0, c: "--soft" }],
              lines: [w.lag_ms.map((l, i) => l < 0 ? w.change[i] : null), w.lag_ms.map((l, i) => l >= 0 ? w.change[i] : null)].map(y => ({ x: w.lag_ms, y, c: "--spike", w: 1.8 })) });
            const c = a.course, x = along(c.weights[0], c.every_ms / 1000), mean = x.map((_, i) => c.weights.reduce((s, row) => s + row[i], 0) / c.weights.length);
            chart(view(card, "course", "Weights over time", 210, [["--soft", "each of eight synapses"], ["--spike", "their mean"]]), {
              x: [0, x[x.length - 1]], y: [a.least, a.greatest], xlabel: "s", ylabel: "weight", lines: [...c.weights.map(y => ({ x, y, c: "--soft", a: .6, w: .9 })), { x, y: mean, c: "--spike", w: 2.2 }] });
            return [["mean weight at the end", say(c.mean_at_end, 1)], ["presynaptic", say(c.pre_hz, 1, "Hz")], ["postsynaptic", say(c.post_hz, 1, "Hz")], ["of which follow", say(100 * c.share_that_follows, 0, "%")],
              ["largest rise of a pair", say(Math.max(...w.change), 4)], ["largest fall", say(Math.min(...w.change), 4)], ["window's weights at a bound", say(100 * w.at_bounds, 1, "%")]];
          },

          population(card, a) {
            const dot = Math.max(1.5, 170 / a.count);
            chart(view(card, "raster", "Spikes of the population", 250, [["--off", "floating point"], ["--spike", "whole numbers"]]), {
              x: [0, a.duration_ms], y: [-.5, a.count - .5], xlabel: "ms", ylabel: "neuron",
              dots: [{ x: a.float.at_ms, y: a.float.neuron, c: "--off", a: .45, w: 4, h: dot }, { x: a.integer.at_ms, y: a.integer.neuron, c: "--spike", w: 1.6, h: dot }] });
            const x = along(a.float.rates_hz, a.bin_ms);
            chart(view(card, "rate", "Rate over time", 140, [["--off", "floating point"], ["--spike", "whole numbers"]]), {
              x: [0, a.duration_ms], y: [0, Math.max(1, ...a.float.rates_hz, ...a.integer.rates_hz) * 1.05], xlabel: "ms", ylabel: "Hz",
              lines: [{ x, y: a.float.rates_hz, c: "--off", w: 4, a: .4, steps: true }, { x, y: a.integer.rates_hz, c: "--spike", steps: true }] });
            return [["rate", say(a.float.rate_hz, 2, "Hz")], ["in whole numbers", say(a.integer.rate_hz, 2, "Hz")], ["spikes", a.float.spikes + " and " + a.integer.spikes], ["input spikes", a.input_spikes], ["synapses", a.synapses],
              ["synaptic operations", a.synaptic_operations], ["in the same step", say(100 * a.same_step, 1, "%")], ["within 1 ms", say(100 * a.within_1_ms, 1, "%")]];
          },
        };

        """#
}
