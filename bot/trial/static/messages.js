/** Owns the list of messages: who, when, what, and what one may do with it. */

import { renderBlocks } from "./blocks.js";
import { clock, day, h, mrkdwn } from "./text.js";

const SAME_BREATH_SECONDS = 300;
const rowsOf = new WeakMap();

export const instant = (ts) => new Date(Number(ts) * 1000);
const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;

/** Top-level messages of a conversation, oldest first. */
export const topLevel = (channel) => channel.messages.filter((message) => !isReply(message) || message.subtype === "thread_broadcast");

/** A thread's first message and its replies, oldest first. */
export const inThread = (channel, ts) => channel.messages.filter((message) => message.ts === ts || message.thread_ts === ts);

/**
 * Draw messages into a list, leaving alone what did not change. `hooks` has the person's context plus `openThread`,
 * `edit`, `remove`, `saveEdit`, `cancelEdit`, `editing` (the ts of the message being edited) and `empty` (what stands where nothing does)
 */
export function drawMessages(list, channel, messages, hooks, isThread = false) {
  const items = [];
  let before = null;
  if (!messages.length) items.push({ key: "empty", signature: hooks.empty, build: () => h("li", { class: "empty" }, hooks.empty) });
  for (const message of messages) {
    const dayName = day(instant(message.ts), hooks.timeZone);
    const isNewDay = !isThread && (!before || day(instant(before.ts), hooks.timeZone) !== dayName);
    if (isNewDay) {
      items.push({ key: `day ${dayName}`, signature: dayName, build: () => h("li", { class: "day" }, h("span", null, dayName)) });
    }
    const follows = !isNewDay && before && continues(before, message);
    const replies = isThread ? [] : channel.messages.filter((other) => other.thread_ts === message.ts && isReply(other));
    const isEdited = hooks.editing === message.ts;
    const last = replies.at(-1)?.ts;
    items.push({
      key: message.ts + (message._only_for ?? ""),
      signature: JSON.stringify([message, follows, replies.length, last, isEdited, hooks.me, isThread]),
      build: () => row(message, channel, follows, replies, hooks, isThread),
    });
    before = message;
  }
  reconcile(list, items);
}

const continues = (before, message) =>
  before.user === message.user && !message._only_for && !before._only_for && !before.reply_count &&
  Number(message.ts) - Number(before.ts) < SAME_BREATH_SECONDS;

function reconcile(list, items) {
  const old = rowsOf.get(list) ?? new Map();
  const rows = new Map();
  const keys = new Set(items.map((item) => item.key));
  for (const [key, { node }] of old) if (!keys.has(key)) node.remove();
  let place = list.firstChild;
  for (const { key, signature, build } of items) {
    const kept = old.get(key);
    let node = kept?.node;
    if (kept?.signature !== signature) {
      node = build();
      if (kept) {
        const hadFocus = kept.node.contains(document.activeElement);
        const isHere = kept.node === place;
        kept.node.replaceWith(node);
        if (isHere) place = node;
        if (hadFocus) (node.querySelector("[data-autofocus]") ?? node).focus({ preventScroll: true });
      }
    }
    if (node === place) place = place.nextSibling;
    else list.insertBefore(node, place);
    rows.set(key, { node, signature });
  }
  rowsOf.set(list, rows);
}

function row(message, channel, follows, replies, hooks, isThread) {
  if (message.subtype === "tombstone") return tombstone(message, replies, hooks);
  const at = instant(message.ts);
  const name = hooks.userName(message.user) ?? "Someone";
  const isApp = Boolean(message.bot_id) || message.user === hooks.app;
  const time = h("time", { datetime: at.toISOString() }, clock(at, hooks.timeZone));
  const context = { ...hooks, press: hooks.pressIn(channel, message), choose: hooks.chooseIn(channel, message) };
  const classes = ["message", follows && "follows", message._only_for && "only-for-me"].filter(Boolean).join(" ");
  return h(
    "li",
    { class: classes, tabindex: "-1", dataset: { ts: message.ts } },
    follows ? h("span", { class: "gutter" }, time) : avatar(message.user, name, isApp),
    h(
      "div",
      { class: "body" },
      message._only_for && h("p", { class: "only" }, "Only visible to you"),
      !follows && h("p", { class: "by" }, h("b", null, name), isApp && h("span", { class: "badge" }, "App"), time),
      hooks.editing === message.ts ? editor(message, channel, hooks) : content(message, context),
      !isThread && replies.length > 0 && threadLink(message, replies, hooks),
    ),
    hooks.editing === message.ts ? null : tools(message, channel, hooks, isThread),
  );
}

function tombstone(message, replies, hooks) {
  const body = h("div", { class: "body" }, h("p", { class: "gone" }, message.text), replies.length > 0 && threadLink(message, replies, hooks));
  return h("li", { class: "message", tabindex: "-1", dataset: { ts: message.ts } }, h("span"), body);
}

/** A round badge with the person's initials; the colour follows from the id. */
export function avatar(userId, name, isApp = false) {
  const initials = name.split(/\s+/).map((part) => part[0] ?? "").join("").slice(0, 2).toUpperCase();
  const tone = [...(userId ?? "")].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1009, 7) % 8;
  return h("span", { class: isApp ? "avatar app" : `avatar tone-${tone}`, "aria-hidden": "true" }, isApp ? "C" : initials);
}

function content(message, context) {
  const edited = message.edited && h("span", { class: "edited" }, " (edited)");
  const files = (message.files ?? []).map((file) => attached(file, context));
  if (message.blocks?.length && !message.blocks.every((block) => block.type === "rich_text" && !message.bot_id)) {
    return h("div", { class: "content" }, renderBlocks(message.blocks, context), edited, files);
  }
  return h("div", { class: "content" }, h("div", { class: "words" }, mrkdwn(message.text ?? "", context), edited), files);
}

function attached(file, context) {
  const name = file.title ?? file.name ?? "unnamed";
  if (!file.url_private_download) return h("p", { class: "file" }, `File: ${name}`);
  const href = `/ui/file?${new URLSearchParams({ as: context.me, id: file.id })}`;
  const size = `${file.name} · ${file.size < 1024 ? `${file.size} B` : `${Math.round(file.size / 1024)} kB`}`;
  return h("a", { class: "file", href, download: file.name }, h("b", null, `Download ${name}`), h("span", { class: "hint" }, size));
}

function threadLink(message, replies, hooks) {
  const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  const who = [...new Set(replies.map((reply) => reply.user))].slice(0, 4);
  return h(
    "button",
    { class: "thread-link", type: "button", onclick: () => hooks.openThread(message.ts) },
    h("span", { class: "faces" }, who.map((id) => avatar(id, hooks.userName(id) ?? "?", id === hooks.app))),
    h("b", null, count),
    h("span", { class: "hint" }, `last at ${clock(instant(replies.at(-1).ts), hooks.timeZone)}`),
  );
}

function tools(message, channel, hooks, isThread) {
  if (message._only_for) return null;
  const isMine = message.user === hooks.me && !message.subtype;
  const tool = (label, run) => h("button", { type: "button", onclick: run }, label);
  const offered = [
    !isThread && tool("Reply in Thread", () => hooks.openThread(message.thread_ts ?? message.ts)),
    isMine && tool("Edit", () => hooks.edit(message.ts)),
    isMine && tool("Delete", () => hooks.remove(channel.id, message.ts)),
  ].filter(Boolean);
  return offered.length > 0 && h("div", { class: "tools", role: "group", "aria-label": "Message actions" }, offered);
}

function editor(message, channel, hooks) {
  const area = h("textarea", { rows: 3, "aria-label": "Edit message", "data-autofocus": true, value: hooks.readable(message.text ?? "") });
  const save = () => hooks.saveEdit(channel.id, message.ts, area.value);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hooks.cancelEdit();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    save();
  });
  requestAnimationFrame(() => area.focus());
  const cancel = h("button", { class: "button", type: "button", onclick: hooks.cancelEdit }, "Cancel");
  return h("div", { class: "editor" }, area, h("div", { class: "actions" }, h("button", { class: "button primary", type: "button", onclick: save }, "Save"), cancel));
}
