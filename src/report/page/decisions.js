// What a person decides about pairs: kept in this page, written to and read from decisions.csv.

const KINDS = ["same", "different", "unsure"];

/** By pair: { decision, reason, operator }. */
const decisions = new Map();
/** Rows that were loaded and are about pairs that this page does not list: they are written again as they came. */
let foreign = [];
/** Whether there are decisions that are in no file. */
let isUnsaved = false;

/** Decides a pair, or takes the decision back where there is none; false if nobody is named who decides. */
function decide(pair, decision, reason) {
  const operator = byId("operator").value.trim();
  if (decision === null) {
    decisions.delete(pair);
  } else if (operator === "") {
    note(say("name-operator"));
    byId("operator").focus();
    return false;
  } else {
    decisions.set(pair, { decision, reason, operator });
    note(say("not-kept"));
  }
  isUnsaved = true;
  showDecided();
  return true;
}

const note = (text) => (byId("decisions-note").textContent = text);
const showDecided = () => (byId("decided").textContent = say("decided", { count: number(decisions.size) }));

/** A cell of a CSV that no spreadsheet takes for a formula. */
function csvCell(text) {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

function csvOfDecisions() {
  const rows = [["record_a", "record_b", "decision", "reason", "operator"], ...foreign];
  const pairs = [...decisions.keys()].sort((a, b) => a - b);
  for (const pair of pairs) {
    const { decision, reason, operator } = decisions.get(pair);
    rows.push([...idsOf(pair), decision, reason, operator]);
  }
  return `\uFEFF${rows.map((row) => row.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

/** The cells of a CSV, row by row. */
function parseCsv(text) {
  const rows = [[]];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|\r|$)/gy;
  const source = text.replace(/^\uFEFF/, "");
  while (cell.lastIndex < source.length) {
    const match = cell.exec(source);
    if (match === null) return null;
    const [, raw, end] = match;
    rows.at(-1).push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end !== ",") rows.push([]);
  }
  const plain = (text) => (/^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text);
  return rows.filter((row) => row.some((text) => text !== "")).map((row) => row.map(plain));
}

/** Takes the decisions of a file on top of those that are here. */
function takeDecisions(text) {
  const rows = parseCsv(text) ?? [];
  const head = (rows.shift() ?? []).map((name) => name.trim().toLowerCase());
  const at = ["record_a", "record_b", "decision", "reason", "operator"].map((name) => head.indexOf(name));
  const pairs = new Map();
  for (let pair = 0; pair < pairCount; pair += 1) pairs.set(JSON.stringify(idsOf(pair).toSorted()), pair);
  let [count, left] = [0, 0];
  for (const row of at.includes(-1) ? [] : rows) {
    const [a, b, decision, reason, operator] = at.map((cell) => (row[cell] ?? "").trim());
    const pair = pairs.get(JSON.stringify([a, b].toSorted()));
    if (!KINDS.includes(decision) || operator === "") {
      left += 1;
    } else if (pair === undefined) {
      foreign.push([a, b, decision, reason, operator]);
      count += 1;
    } else {
      decisions.set(pair, { decision, reason, operator });
      if (byId("operator").value === "") byId("operator").value = operator;
      count += 1;
    }
  }
  note(say("loaded", { count: number(count), left: number(at.includes(-1) ? rows.length : left) }));
  showDecided();
}

function download() {
  isUnsaved = false;
  const url = URL.createObjectURL(new Blob([csvOfDecisions()], { type: "text/csv;charset=utf-8" }));
  const link = make("a", { href: url, download: "decisions.csv" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
