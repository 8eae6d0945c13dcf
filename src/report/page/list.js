// The list of pairs: filtered and sorted as places of pairs, of which only those in view are elements.

const ROW_HEIGHT = 32;
const ROWS_AROUND = 8;

const list = { pairs: new Uint32Array(0), sort: "verdict", order: -1, selected: -1 };

/** What a column sorts by. */
const sortKeys = {
  verdict: (pair) => columns.verdict[pair],
  class: (pair) => columns.class[pair] ?? -1,
  "record-a": (pair) => idRank(columns.a[pair]),
  "record-b": (pair) => idRank(columns.b[pair]),
  probability: (pair) => columns.same[pair],
  weight: (pair) => columns.weight[pair],
  decision: (pair) => decisions.get(pair)?.decision ?? "",
};

/** What the filters ask for, as a question to a pair. */
function wanted() {
  const text = byId("filter-text").value.trim().toLowerCase();
  const verdict = byId("filter-verdict").value;
  const problem = byId("filter-class").value;
  const county = byId("filter-county").value;
  const decision = byId("filter-decision").value;
  const has = (record) => found.ids[record].toLowerCase().includes(text);
  const inCounty = (record) => String(countyOf(record)) === county;
  return (pair) =>
    (verdict === "" || verdictOf(pair) === verdict) &&
    (problem === "" || classOf(pair) === problem) &&
    (county === "" || inCounty(columns.a[pair]) || inCounty(columns.b[pair])) &&
    (decision === "" || (decisions.get(pair)?.decision ?? "undecided") === decision) &&
    (text === "" || has(columns.a[pair]) || has(columns.b[pair]));
}

/** Filters and sorts anew. Pairs that are equal in what they are sorted by stay in the order of their ids. */
function arrange() {
  const is = wanted();
  const pairs = [];
  for (let pair = 0; pair < pairCount; pair += 1) if (is(pair)) pairs.push(pair);
  const key = sortKeys[list.sort];
  pairs.sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    return x === y ? a - b : (x < y ? -1 : 1) * list.order;
  });
  list.pairs = Uint32Array.from(pairs);
  byId("shown").textContent = say("shown", { shown: number(pairs.length), all: number(pairCount) });
  byId("list-rows").style.height = `${pairs.length * ROW_HEIGHT}px`;
  byId("list").setAttribute("aria-rowcount", pairs.length + 1);
  drawHead();
  drawRows();
}

function drawHead() {
  const head = (key) =>
    sortHead("span", say(key), list.sort === key ? list.order : 0, () => {
      list.order = list.sort === key ? -list.order : 1;
      list.sort = key;
      arrange();
    });
  byId("list-head").replaceChildren(...Object.keys(sortKeys).slice(0, 6).map(head), make("span", {}, ""));
}

/** Draws the rows in view. */
function drawRows() {
  const view = byId("list-view");
  const first = Math.max(0, Math.floor(view.scrollTop / ROW_HEIGHT) - ROWS_AROUND);
  const last = Math.min(list.pairs.length, Math.ceil((view.scrollTop + view.clientHeight) / ROW_HEIGHT) + ROWS_AROUND);
  const rows = [];
  for (let at = first; at < last; at += 1) rows.push(drawRow(at));
  byId("list-rows").replaceChildren(...rows);
}

function drawRow(at) {
  const pair = list.pairs[at];
  const verdict = verdictOf(pair);
  const cell = (text, attributes = {}) => make("span", { role: "gridcell", title: text, ...attributes }, text);
  const decision = decisions.get(pair)?.decision;
  const row = make(
    "div",
    { role: "row", id: `pair-${pair}`, "aria-rowindex": at + 2, "aria-selected": pair === list.selected, "data-pair": pair },
    cell(word("short", verdict), { class: `verdict verdict-${verdict}` }),
    cell(word("class", classOf(pair))),
    cell(idsOf(pair)[0]),
    cell(idsOf(pair)[1]),
    cell(columns.same[pair].toFixed(4), { class: "number" }),
    cell(columns.weight[pair].toFixed(1), { class: "number" }),
    cell({ same: "=", different: "≠", unsure: "?" }[decision] ?? "", { class: "number" }),
  );
  row.style.top = `${at * ROW_HEIGHT}px`;
  return row;
}

/** Selects a pair, brings it into view and opens it. */
function select(pair) {
  list.selected = pair;
  const at = list.pairs.indexOf(pair);
  const view = byId("list-view");
  if (at >= 0) {
    const top = at * ROW_HEIGHT;
    if (top < view.scrollTop) view.scrollTop = top;
    if (top + ROW_HEIGHT > view.scrollTop + view.clientHeight) view.scrollTop = top + ROW_HEIGHT - view.clientHeight;
  }
  drawRows();
  view.setAttribute("aria-activedescendant", `pair-${pair}`);
  showPair(pair);
}

/** Moves the selection by so many rows. */
function move(by) {
  if (list.pairs.length === 0) return;
  const at = list.pairs.indexOf(list.selected);
  const next = at < 0 ? 0 : Math.min(list.pairs.length - 1, Math.max(0, at + by));
  select(list.pairs[next]);
}
