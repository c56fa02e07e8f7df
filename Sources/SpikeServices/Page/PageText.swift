/// The page: one HTML file with its style and its script, which draws what `/live` sends.
enum PageText {
    /// The whole file, with links to other pages of the same server.
    static func html(links: [PageLink]) -> String {
        let anchors = links.map { " <a href=\"\($0.path)\">\($0.name)</a>" }.joined()
        return PageStyle.head(title: "Spikeline") + style + header + anchors + "</header>" + middle + script
            + "</script></body></html>\n"
    }

    private static let style = """
        <style>
        #status::before { content: ""; display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; background: var(--soft); margin-right: .4rem }
        #status.live::before { background: var(--spike) } #status.lost::before { background: var(--mark) }
        main { display: grid; grid-template-columns: minmax(0, 1fr) 21rem; gap: .8rem; padding: .4rem 1rem 1.5rem; max-width: 76rem; margin: auto }
        @media (max-width: 52rem) { main { grid-template-columns: minmax(0, 1fr) } }
        #graph { grid-column: 1 / -1; overflow-x: auto; margin-bottom: 0 } #graph ol { display: flex; list-style: none; margin: 0; padding: 0; gap: .3rem; align-items: stretch }
        #graph li { border: 1px solid var(--line); border-radius: .5rem; padding: .35rem .6rem; white-space: nowrap; font-size: .85rem } #graph li.arrow { border: 0; padding: .35rem 0; align-self: center; color: var(--soft) }
        #records { list-style: none; margin: 0; padding: 0; max-height: 34rem; overflow-y: auto } #records li { padding: .35rem 0; border-top: 1px solid var(--line) } #records li:first-child { border-top: 0 }
        #records b { color: var(--mark) } .legend { display: flex; flex-wrap: wrap; gap: .15rem .8rem; font-size: .8rem; margin-top: .3rem } .legend i { display: inline-block; width: .8rem; height: .2rem; vertical-align: middle; margin-right: .3rem }
        </style></head>
        """

    private static let header = """
        <body><header><h1 id="name">Spikeline</h1><span id="status" role="status">connecting</span>
        <span class="soft number" id="time"></span><span class="soft number" id="load"></span>
        """

    private static let middle = """
        <main><section id="graph" aria-label="Pipeline"><ol></ol></section><div id="stages"></div>
        <div><section><h2>Records <small id="count">0</small></h2><ul id="records" aria-live="polite"></ul></section></div></main>
        <script>
        """

    private static let script = #"""
        "use strict";
        const $ = id => document.getElementById(id), seconds = 10;
        const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        let stages = [], views = {}, last = null, count = 0, seen = 0, dirty = false;
        const hue = (k, n) => `hsl(${Math.round(360 * k / Math.max(n, 1))} 65% 50%)`;

        function element(tag, text, parent) {
          const e = document.createElement(tag);
          if (text !== undefined) e.textContent = text;
          if (parent) parent.append(e);
          return e;
        }

        function view(key, kind, stage, name) {
          const section = element("section", undefined, $("stages"));
          const title = element("h2", name, section), note = element("small", kind, title);
          const canvas = element("canvas", undefined, section); canvas.id = "stage-" + name;
          canvas.setAttribute("role", "img"); canvas.setAttribute("aria-label", kind + " of " + name);
          canvas.style.height = { audio: "70px", events: "260px", spikes: String(key).includes(".") ? "90px" : "160px", potentials: "150px" }[kind];
          views[key] = { kind, canvas, note, section, stage, columns: [], total: 0, first: null };
        }

        function hello(data) {
          $("name").textContent = data.name; document.title = data.name + " - Spikeline";
          stages = data.stages; views = {}; $("stages").replaceChildren(); $("records").replaceChildren(); count = 0;
          const list = document.querySelector("#graph ol"); list.replaceChildren();
          stages.forEach((stage, index) => {
            if (index > 0) { const from = stage.inputs.map(i => stages[i].name).join(", "); element("li", from ? "→" : "", list).className = "arrow"; }
            const item = element("li", undefined, list);
            element("strong", stage.name, item); element("span", " " + stage.type, item).className = "soft";
            if (stage.inputs.length) item.title = "reads " + stage.inputs.map(i => stages[i].name).join(", ");
            stage.rate = element("div", "", item); stage.rate.className = "soft number";
            stage.populations.forEach((name, k) => view(index + "." + k, "spikes", stage, stage.name + ": " + name));
            if (["audio", "events", "spikes", "potentials"].includes(stage.output)) view(index, stage.output, stage, stage.name);
          });
          data.records.forEach(record); seen = data.q;
        }

        function record(r) {
          count += 1; $("count").textContent = count;
          const item = document.createElement("li"); item.dataset.kind = r.kind;
          element("b", r.word || r.gesture || r.label || (r.fault ? r.fault + " " + r.state : "") || (r.kind === "anomaly" ? "anomaly " + (r.state || "") : "") || r.phase || r.kind, item);
          element("span", ` ${r.at_s !== undefined ? Number(r.at_s).toFixed(2) + " s" : ""} ${r.score !== undefined ? "score " + r.score : ""} ${r.where || ""}`, item).className = "soft number";
          $("records").prepend(item);
          while ($("records").children.length > 200) $("records").lastChild.remove();
        }

        function frame(f) {
          f.r.forEach((r, i) => { if (f.q - f.r.length + i >= seen) record(r); }); seen = Math.max(seen, f.q);
          for (const [index, part] of Object.entries(f.s)) {
            const view = views[index]; if (!view) continue;
            const tick = part.d || 10, keep = Math.ceil(seconds * 1000 / tick);
            if (view.kind === "audio") for (let i = 0; i + 1 < part.w.length; i += 2) view.columns.push([part.w[i], part.w[i + 1]]);
            if (view.kind === "spikes") { view.n = part.n; view.columns.push(...part.s); for (const t of part.s) for (let i = 1; i < t.length; i += 2) view.total += t[i]; }
            if (view.kind === "potentials") { view.n = part.n; view.columns.push(...part.p); }
            if (view.kind === "events") { view.total += part.c; view.grid = view.grid || new Float32Array(part.g.length); part.g.forEach((v, i) => view.grid[i] += v); [view.x, view.y] = [part.x, part.y]; }
            if (view.columns.length > keep) view.columns.splice(0, view.columns.length - keep);
            view.keep = keep; view.tick = tick; dirty = true;
          }
          const now = performance.now();
          if (!last) last = { now, f };
          else if (now - last.now > 2000) {
            const d = (now - last.now) / 1000;
            f.c.forEach((c, i) => { if (stages[i] && stages[i].rate && last.f.c[i]) { const side = stages[i].output ? 1 : 0, r = (c[side] - last.f.c[i][side]) / d;
              stages[i].rate.textContent = (r >= 1000 ? (r / 1000).toFixed(1) + " k/s" : r.toFixed(r < 10 ? 1 : 0) + " /s") + (c[2] ? ", " + c[2] + " lost" : ""); } });
            $("load").textContent = (100 * (f.cpu - last.f.cpu) / d).toFixed(1) + " % of a core";
            for (const v of Object.values(views)) { if (v.kind === "spikes" || v.kind === "events") v.note.textContent = Math.round(v.total / d) + (v.kind === "spikes" ? " spikes/s" : " events/s"); v.total = 0; }
            last = { now, f };
          }
          $("time").textContent = f.t.toFixed(1) + " s";
          if (f.end) { $("status").textContent = "ended"; $("status").className = ""; }
        }

        function draw() {
          requestAnimationFrame(draw);
          if (!dirty) return; dirty = false;
          const spike = css("--spike"), line = css("--line"), on = css("--on"), off = css("--off");
          for (const view of Object.values(views)) {
            const c = view.canvas, scale = window.devicePixelRatio || 1, w = Math.round(c.clientWidth * scale), h = Math.round(c.clientHeight * scale);
            if (c.width !== w || c.height !== h) { c.width = w; c.height = h; }
            const g = c.getContext("2d"); g.clearRect(0, 0, w, h);
            const n = view.columns.length, x = i => w - (n - i) * w / view.keep, dx = Math.max(w / view.keep, 1);
            if (view.kind === "audio") { g.fillStyle = spike; let peak = 20; for (const [a, b] of view.columns) peak = Math.max(peak, -a, b);
              view.columns.forEach(([a, b], i) => g.fillRect(x(i), h / 2 * (1 - b / peak), dx, Math.max((b - a) * h / 2 / peak, scale)));
              const top = Math.max(...view.columns.slice(-10).map(([a, b]) => Math.max(-a, b)), 0); view.note.textContent = top > 0 ? (20 * Math.log10(top / 1000)).toFixed(0) + " dBFS" : "silent"; }
            if (view.kind === "spikes") { g.fillStyle = spike; const dy = h / Math.max(view.n, 1);
              view.columns.forEach((t, i) => { for (let k = 0; k < t.length; k += 2) { g.globalAlpha = Math.min(0.35 + 0.22 * t[k + 1], 1); g.fillRect(x(i), h - (t[k] + 1) * dy, dx, Math.max(dy - .5, 1)); } }); g.globalAlpha = 1; }
            if (view.kind === "potentials") { let low = 0, high = 1; for (const p of view.columns) for (const v of p) { low = Math.min(low, v); high = Math.max(high, v); }
              const y = v => h - (v - low) / (high - low) * (h - 4) - 2; g.strokeStyle = line; g.beginPath(); g.moveTo(0, y(0)); g.lineTo(w, y(0)); g.stroke(); g.lineWidth = 1.3 * scale;
              for (let k = 0; k < view.n; k++) { g.strokeStyle = hue(k, view.n); g.beginPath(); view.columns.forEach((p, i) => i ? g.lineTo(x(i), y(p[k])) : g.moveTo(x(i), y(p[k]))); g.stroke(); }
              if (!view.legend) legend(view); }
            if (view.kind === "events" && view.grid) { const s = Math.min(w / view.x, h / view.y), left = (w - s * view.x) / 2;
              for (let i = 0; i < view.x * view.y; i++) { const a = view.grid[2 * i], b = view.grid[2 * i + 1]; if (a + b < .3) continue; g.globalAlpha = Math.min((a + b) / 12 + .1, 1); g.fillStyle = a >= b ? on : off;
                g.fillRect(left + (i % view.x) * s, Math.floor(i / view.x) * s, s, s); } g.globalAlpha = 1; for (let i = 0; i < view.grid.length; i++) view.grid[i] *= .7; dirty = true; }
          }
        }

        function legend(view) {
          const reader = stages.find(s => s.labels.length && s.inputs.some(i => stages[i] === view.stage));
          view.legend = element("div", undefined, view.section); view.legend.className = "legend soft";
          for (let k = 0; k < view.n; k++) { const item = element("span", undefined, view.legend); element("i", "", item).style.background = hue(k, view.n); item.append(reader && reader.labels[k] || "output " + k); }
        }

        const source = new EventSource("/live");
        source.addEventListener("hello", e => { hello(JSON.parse(e.data)); $("status").textContent = "live"; $("status").className = "live"; });
        source.onmessage = e => frame(JSON.parse(e.data));
        source.onerror = () => { $("status").textContent = "no connection"; $("status").className = "lost"; };
        requestAnimationFrame(draw);

        """#
}
