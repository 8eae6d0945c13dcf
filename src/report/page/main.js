// Puts the parts together and listens.

/** A choice of codes, the first of which is none; keeps what was chosen. */
function fillChoice(id, options) {
  const choice = byId(id);
  const { value } = choice;
  choice.replaceChildren(...[["", say("any")], ...options].map(([code, name]) => make("option", { value: code }, name)));
  choice.value = value;
}

function fillChoices() {
  const used = (column, all) => all.map((code, at) => [code, at]).filter(([, at]) => columns[column]?.includes(at));
  fillChoice("filter-verdict", used("verdict", codes.verdicts).map(([code]) => [code, word("verdict", code)]));
  fillChoice("filter-class", used("class", codes.classes).map(([code]) => [code, word("class", code)]));
  const counties = found.counties.map((county, at) => [String(at), countyName(county)]);
  fillChoice("filter-county", counties.sort((a, b) => (a[1] < b[1] ? -1 : 1)));
  const kinds = KINDS.map((kind) => [kind, say(`decide-${kind}`)]);
  fillChoice("filter-decision", [["undecided", say("undecided")], ...kinds]);
}

/** Shows the pairs of a county, by its code. */
function chooseCounty(code) {
  const at = found.counties.findIndex(([known]) => known === code);
  byId("filter-county").value = at < 0 ? "" : String(at);
  arrange();
  byId("pairs-title").scrollIntoView();
}

function showAll() {
  sayAll();
  byId("about").textContent = say("about", { version: data.version, model: data.model });
  byId("unmasked").hidden = !data.unmasked;
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", button.dataset.language === language);
  }
  showTotals();
  showLeftOut();
  showCounties(chooseCounty);
  fillChoices();
  arrange();
  showDecided();
  if (list.selected >= 0) showPair(list.selected);
}

function listen() {
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => {
      language = button.dataset.language;
      showAll();
    });
  }
  byId("county-filter").addEventListener("input", () => showCounties(chooseCounty));
  for (const id of ["filters", "decisions"]) byId(id).addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("input", () => {
    byId("list-view").scrollTop = 0;
    arrange();
  });
  byId("list-view").addEventListener("scroll", drawRows, { passive: true });
  byId("list-rows").addEventListener("click", (event) => {
    const row = event.target.closest("[data-pair]");
    if (row !== null) select(Number(row.dataset.pair));
  });
  byId("list-view").addEventListener("keydown", (event) => {
    const page = Math.floor(byId("list-view").clientHeight / ROW_HEIGHT);
    const keys = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      PageDown: () => move(page),
      PageUp: () => move(-page),
      Home: () => move(-list.pairs.length),
      End: () => move(list.pairs.length),
      Enter: () => move(0),
      1: () => decideOpen("same"),
      2: () => decideOpen("different"),
      3: () => decideOpen("unsure"),
      0: () => decideOpen(null),
    };
    if (keys[event.key] !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  byId("download").addEventListener("click", download);
  byId("load").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file === undefined) return;
    takeDecisions(await file.text());
    event.target.value = "";
    arrange();
    if (list.selected >= 0) showPair(list.selected);
  });
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved) event.preventDefault();
  });
}

listen();
showAll();
