/** Owns the page: what is looked at, as whom, and keeping it up to date. */

import { avatar, drawMessages, inThread, topLevel } from "./messages.js";
import { composer } from "./composer.js";
import { closeModal, drawModal } from "./modal.js";
import { drawSidebar } from "./sidebar.js";
import { renderBlocks } from "./blocks.js";
import { h, unescaped } from "./text.js";

const byId = (id) => document.getElementById(id);
const address = new URLSearchParams(location.search);
const place = { as: address.get("as"), channel: address.get("channel"), thread: address.get("thread"), tab: address.get("tab") };
const drawn = new Map();
let state = null;
let editing = null;
let main = null;
let side = null;

/** Ask the server for something; its refusals are shown as they are. Resolves to whether it was done. */
async function act(name, body) {
  try {
    const answer = await fetch(`/ui/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Coach-Trial": "1" },
      body: JSON.stringify({ as: state.me, ...body }),
    });
    if (!answer.ok) notify((await answer.json()).error ?? "That did not work.");
    return answer.ok;
  } catch {
    notify("The trial workspace does not answer.");
    return false;
  }
}

let fading = null;
function notify(sentence) {
  const toast = byId("toast");
  toast.textContent = sentence;
  toast.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => (toast.hidden = true), 6000);
}

// ---- names ----

const userName = (id) => state.users[id]?.name;
const channelName = (id) => state.channels.find((channel) => channel.id === id)?.name ?? "a channel";
const current = () => state.channels.find((channel) => channel.id === place.channel);
const isApp = () => place.channel === state.app_channel;
const label = (channel) => (channel.kind === "im" ? channel.name : `#${channel.name}`);
const readable = (text) => unescaped(text.replace(/<@(\w+)(?:\|[^>]*)?>/g, (all, id) => `@${userName(id) ?? id}`));

function context() {
  return { me: state.me, app: state.app, timeZone: state.time_zone, userName, channelName };
}

const pressed = (element) => ({ action_id: element.action_id, label: element.text?.text });
const chosen = (option) => ({ label: option.text.text, value: option.value });

function hooks() {
  const redraw = (ts) => () => {
    editing = ts;
    draw();
  };
  return {
    ...context(),
    editing,
    readable,
    openThread: (ts) => go({ thread: ts }),
    edit: (ts) => redraw(ts)(),
    cancelEdit: redraw(null),
    saveEdit: async (channel, ts, text) => (await act("edit", { channel, ts, text: text.trim() })) && redraw(null)(),
    remove: (channel, ts) => window.confirm("Delete this message?") && act("delete", { channel, ts }),
    pressIn: (channel, message) => (element) => act("press", { ...pressed(element), channel: channel.id, ts: message.ts }),
    chooseIn: (channel, message) => (option) => act("choose", { ...chosen(option), channel: channel.id, ts: message.ts }),
  };
}

// ---- where one is ----

/** Look somewhere else; the address follows, so that a reload or a picture shows the same. */
function go(where) {
  const isOther = where.channel !== undefined && where.channel !== place.channel;
  Object.assign(place, isOther ? { thread: null, tab: null } : {}, where);
  editing = null;
  byId("frame").classList.remove("with-sidebar");
  remember();
  draw();
  if (where.tab !== undefined || isOther) openedApp();
  if (where.thread) side.focus();
  else if (matchMedia("(min-width: 800px)").matches) main.focus();
}

function remember() {
  const parts = Object.entries(place).filter(([, value]) => value);
  history.replaceState(null, "", `?${new URLSearchParams(parts)}`);
}

function openedApp() {
  if (isApp()) act("home", { tab: place.tab === "home" ? "home" : "messages" });
}

const seenKey = (channel) => `seen ${state.me} ${channel.id}`;

function unread(channel) {
  const seen = Number(sessionStorage.getItem(seenKey(channel)) ?? 0);
  return channel.messages.filter((message) => Number(message.ts) > seen && message.user !== state.me).length;
}

function markSeen(channel) {
  if (place.tab === "home" && isApp()) return;
  const last = channel.messages.at(-1);
  if (last) sessionStorage.setItem(seenKey(channel), last.ts);
}

// ---- drawing ----

/** Build a part again only when what it shows has changed, so that focus and typing survive. */
function part(id, signature, build) {
  const key = JSON.stringify(signature);
  if (drawn.get(id) === key) return;
  drawn.set(id, key);
  const focused = byId(id).contains(document.activeElement) ? document.activeElement.id : "";
  byId(id).replaceChildren(...[build()].flat().filter(Boolean));
  if (focused) byId(focused)?.focus();
}

function draw() {
  const channel = current();
  const isHome = place.tab === "home" && isApp();
  markSeen(channel);
  document.title = `${isHome ? "Coach Home" : label(channel)} · ${state.workspace.name}`;
  const counts = Object.fromEntries(state.channels.map((each) => [each.id, unread(each)]));
  const listed = state.channels.map(({ id, name, kind }) => [id, name, kind]);
  part("sidebar", [state.people, listed, counts, place, state.me], () => drawSidebar(state, place, counts, { go, become }));
  part("bar", [listed, place, channel.members], () => bar(channel, isHome));
  byId("home-scroll").hidden = !isHome;
  byId("main-scroll").hidden = isHome;
  byId("main-foot").hidden = isHome;
  if (isHome) drawHome();
  else stick("main-scroll", () => drawMessages(byId("messages"), channel, topLevel(channel), { ...hooks(), empty: empty(channel) }));
  drawStatus("main", channel, null);
  main.label(isApp() ? "Message Coach" : `Message ${label(channel)}`);
  drawThread(channel);
  drawModal(byId("modal"), state.modals.at(-1), context(), act);
}

function bar(channel, isHome) {
  const menu = h("button", { class: "menu", type: "button", "aria-label": "Show channels", onclick: () => byId("frame").classList.toggle("with-sidebar") }, "☰");
  const title = h("h1", null, channel.kind === "public" || channel.kind === "private" ? `# ${channel.name}` : channel.name);
  const about = `${channel.members} members${channel.has_app ? "" : " · Coach is not in this channel"}`;
  if (!isApp()) return [menu, title, h("span", { class: "hint" }, about)];
  const tab = (name, said) =>
    h("button", { class: "tab", type: "button", "aria-pressed": String((name === "home") === isHome), onclick: () => go({ tab: name, thread: null }) }, said);
  return [menu, title, h("div", { class: "tabs", role: "group", "aria-label": "Coach" }, tab("home", "Home"), tab("messages", "Messages"))];
}

function empty(channel) {
  if (isApp()) return "Ask Coach anything that may stand in your SOPs.";
  return channel.has_app ? "Nothing here yet. Mention @Coach to ask it something." : "Nothing here yet. Coach is not in this channel and reads nothing of it.";
}

function drawHome() {
  const acting = {
    ...context(),
    press: (element) => act("press", { ...pressed(element), home: true }),
    choose: (option) => act("choose", { ...chosen(option), home: true }),
  };
  const nothing = () => h("p", { class: "empty" }, `Coach has not prepared a home page for ${userName(state.me)} yet.`);
  part("home", [state.home, state.me], () => (state.home?.blocks?.length ? renderBlocks(state.home.blocks, acting) : nothing()));
}

function drawThread(channel) {
  const messages = place.thread ? inThread(channel, place.thread) : [];
  const isOpen = messages.length > 0;
  byId("thread").hidden = !isOpen;
  byId("frame").classList.toggle("with-thread", isOpen);
  if (!isOpen) return;
  const close = h("button", { class: "close", type: "button", "aria-label": "Close thread", onclick: () => go({ thread: null }) }, "×");
  part("thread-bar", [place], () => [h("h2", null, "Thread"), h("span", { class: "hint" }, label(channel)), close]);
  stick("thread-scroll", () => drawMessages(byId("thread-messages"), channel, messages, hooks(), true));
  drawStatus("thread", channel, place.thread);
  side.label("Reply in this thread");
}

/** Keep the end in view while new messages come in, unless the reader scrolled up. */
function stick(id, change) {
  const scroll = byId(id);
  const where = `${state.me} ${place.channel} ${place.tab} ${id === "thread-scroll" ? place.thread : ""}`;
  const isNew = scroll.dataset.where !== where;
  const wasAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  if (isNew) scroll.setAttribute("aria-live", "off"); // a change of place is not news
  change();
  scroll.dataset.where = where;
  if (isNew || wasAtEnd) scroll.scrollTop = scroll.scrollHeight;
  if (isNew) requestAnimationFrame(() => scroll.setAttribute("aria-live", "polite"));
}

function drawStatus(name, channel, thread) {
  const isHere = (status) => status.channel === channel.id && (thread ? status.thread === thread : status.thread !== place.thread);
  const status = state.statuses.find(isHere);
  const prompts = isApp() && name === "main" ? state.prompts : [];
  part(`${name}-status`, [status, prompts, channel.id], () => [
    status && h("p", null, h("span", { class: "dots", "aria-hidden": "true" }), /^(is|are) /.test(status.text) ? `Coach ${status.text}` : status.text),
    ...prompts.map((prompt) => h("button", { class: "button", type: "button", onclick: () => act("say", { channel: channel.id, text: prompt.message }) }, prompt.title)),
  ]);
}

// ---- keeping up ----

let isAsking = false;
let isStale = false;

/** Fetch the state; ticks that come meanwhile lead to one more fetch, not to many. */
async function refresh() {
  if (isAsking) return void (isStale = true);
  isAsking = true;
  try {
    const answer = await fetch(`/ui/state?${new URLSearchParams(place.as ? { as: place.as } : {})}`);
    if (answer.status === 404) place.as = null;
    else await receive(await answer.json());
    isStale ||= answer.status === 404;
  } finally {
    isAsking = false;
  }
  if (isStale) {
    isStale = false;
    await refresh();
  }
}

async function receive(fresh) {
  if (place.as && fresh.me !== place.as) return void (isStale = true); // the person was switched meanwhile
  const isFirst = state === null || state.me !== fresh.me;
  state = fresh;
  place.as = fresh.me;
  if (place.tab && !place.channel) place.channel = fresh.app_channel;
  if (!current()) Object.assign(place, { channel: state.channels[0].id, thread: null });
  main ?? build();
  remember();
  draw();
  document.body.dataset.version = state.version;
  if (isFirst) openedApp();
}

function become(userId) {
  const wasApp = isApp();
  closeModal(byId("modal"));
  Object.assign(place, { as: userId, ...(wasApp ? { channel: null, thread: null, tab: place.tab ?? "messages" } : {}) });
  editing = null;
  main.clear();
  side.clear();
  return refresh();
}

function build() {
  const people = () => [
    ...(state.users[state.app] ? [{ name: userName(state.app), hint: "app" }] : []),
    ...state.people.map((person) => ({ name: person.name, hint: person.role })),
  ];
  const suggest = { commands: state.commands, people };
  main = composer("composer-main", (text) => send(text, null), suggest);
  side = composer("composer-thread", (text) => send(text, place.thread), { commands: [], people });
  byId("main-foot").append(h("div", { class: "status", id: "main-status", "aria-live": "polite" }), main.node);
  byId("thread-foot").append(h("div", { class: "status", id: "thread-status", "aria-live": "polite" }), side.node);
}

function send(text, thread) {
  const command = /^(\/\S+)\s*([\s\S]*)$/.exec(text.trim());
  if (command && thread) return notify(`${command[1]} works in the channel, not in a thread.`), false;
  if (command) return act("slash", { command: command[1], text: command[2], channel: place.channel });
  return act("say", { channel: place.channel, text: text.trim(), thread });
}

function listen() {
  const stream = new EventSource("/ui/stream");
  stream.onmessage = refresh;
  stream.onopen = () => byId("banner").classList.remove("lost");
  stream.onerror = () => byId("banner").classList.add("lost");
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || byId("modal").open || event.defaultPrevented) return;
  if (byId("frame").classList.contains("with-sidebar")) byId("frame").classList.remove("with-sidebar");
  else if (place.thread && !editing) go({ thread: null });
});
await refresh();
listen();
