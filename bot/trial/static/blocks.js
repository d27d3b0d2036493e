/** Owns how Block Kit looks: every block we send, and "[type]" for any other. */

import { chart } from "./charts.js";
import { field } from "./fields.js";
import { h, link, mention, mrkdwn, plain } from "./text.js";

/**
 * Nodes of a list of blocks. `context` names people and channels and has `press(element)`,
 * `choose(option)` and `errors` ({block_id: sentence}); without press and choose nothing can be pressed.
 */
export function renderBlocks(blocks, context) {
  return (blocks ?? []).map((block) => {
    try {
      return (BLOCKS[block.type] ?? unknown)(block, context);
    } catch {
      return unknown(block); // one malformed block must not hide its neighbours
    }
  });
}

const unknown = (block) => h("p", { class: "unknown" }, `[${block?.type ?? "block"}]`);

const words = (text, context) => (text?.type === "mrkdwn" ? mrkdwn(text.text, context) : plain(text?.text ?? ""));

const BLOCKS = {
  section: (block, context) =>
    h(
      "div",
      { class: block.accessory ? "block section with-accessory" : "block section" },
      h(
        "div",
        { class: "section-words" },
        block.text && h("div", { class: "words" }, words(block.text, context)),
        block.fields &&
          h("div", { class: "fields" }, block.fields.map((text) => h("div", { class: "words" }, words(text, context)))),
      ),
      block.accessory && h("div", { class: "accessory" }, renderElement(block.accessory, block, context)),
    ),
  header: (block) => h("h3", { class: "block header" }, plain(block.text.text)),
  divider: () => h("hr", { class: "block" }),
  markdown: (block) => h("div", { class: "block words" }, block.text),
  image: (block) => picture(block),
  context: (block, context) =>
    h(
      "div",
      { class: "block context" },
      block.elements.map((element) =>
        element.type === "image" ? picture(element) : h("span", { class: "words" }, words(element, context)),
      ),
    ),
  actions: (block, context) =>
    h("div", { class: "block actions", role: "group", "aria-label": "Actions" }, block.elements.map((element) => renderElement(element, block, context))),
  context_actions: (block, context) =>
    h("div", { class: "block actions quiet", role: "group", "aria-label": "Feedback" }, block.elements.map((element) => renderElement(element, block, context))),
  rich_text: (block, context) => h("div", { class: "block rich" }, block.elements.map((element) => richPart(element, context))),
  table: (block, context) => table(block.rows, block.column_settings ?? [], null, context),
  data_table: (block, context) => table(block.rows, [], block.caption, context, block.row_header_column_index ?? 0),
  data_visualization: (block) => chart(block),
  input: (block, context) => field(block, context),
};

const picture = (image) => h("span", { class: "picture", role: "img", "aria-label": image.alt_text }, `Picture: ${image.alt_text ?? ""}`);

function renderElement(element, block, context) {
  return (ELEMENTS[element.type] ?? unknown)(element, block, context);
}

const ELEMENTS = {
  button: (element, block, context) => {
    if (element.url) return page(element, context);
    const style = element.style ? `button ${element.style}` : "button";
    return pressable(element, block, context, { class: style }, plain(element.text.text));
  },
  icon_button: (element, block, context) => pressable(element, block, context, { class: "button" }, plain(element.text.text)),
  feedback_buttons: (element, block, context) =>
    [element.positive_button, element.negative_button].filter(Boolean).map((half) =>
      pressable({ ...element, text: half.text, value: half.value }, block, context, { class: "button" }, plain(half.text.text)),
    ),
  static_select: (element, block, context) => {
    const options = element.options ?? element.option_groups.flatMap((group) => group.options);
    const chosen = element.initial_option ? options.findIndex((option) => option.value === element.initial_option.value) : -1;
    const select = h(
      "select",
      {
        class: "button",
        "aria-label": element.placeholder?.text ?? "Choose",
        disabled: !context.choose,
        onchange: (event) => confirmed(element) && context.choose(options[Number(event.target.value)]),
      },
      chosen < 0 && h("option", { value: "", selected: true, disabled: true }, element.placeholder?.text ?? "Choose"),
      options.map((option, at) => h("option", { value: String(at), selected: at === chosen }, plain(option.text.text))),
    );
    return select;
  },
  overflow: (element, block, context) => {
    const menu = h("details", { class: "overflow" }, h("summary", { class: "button", "aria-label": "More actions" }, "⋯"));
    const choices = element.options.map((option) =>
      pressable(element, block, { press: context.choose && (() => context.choose(option)) }, { class: "choice" }, plain(option.text.text)),
    );
    menu.append(h("div", { class: "choices", onclick: () => (menu.open = false) }, choices));
    menu.addEventListener("focusout", (event) => {
      if (!menu.contains(event.relatedTarget)) menu.open = false;
    });
    return menu;
  },
  image: (element) => picture(element),
};

/** A button that opens a page in a new tab; Slack tells the app of it as well. */
function page(element, context) {
  const node = link(element.url, element.text.text);
  node.classList.add("button");
  node.addEventListener("click", () => context.press?.(element));
  return node;
}

function pressable(element, block, context, props, label) {
  const press = async (event) => {
    const button = event.currentTarget;
    if (!confirmed(element)) return;
    button.disabled = true; // one tap is one press
    await context.press(element);
    button.disabled = false;
  };
  const said = element.accessibility_label;
  return h("button", { ...props, type: "button", "aria-label": said, disabled: !context.press, onclick: press }, label);
}

function confirmed(element) {
  const asks = element.confirm;
  return !asks || window.confirm(`${asks.title?.text ?? ""}\n\n${asks.text?.text ?? ""}`);
}

function richPart(part, context) {
  if (part.type === "rich_text_preformatted") return h("pre", null, richInline(part.elements, context));
  if (part.type === "rich_text_quote") return h("blockquote", null, richInline(part.elements, context));
  if (part.type === "rich_text_list") {
    const isOrdered = part.style === "ordered";
    const items = part.elements.map((item) => h("li", null, richInline(item.elements, context)));
    const start = isOrdered && part.offset ? part.offset + 1 : null;
    return h(isOrdered ? "ol" : "ul", { class: `indent-${part.indent ?? 0}`, start }, items);
  }
  if (part.type === "rich_text_section") return h("div", { class: "words" }, richInline(part.elements, context));
  return unknown(part);
}

const STYLE_TAGS = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

function richInline(elements, context) {
  return elements.map((element) => {
    const inner = RICH[element.type]?.(element, context) ?? `[${element.type}]`;
    return Object.keys(STYLE_TAGS).reduce((node, style) => (element.style?.[style] ? h(STYLE_TAGS[style], null, node) : node), inner);
  });
}

const RICH = {
  text: (element) => element.text,
  link: (element) => link(element.url, element.text ?? element.url),
  user: (element, context) => mention(element.user_id, context),
  channel: (element, context) => h("span", { class: "mention" }, `#${context.channelName(element.channel_id)}`),
  broadcast: (element) => h("span", { class: "mention" }, `@${element.range}`),
  emoji: (element) => plain(`:${element.name}:`)[0],
  date: (element) => element.fallback ?? String(element.timestamp),
};

function table(rows, settings, caption, context, rowHeader = null) {
  const cell = (value) => (value.type === "rich_text" ? value.elements.map((part) => richPart(part, context)) : String(value.text ?? value.value ?? ""));
  const align = (at) => ({ class: settings[at]?.align ? `align-${settings[at].align}` : null });
  const [head, ...body] = rows;
  return h(
    "div",
    { class: "block table-scroll", tabindex: "0", role: "region", "aria-label": caption ?? "Table" },
    h(
      "table",
      null,
      caption && h("caption", null, caption),
      h("thead", null, h("tr", null, head.map((value, at) => h("th", { scope: "col", ...align(at) }, cell(value))))),
      h(
        "tbody",
        null,
        body.map((row) =>
          h("tr", null, row.map((value, at) => (at === rowHeader ? h("th", { scope: "row", ...align(at) }, cell(value)) : h("td", align(at), cell(value))))),
        ),
      ),
    ),
  );
}
