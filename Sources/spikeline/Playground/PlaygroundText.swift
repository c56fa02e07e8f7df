import SpikeServices

/// The page of the playground: one HTML file with its style and its script. The script asks for the cards, draws their knobs, sends what
/// they are set to, and draws the answers; it computes nothing.
enum PlaygroundText {
    /// The whole file.
    static let html =
        PageStyle.head(title: "Spikeline playground") + style + body + script + PlaygroundDrawing.script
        + "start();\n</script></body></html>\n"

    private static let style = """
        <style>
        main { max-width: 76rem; margin: auto; padding: .4rem 1rem 1.5rem } p { margin: 0 0 .6rem; max-width: 60rem }
        .parts { display: grid; grid-template-columns: 19rem minmax(0, 1fr); gap: 1rem } .views { display: grid; grid-template-columns: minmax(0, 1fr); gap: .3rem; align-content: start }
        @media (max-width: 52rem) { .parts { grid-template-columns: minmax(0, 1fr) } }
        .knob { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 .6rem; font-size: .85rem; margin-bottom: .35rem } .knob[hidden] { display: none }
        .knob input { grid-column: 1 / -1; width: 100%; margin: .1rem 0; accent-color: var(--spike) } .knob select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: .3rem }
        button { font: inherit; font-size: .85rem; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: .3rem; padding: .15rem .6rem }
        dl { display: flex; flex-wrap: wrap; gap: .1rem 1.4rem; margin: .5rem 0 0; font-size: .85rem } dl div { display: flex; gap: .4rem } dt { color: var(--soft) } dd { margin: 0 }
        .legend { display: flex; flex-wrap: wrap; gap: .15rem .9rem; font-size: .8rem; color: var(--soft) } .legend i { display: inline-block; width: .9rem; height: .25rem; vertical-align: middle; margin-right: .3rem }
        .complaint { color: var(--mark); margin: .4rem 0 0 } .complaint:empty { display: none } .stale canvas { opacity: .35 }
        </style></head>

        """

    private static let body = """
        <body><header><h1>Playground</h1><span class="soft">Turn a knob; the engine of Spikeline computes what comes of it.</span></header>
        <main id="cards"></main>
        <script>

        """

    private static let script = #"""
        "use strict";
        const cards = {};

        function element(tag, text, parent, name) {
          const e = document.createElement(tag);
          if (text !== undefined) e.textContent = text;
          if (name) e.className = name;
          if (parent) parent.append(e);
          return e;
        }

        function show(card) {
          const section = element("section", undefined, document.getElementById("cards")); section.id = card.name; section.dataset.answers = 0;
          const title = element("h2", card.title, section); card.took = element("small", "", title, "number");
          element("p", card.help, section, "soft");
          const parts = element("div", undefined, section, "parts"), form = element("form", undefined, parts);
          form.addEventListener("submit", e => e.preventDefault());
          for (const knob of card.knobs) {
            knob.box = element("label", undefined, form, "knob"); element("span", knob.label, knob.box);
            if (knob.words) { knob.input = element("select", undefined, knob.box); for (const word of knob.words) element("option", word.replaceAll("_", " "), knob.input).value = word; }
            else { knob.output = element("output", "", knob.box, "number"); knob.input = element("input", undefined, knob.box); knob.input.type = "range"; }
            knob.input.id = card.name + "-" + knob.name + (knob.when ? "-" + knob.when.words[0] : "");
            knob.input.addEventListener(knob.words ? "change" : "input", () => { settle(card); ask(card); });
          }
          const again = element("button", "usual settings", form); again.type = "button";
          again.addEventListener("click", () => { usual(card); ask(card); });
          card.views = element("div", undefined, parts, "views"); card.facts = element("dl", undefined, card.views, "number");
          card.complaint = element("p", "", card.views, "complaint"); card.complaint.setAttribute("role", "alert");
          card.section = section; cards[card.name] = card;
          usual(card); ask(card);
        }

        function usual(card) {
          for (const knob of card.knobs) {
            if (knob.words) { knob.input.value = knob.words[0]; continue; }
            Object.assign(knob.input, { min: knob.min, max: knob.max, step: knob.step }); knob.input.value = knob.usual;
          }
          settle(card);
        }

        // Which knobs count, and what they say.
        function settle(card) {
          for (const knob of card.knobs) {
            const chooser = knob.when && card.knobs.find(k => k.name === knob.when.name);
            knob.box.hidden = Boolean(chooser) && !knob.when.words.includes(chooser.input.value);
            if (knob.output) knob.output.textContent = String(+Number(knob.input.value).toFixed(4)) + (knob.unit ? " " + knob.unit : "");
          }
        }

        // One question at a time; what was turned meanwhile is asked next.
        async function ask(card) {
          card.wants = true;
          if (card.isAsking) return;
          card.isAsking = true;
          while (card.wants) {
            card.wants = false;
            const query = new URLSearchParams(card.knobs.filter(k => !k.box.hidden).map(k => [k.name, k.words ? k.input.value : String(+Number(k.input.value).toFixed(4))]));
            try {
              const response = await fetch("/playground/" + card.name + "?" + query), answer = await response.json();
              if (answer.error) throw new Error(answer.error);
              const time = /dur=([0-9.]+)/.exec(response.headers.get("Server-Timing") || "");
              card.took.textContent = time ? "computed in " + time[1] + " ms" : "";
              card.answer = answer; card.asked = query.toString(); card.complaint.textContent = ""; card.section.classList.remove("stale");
              draw(card);
            } catch (e) { card.complaint.textContent = e.message; card.section.classList.add("stale"); }
            card.section.dataset.answers = Number(card.section.dataset.answers) + 1;
          }
          card.isAsking = false;
        }

        function draw(card) {
          if (!card.answer) return;
          const facts = drawings[card.name](card, card.answer);
          card.facts.replaceChildren();
          for (const [name, value] of facts) { const row = element("div", undefined, card.facts); element("dt", name, row); element("dd", value, row); }
        }

        async function start() {
          for (const card of (await (await fetch("/playground/cards")).json()).cards) show(card);
          const again = () => Object.values(cards).forEach(draw);
          addEventListener("resize", again); matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
        }

        """#
}
