/** Owns the box one writes in: Enter sends, "/" offers commands, "@" offers people. */

import { h } from "./text.js";

/**
 * Make a composer. `send(text)` resolves to whether it was taken; `suggest` has `commands` ([{name, hint}]) and
 * `people()` ([{name, hint}]). Returns {node, focus, insert, label(text)}.
 */
export function composer(id, send, suggest) {
  const listId = `${id}-offers`;
  const area = h("textarea", {
    id, rows: 1, autocomplete: "off", "aria-autocomplete": "list", "aria-controls": listId, "aria-expanded": "false", enterkeyhint: "send",
  });
  const offers = h("ul", { class: "offers", id: listId, role: "listbox", "aria-label": "Suggestions", hidden: true });
  const insertButton = (label, mark, said) =>
    h("button", { type: "button", class: "mark", "aria-label": said, title: said, onclick: () => insert(mark) }, label);
  const sendButton = h("button", { type: "button", class: "send", onclick: submit }, "Send");
  const node = h(
    "div",
    { class: "composer" },
    offers,
    area,
    h(
      "div",
      { class: "composer-bar" },
      insertButton("@ Coach", "@Coach ", "Mention Coach"),
      suggest.commands.length > 0 && insertButton("/ Command", "/", "Write a command"),
      h("span", { class: "keys" }, "Enter sends · Shift+Enter for a new line"),
      sendButton,
    ),
  );
  let found = [];
  let at = 0;

  function grow() {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 180)}px`;
    sendButton.classList.toggle("ready", area.value.trim() !== "");
  }

  function look() {
    const before = area.value.slice(0, area.selectionStart);
    const word = /(?:^|\s)@([^\s@]*)$/.exec(before);
    if (/^\/\S*$/.test(before)) found = suggest.commands.filter((command) => command.name.startsWith(before));
    else if (word) found = suggest.people().filter((person) => person.name.toLowerCase().includes(word[1].toLowerCase())).slice(0, 6);
    else found = [];
    at = 0;
    show();
  }

  function show() {
    offers.hidden = found.length === 0;
    area.setAttribute("aria-expanded", String(!offers.hidden));
    offers.replaceChildren(
      ...found.map((offer, place) =>
        h(
          "li",
          { id: `${listId}-${place}`, role: "option", "aria-selected": String(place === at), onmousedown: (event) => take(event, offer) },
          h("b", null, offer.name),
          h("span", { class: "hint" }, offer.hint),
        ),
      ),
    );
    if (offers.hidden) area.removeAttribute("aria-activedescendant");
    else area.setAttribute("aria-activedescendant", `${listId}-${at}`);
  }

  function take(event, offer) {
    event.preventDefault();
    const caret = area.selectionStart;
    const start = offer.name.startsWith("/") ? 0 : area.value.lastIndexOf("@", caret - 1);
    const word = offer.name.startsWith("/") ? offer.name : `@${offer.name}`;
    area.setRangeText(`${word} `, start, caret, "end");
    found = [];
    show();
    grow();
  }

  function insert(mark) {
    if (mark === "/") area.value = area.value.startsWith("/") ? area.value : `/${area.value}`;
    else area.setRangeText(mark, area.selectionStart, area.selectionEnd, "end");
    area.focus();
    grow();
    look();
  }

  async function submit() {
    const text = area.value;
    if (text.trim() === "") return;
    area.value = "";
    grow();
    look();
    if (!(await send(text)) && area.value === "") area.value = text; // refused: nothing typed is lost
    grow();
  }

  area.addEventListener("input", () => (grow(), look()));
  area.addEventListener("blur", () => ((found = []), show()));
  area.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (found.length > 0 && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      at = (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
      show();
    } else if (found.length > 0 && ["Tab", "Enter"].includes(event.key) && area.value.trim() !== found[at].name) {
      take(event, found[at]);
    } else if (found.length > 0 && event.key === "Escape") {
      event.stopPropagation();
      found = [];
      show();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  });
  return {
    node,
    focus: () => area.focus(),
    label: (text) => {
      area.setAttribute("aria-label", text);
      area.placeholder = text;
    },
    clear: () => ((area.value = ""), grow(), look()),
  };
}
