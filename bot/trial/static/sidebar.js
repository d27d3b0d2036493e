/** Owns the left column: the workspace, who one is, and where one can go. */

import { avatar } from "./messages.js";
import { h } from "./text.js";

/** Nodes of the sidebar; `counts` are unread messages by channel id, `moves` has `go` and `become`. */
export function drawSidebar(state, place, counts, moves) {
  const me = state.people.find((person) => person.id === state.me);
  const rooms = state.channels.filter((channel) => channel.kind !== "im");
  const direct = state.channels.filter((channel) => channel.kind === "im" && channel.id !== state.app_channel);
  const entry = (channel, name, mark) => {
    const count = channel.id === place.channel ? 0 : counts[channel.id];
    return h(
      "li",
      null,
      h(
        "button",
        {
          type: "button",
          class: count ? "entry unread" : "entry",
          "aria-current": channel.id === place.channel ? "page" : null,
          onclick: () => moves.go({ channel: channel.id }),
        },
        mark,
        h("span", { class: "entry-name" }, name),
        count > 0 && h("span", { class: "count", "aria-label": `${count} unread` }, String(count)),
      ),
    );
  };
  const list = (title, entries) => entries.length > 0 && [h("h2", null, title), h("ul", null, entries)];
  const app = state.channels.find((channel) => channel.id === state.app_channel);
  return [
    h("p", { class: "workspace" }, state.workspace.name),
    h(
      "div",
      { class: "switcher" },
      avatar(state.me, me.name),
      h("div", { class: "who", "aria-hidden": "true" }, h("b", null, me.name), h("span", null, me.role)),
      h("span", { class: "caret", "aria-hidden": "true" }, "▾"),
      // the select lies over the card, so that the whole card opens it and long roles are not cut
      h(
        "select",
        { id: "person", "aria-label": "You are", title: "Look as someone else", onchange: (event) => moves.become(event.target.value) },
        people(state),
      ),
    ),
    list("Apps", app ? [entry(app, app.name, avatar(state.app, app.name, true))] : []),
    list("Channels", rooms.map((channel) => entry(channel, channel.name, h("span", { class: "hash", "aria-hidden": "true" }, channel.kind === "private" ? "🔒" : "#")))),
    list("Direct messages", direct.map((channel) => entry(channel, channel.name, h("span", { class: "hash", "aria-hidden": "true" }, "·")))),
  ].flat().filter(Boolean);
}

function people(state) {
  const option = (person) =>
    h("option", { value: person.id, selected: person.id === state.me }, person.role ? `${person.name}, ${person.role}` : person.name);
  const first = state.first.map((id) => state.people.find((person) => person.id === id)).filter(Boolean);
  const others = state.people.filter((person) => !first.includes(person));
  if (!first.length) return others.map(option);
  return [h("optgroup", { label: "Try these first" }, first.map(option)), h("optgroup", { label: "Everyone else" }, others.map(option))];
}
