/** Owns how Slack's text becomes nodes. Data only ever enters through text nodes, never as markup. */

/** Make an element: `props` are attributes, `on…` listeners, or `dataset`; null and false are left out. */
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", wave: "👋", tada: "🎉", bulb: "💡", lock: "🔒",
  eyes: "👀", thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", books: "📚", book: "📖", calendar: "📅",
  memo: "📝", mag: "🔍", speech_balloon: "💬", slightly_smiling_face: "🙂", smile: "😄", star: "⭐", hourglass: "⌛",
};
const BEFORE = "(^|[\\s(\\[{\"'“‘—–/-])";
const AFTER = "(?=$|[\\s)\\]}.,;:!?\"'”’—–/-])";
const INLINE = new RegExp(
  "`(?<code>[^`\\n]+)`|<(?<angle>[^<>\\n]+)>|:(?<emoji>[a-z0-9_+-]+):|" +
    `(?<before>${BEFORE.slice(1, -1)})(?<mark>[*_~])(?<inner>\\S(?:[^\\n]*?\\S)?)\\k<mark>${AFTER}`,
  "g",
);
const SAFE = /^(https?:\/\/|mailto:)/i;
const MARK_TAGS = { "*": "strong", _: "em", "~": "s" };

/** Undo Slack's three escapes; everything else stays as it stands. */
export const unescaped = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Nodes of a text in Slack's mrkdwn: fences, quotations, then marks inside lines. */
export function mrkdwn(text, context) {
  return text.split("```").flatMap((part, at) => {
    if (at % 2) return [h("pre", null, unescaped(part.replace(/^\n|\n$/g, "")))];
    return quoted(at ? part.replace(/^\n/, "") : part, context);
  });
}

/** Nodes of a text that is no markup at all, except emoji names. */
export const plain = (text) => [unescaped(text).replace(/:([a-z0-9_+-]+):/g, (all, name) => EMOJI[name] ?? all)];

function quoted(text, context) {
  const nodes = [];
  let lines = [];
  let isQuote = false;
  const flush = () => {
    if (lines.length) {
      const body = inline(lines.join("\n"), context);
      nodes.push(...(isQuote ? [h("blockquote", null, body)] : body));
    }
    lines = [];
  };
  for (const line of text.split("\n")) {
    const mark = /^(?:&gt;|>) ?/.exec(line);
    if (Boolean(mark) !== isQuote) {
      flush();
      isQuote = Boolean(mark);
    }
    lines.push(mark ? line.slice(mark[0].length) : line);
  }
  flush();
  return nodes;
}

function inline(text, context) {
  const nodes = [];
  let done = 0;
  for (const found of text.matchAll(INLINE)) {
    const { code, angle, emoji, before, mark, inner } = found.groups;
    nodes.push(unescaped(text.slice(done, found.index) + (before ?? "")));
    if (code !== undefined) nodes.push(h("code", null, unescaped(code)));
    else if (angle !== undefined) nodes.push(angled(angle, context));
    else if (emoji !== undefined) nodes.push(EMOJI[emoji] ?? found[0]);
    else nodes.push(h(MARK_TAGS[mark], null, inline(inner, context)));
    done = found.index + found[0].length;
  }
  nodes.push(unescaped(text.slice(done)));
  return nodes.filter((node) => node !== "");
}

function angled(inside, context) {
  const [target, label] = inside.split(/\|(.*)/s);
  if (target.startsWith("@")) return mention(target.slice(1), context, label);
  if (target.startsWith("#")) return h("span", { class: "mention" }, `#${label || context.channelName(target.slice(1))}`);
  if (target.startsWith("!date^")) return dated(target, label, context);
  if (target.startsWith("!")) return h("span", { class: "mention" }, `@${target.slice(1).split("^")[0]}`);
  if (!SAFE.test(target)) return `<${unescaped(inside)}>`;
  return link(unescaped(target), unescaped(label || target));
}

/** A person's name set apart; `context.me` is highlighted. */
export function mention(userId, context, label) {
  const isMe = userId === context.me;
  return h("span", { class: isMe ? "mention mine" : "mention" }, `@${context.userName(userId) ?? label ?? userId}`);
}

/** A link to the web or a mailbox; any other scheme stays plain text. */
export function link(url, label) {
  if (!SAFE.test(url)) return h("span", null, label);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

function dated(target, fallback, context) {
  const [, seconds, pattern = "{date_short} {time}"] = target.split("^");
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return unescaped(fallback ?? target);
  const shown = pattern.replace(/\{(\w+)\}/g, (all, token) => {
    if (token.startsWith("time")) return clock(at, context.timeZone);
    const month = token.includes("long") ? "long" : "short";
    return token.startsWith("date") ? format(at, context.timeZone, { day: "numeric", month, year: "numeric" }) : all;
  });
  return h("time", { datetime: at.toISOString() }, shown);
}

function format(at, timeZone, options) {
  try {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone }).format(at);
  } catch {
    return new Intl.DateTimeFormat("en-GB", options).format(at); // a zone this browser does not know
  }
}

/** Hours and minutes where the person is. */
export const clock = (at, timeZone) => format(at, timeZone, { hour: "2-digit", minute: "2-digit" });

/** Weekday and date where the person is. */
export const day = (at, timeZone) => format(at, timeZone, { weekday: "long", day: "numeric", month: "long" });
