// Elements and words. Text enters the page as text only: nothing here or below parses HTML.

const byId = (id) => document.getElementById(id);

/** An element with attributes and children; a child that is no node is text, and null is left out. */
function make(tag, attributes = {}, ...children) {
  const svg = tag.startsWith("svg:");
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4)) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const data = JSON.parse(byId("data").textContent);
let language = data.language;

/** A word of the page itself, with {names} put in. */
function say(key, values = {}) {
  return data.words[language].say[key].replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
}

/** The word of a code: word("level", "same_sound"). A code without one stands for itself. */
const word = (kind, code) => data.words[language][kind][code] ?? code;

const number = (value) => value.toLocaleString(language === "zh" ? "zh-CN" : "en-GB");

/** Puts words into all that is marked for them. */
function sayAll() {
  document.documentElement.lang = language;
  document.title = say("title");
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  for (const element of document.querySelectorAll("[data-hint]")) element.title = say(element.dataset.hint);
}

/** A head of a column that sorts; `order` is 1, -1, or 0 for a column that is not the one sorted by. */
function sortHead(tag, label, order, sort) {
  const button = make("button", { type: "button" }, label);
  button.addEventListener("click", sort);
  const state = { 1: "ascending", 0: "none", "-1": "descending" }[order];
  return make(tag, { "aria-sort": state, role: "columnheader" }, button);
}
