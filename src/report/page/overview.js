// Totals, what was left out, and the problem classes by county.

function showTotals() {
  const { totals } = data;
  const shown = [
    ["rows", totals.rows],
    ["rejected-rows", totals.rejected_rows],
    ["same", totals.pairs_by_verdict.same ?? 0],
    ["conflict", totals.pairs_by_verdict.conflict ?? 0],
    ["review", totals.pairs_by_verdict.review ?? 0],
    ["clusters", totals.clusters],
    ["problem-records", totals.problem_records],
    ["repeated-ids", totals.repeated_ids],
  ];
  const tile = ([key, value]) => make("div", {}, make("dt", {}, say(key)), make("dd", {}, number(value)));
  byId("totals").replaceChildren(...shown.map(tile));
}

/** A table of texts and numbers, or a word that there is nothing. */
function plainTable(head, rows) {
  if (rows.length === 0) return make("p", { class: "hint" }, say("none"));
  const cell = (value) => make("td", {}, typeof value === "number" ? number(value) : value);
  return make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...head.map((key) => make("th", { scope: "col" }, say(key))))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map(cell)))),
  );
}

function showLeftOut() {
  const { totals } = data;
  const values = Object.entries(totals.rejected_values);
  const valueRules = new Set(values.map(([rule]) => rule));
  const rows = Object.entries(totals.rejected_by_rule).filter(([rule]) => !valueRules.has(rule));
  const line = (kind) => ([rule, count]) => [word("rejected", rule), say(kind), count];
  const all = [...rows.map(line("row-left-out")), ...values.map(line("value-left-out"))];
  byId("rejected").replaceChildren(plainTable(["rule", "left-out", "count"], all));
  const blocks = Object.entries(totals.blocks)
    .filter(([, block]) => block.skipped_blocks > 0)
    .map(([family, block]) => [family, block.skipped_blocks, block.skipped_students, block.skipped_pairs]);
  byId("blocks").replaceChildren(plainTable(["family", "skipped-blocks", "skipped-students", "skipped-pairs"], blocks));
}

const countySort = { by: "all", order: -1 };

/** The table of counties; a click on one shows its pairs. */
function showCounties(choose) {
  const classes = codes.classes.map((code, at) => ({ code, at })).filter(({ at }) => data.counties.some(([, counts]) => counts[at] > 0));
  const sum = (counts) => counts.reduce((all, count) => all + count, 0);
  const wanted = byId("county-filter").value.trim().toLowerCase();
  const rows = data.counties
    .map(([county, counts]) => ({ county, name: countyName(county), counts, all: sum(counts) }))
    .filter(({ name }) => name.toLowerCase().includes(wanted));
  const value = (row) => (countySort.by === "name" ? row.county[0] : countySort.by === "all" ? row.all : row.counts[countySort.by]);
  rows.sort((a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0) * countySort.order);
  const head = (by, label) =>
    sortHead("th", label, countySort.by === by ? countySort.order : 0, () => {
      countySort.order = countySort.by === by ? -countySort.order : by === "name" ? 1 : -1;
      countySort.by = by;
      showCounties(choose);
    });
  const count = (value) => make("td", value === 0 ? { class: "none" } : {}, number(value));
  const line = (row) => {
    const button = make("button", { type: "button" }, row.name);
    button.addEventListener("click", () => choose(row.county[0]));
    return make("tr", {}, make("td", {}, button), count(row.all), ...classes.map(({ at }) => count(row.counts[at])));
  };
  const heads = [head("name", say("county")), head("all", say("all")), ...classes.map(({ code, at }) => head(at, word("class", code)))];
  byId("counties").replaceChildren(
    make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows.map(line))),
  );
}
