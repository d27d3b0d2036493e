/** Owns the fields of a form: how an input block looks, and what was filled in. */

import { h, plain } from "./text.js";

/** One labelled input with its hint and its error; `context.errors` are sentences by block_id. */
export function field(block, context) {
  const element = block.element;
  const error = context.errors?.[block.block_id];
  const id = `field-${block.block_id}`;
  const notes = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const props = { id, name: block.block_id, "aria-describedby": notes || null, "aria-invalid": error ? "true" : null };
  const control = (CONTROLS[element.type] ?? unknownControl)(element, props);
  const isGroup = control.getAttribute("role") === "radiogroup";
  const label = [...plain(block.label.text), block.optional && h("span", { class: "optional" }, " (optional)")];
  return h(
    "div",
    { class: error ? "block field wrong" : "block field" },
    isGroup ? h("span", { class: "label", id: `${id}-label` }, label) : h("label", { class: "label", for: id }, label),
    block.hint && h("p", { class: "hint", id: `${id}-hint` }, plain(block.hint.text)),
    control,
    error && h("p", { class: "error", id: `${id}-error`, role: "alert" }, error),
  );
}

/** What was filled into a form, as {block_id: text}; a choice counts by its label, and only when it was made. */
export function filled(form) {
  const isOpen = ([name, value]) => value === "" && form.elements.namedItem(name) instanceof HTMLSelectElement;
  const entries = [...new FormData(form)].filter((entry) => !isOpen(entry));
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value).replaceAll("\r\n", "\n")]));
}

/** Put values back into a form that was drawn anew. */
export function refill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const control = form.elements.namedItem(name);
    if (control) control.value = value;
  }
}

const asInput = (type) => (element, props) =>
  h("input", {
    ...props,
    type,
    class: "control",
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    value: element.initial_value ?? element.initial_time ?? element.initial_date ?? "",
  });

const options = (element) => element.options ?? element.option_groups.flatMap((group) => group.options);

const CONTROLS = {
  plain_text_input: (element, props) => {
    if (!element.multiline) return asInput("text")(element, props);
    const control = { ...props, class: "control", rows: 5, placeholder: element.placeholder?.text, maxlength: element.max_length };
    return h("textarea", { ...control, value: element.initial_value ?? "" });
  },
  number_input: asInput("number"),
  email_text_input: asInput("email"),
  timepicker: asInput("time"),
  datepicker: asInput("date"),
  static_select: (element, props) =>
    h(
      "select",
      { ...props, class: "control" },
      !element.initial_option && h("option", { value: "", selected: true }, element.placeholder?.text ?? "Choose"),
      options(element).map((option) =>
        h("option", { value: option.text.text, selected: element.initial_option?.value === option.value }, plain(option.text.text)),
      ),
    ),
  radio_buttons: (element, props) =>
    h(
      "div",
      { id: props.id, role: "radiogroup", class: "radios", "aria-labelledby": `${props.id}-label`, "aria-describedby": props["aria-describedby"] },
      options(element).map((option) =>
        h(
          "label",
          { class: "radio" },
          h("input", { type: "radio", name: props.name, value: option.text.text, checked: element.initial_option?.value === option.value }),
          h("span", null, plain(option.text.text), option.description && h("span", { class: "hint" }, plain(option.description.text))),
        ),
      ),
    ),
};

const unknownControl = (element) => h("p", { class: "unknown" }, `[${element.type}]`);
