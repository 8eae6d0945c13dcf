// What was found, by pair. Columns are read as they are; texts of records when the first pair is opened.

const found = data.found;
const columns = found.pairs;
const pairCount = (columns.a ?? []).length;
const codes = found.codes;
const bitCodes = (bits, all) => all.filter((_, at) => bits & (1 << at));

const verdictOf = (pair) => codes.verdicts[columns.verdict[pair]];
const classOf = (pair) => codes.classes[columns.class[pair]] ?? "";
const countyOf = (record) => found.county[record];
const idsOf = (pair) => [found.ids[columns.a[pair]], found.ids[columns.b[pair]]];

/** A county in words: its code and its name. */
function countyName([code, name]) {
  return code === "" ? say("unknown-county") : name === null ? code : `${code} ${name}`;
}

/** The fields of a pair: code, level, likelihoods under each hypothesis, the share that entered. */
function observationsOf(pair) {
  return codes.fields.map((field, at) => {
    const [level, same, twin, sibling, stranger, share] = found.observations[found.fields[at][pair]];
    return { field, level, same, twin, sibling, stranger, share };
  });
}

let textBlock = null;

/** A record as it is shown: where it came from, and a text for each field. */
function textsOf(record) {
  textBlock ??= JSON.parse(byId("texts").textContent);
  const { files, file, row, words, places } = textBlock;
  return { file: files[file[record]] ?? "", row: row[record], fields: places.map((at, field) => words[field][at[record]]) };
}

/** Places of record ids in the order of ids, made when somebody sorts by them. */
let idRanks = null;
function idRank(record) {
  if (idRanks === null) {
    const order = found.ids.map((_, at) => at).sort((a, b) => (found.ids[a] < found.ids[b] ? -1 : 1));
    idRanks = new Uint32Array(order.length);
    order.forEach((record, rank) => (idRanks[record] = rank));
  }
  return idRanks[record];
}
