// One pair: both records side by side with their differences, the waterfall, and the decision.

const AGREEING_LEVELS = new Set(["equal", "equal_unchecked", "placeholder", "both", "one"]);
const DIFF_CHARACTERS_MAX = 200;
let against = "stranger";

/** A text as text and marks: what the other does not have in the same order (longest common subsequence). */
function marked(text, other) {
  const [a, b] = [[...text], [...other]];
  if (text === other || other === "" || a.length > DIFF_CHARACTERS_MAX || b.length > DIFF_CHARACTERS_MAX) return [text];
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const parts = [];
  const push = (isMarked, character) => {
    if (parts.at(-1)?.isMarked === isMarked) parts.at(-1).text += character;
    else parts.push({ isMarked, text: character });
  };
  for (let i = 0, j = 0; i < a.length; ) {
    if (j < b.length && a[i] === b[j]) push(false, a[i++], j++);
    else if (j < b.length && common[i][j + 1] > common[i + 1][j]) j += 1;
    else push(true, a[i++]);
  }
  return parts.map(({ isMarked, text }) => (isMarked ? make("mark", {}, text) : text));
}

function sideBySide(pair) {
  const records = [columns.a[pair], columns.b[pair]];
  const [a, b] = records.map(textsOf);
  const source = ({ file, row }) => `${file} ${say("row", { row: number(row) })}`.trim();
  const counties = records.map((record) => countyName(found.counties[countyOf(record)]));
  const head = ["field", "record-a", "record-b", "level"].map((key) => make("th", { scope: "col" }, say(key)));
  const rows = [
    make("tr", {}, make("td", {}, say("record")), ...idsOf(pair).map((id) => make("td", {}, id)), make("td")),
    make("tr", {}, make("td", {}, say("source")), make("td", {}, source(a)), make("td", {}, source(b)), make("td")),
    make("tr", {}, make("td", {}, say("county")), ...counties.map((name) => make("td", {}, name)), make("td")),
  ];
  observationsOf(pair).forEach(({ field, level }, at) => {
    const state = level === "missing" ? "missing" : AGREEING_LEVELS.has(level) ? "agrees" : "differs";
    const [x, y] = [a.fields[at], b.fields[at]];
    if (x === "" && y === "") return;
    // What agrees may still be written in two ways, which is no difference.
    const shown = (text, other) => (state === "differs" ? marked(text, other) : [text]);
    rows.push(
      make(
        "tr",
        { class: state },
        make("td", {}, word("field", field)),
        make("td", {}, ...shown(x, y)),
        make("td", {}, ...shown(y, x)),
        make("td", {}, word("level", level)),
      ),
    );
  });
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
}

/** The steps from prior to posterior, in bits: { label, detail, bits }, the fields that say nothing left out. */
function steps(pair) {
  const bits = (of) => Math.log2(of.same / of[against]);
  const share = (of) => (of === null ? "" : ` · ${word("share", of[0])} 1/${number(Math.round(1 / of[1]))}`);
  const fields = observationsOf(pair)
    .filter((of) => of.level !== "missing")
    .map((of) => ({ label: word("field", of.field), detail: word("level", of.level) + (against === "stranger" ? share(of.share) : ""), bits: bits(of) }));
  return [{ label: say("prior"), detail: "", bits: bits(found.prior) }, ...fields];
}

/** The waterfall: each step begins where the one before it ended. */
function waterfall(pair) {
  const [WIDTH, LABELS, ROW, TOP] = [620, 120, 30, 6];
  const all = steps(pair);
  const ends = [];
  all.reduce((sum, { bits }) => (ends.push(sum + bits), sum + bits), 0);
  const low = Math.min(0, ...ends);
  const span = Math.max(0, ...ends) - low || 1;
  const x = (value) => LABELS + ((value - low) / span) * (WIDTH - LABELS - 60);
  const height = TOP + (all.length + 1) * ROW + 6;
  const svg = make("svg:svg", { id: "waterfall", viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": say("waterfall") });
  svg.append(make("svg:path", { class: "zero", d: `M${x(0)} ${TOP}V${height - 6}` }));
  const draw = (at, label, detail, from, to, kind, bits) => {
    const y = TOP + at * ROW;
    const [left, right] = [Math.min(x(from), x(to)), Math.max(x(from), x(to))];
    svg.append(
      make("svg:text", { x: LABELS - 8, y: y + 13, class: "e" }, label),
      make("svg:rect", { x: left, y: y + 3, width: Math.max(1, right - left), height: 13, class: kind }),
      make("svg:text", { x: right + 5, y: y + 13 }, (bits > 0 ? "+" : "") + bits.toFixed(2)),
      make("svg:text", { x: LABELS, y: y + 26, class: "small" }, detail),
    );
  };
  all.forEach(({ label, detail, bits }, at) => draw(at, label, detail, ends[at] - bits, ends[at], bits >= 0 ? "for" : "against", bits));
  const sum = ends.at(-1);
  draw(all.length, say("posterior"), "", 0, sum, "sum", sum);
  return svg;
}

/** The choice of what one person is weighed against. */
function againstChoice(pair) {
  const choice = (key, name) => {
    const button = make("button", { type: "button", "aria-pressed": against === key }, say(name));
    button.addEventListener("click", () => {
      against = key;
      showPair(pair);
    });
    return button;
  };
  const all = [["stranger", "strangers"], ["twin", "twins"], ["sibling", "siblings"]];
  return make("p", { class: "screen" }, `${say("against")} `, ...all.map(([key, name]) => choice(key, name)));
}

function decisionForm(pair) {
  const known = decisions.get(pair);
  const reason = make("input", { id: "reason", placeholder: say("reason"), "aria-label": say("reason"), autocomplete: "off" });
  reason.value = known?.reason ?? "";
  reason.addEventListener("change", () => {
    if (decisions.has(pair)) decide(pair, decisions.get(pair).decision, reason.value.trim());
  });
  const button = (kind) => {
    const element = make("button", { type: "button", id: `decide-${kind}`, "aria-pressed": known?.decision === kind }, say(`decide-${kind}`));
    element.addEventListener("click", () => decideOpen(kind === "none" ? null : kind));
    return element;
  };
  return make("div", { id: "decide", class: "screen" }, ...[...KINDS, "none"].map(button), reason);
}

/** Decides the open pair. */
function decideOpen(decision) {
  if (list.selected >= 0 && decide(list.selected, decision, byId("reason")?.value.trim() ?? "")) {
    drawRows();
    showPair(list.selected);
  }
}

/** Opens a pair. */
function showPair(pair) {
  const reasons = bitCodes(columns.reasons[pair], codes.reasons).map((code) => word("reason", code));
  const rules = bitCodes(columns.rules[pair], codes.rules).map((code) => word("rule", code));
  const fact = (key, text) => (text === "" ? null : make("p", { class: "facts" }, make("b", {}, `${say(key)}: `), text));
  const verdict = verdictOf(pair);
  const problem = classOf(pair);
  const percent = (value) => value.toFixed(6);
  byId("pair").replaceChildren(
    make("h3", {}, make("span", { class: `verdict verdict-${verdict}` }, word("short", verdict)), ` ${word("class", problem)}`),
    make("p", { class: "facts" }, say("one-person", { same: percent(columns.same[pair]), sibling: percent(columns.sibling[pair]) })),
    fact("reasons", reasons.join(language === "zh" ? "、" : ", ")),
    fact("rules", rules.join("; ")),
    fact("action", word("action", problem)),
    decisionForm(pair),
    sideBySide(pair),
    make("h3", {}, say("waterfall")),
    againstChoice(pair),
    waterfall(pair),
  );
}
