/** Owns the form in front of the page: what it shows, sending it, closing it. */

import { filled, refill } from "./fields.js";
import { renderBlocks } from "./blocks.js";
import { h, plain } from "./text.js";

const shown = new WeakMap();

/** Show the top view of the stack, or nothing; what was typed survives when the same view comes back with errors. */
export function drawModal(dialog, top, context, act) {
  if (!top) return closeModal(dialog);
  const { title, blocks, submit, close } = top.view;
  const signature = JSON.stringify([top.id, title, blocks, submit, close, top.errors, context.me]);
  const before = shown.get(dialog);
  if (before?.signature === signature) return undefined;
  const values = before?.id === top.id ? filled(dialog.querySelector("form")) : {};
  shown.set(dialog, { signature, id: top.id });
  dialog.replaceChildren(form(top, context, act));
  refill(dialog.querySelector("form"), values);
  dialog.oncancel = (event) => {
    event.preventDefault();
    act("close", {});
  };
  if (!dialog.open) dialog.showModal();
  const first = dialog.querySelector("[aria-invalid=true]") ?? (before?.id === top.id ? null : dialog.querySelector(".control, .radio input"));
  first?.focus();
  return undefined;
}

/** Take the form away without telling anyone. */
export function closeModal(dialog) {
  shown.delete(dialog);
  if (dialog.open) dialog.close();
  dialog.replaceChildren();
}

function form(top, context, act) {
  const view = top.view;
  const acting = {
    ...context,
    errors: top.errors,
    press: (element) => act("press", { action_id: element.action_id, label: element.text?.text, modal: true }),
    choose: (option) => act("choose", { label: option.text.text, value: option.value, modal: true }),
  };
  const submit = async (event) => {
    event.preventDefault();
    const button = event.target.querySelector("[type=submit]");
    button.disabled = true;
    await act("submit", { values: filled(event.target) });
    button.disabled = false;
  };
  const fields = new Set(view.blocks.filter((block) => block.type === "input").map((block) => block.block_id));
  const stray = Object.entries(top.errors ?? {}).filter(([blockId]) => !fields.has(blockId));
  return h(
    "form",
    { onsubmit: submit, novalidate: true },
    h(
      "header",
      null,
      h("h2", { id: "modal-title" }, plain(view.title.text)),
      h("button", { class: "close", type: "button", "aria-label": "Close", onclick: () => act("close", {}) }, "×"),
    ),
    h("div", { class: "modal-body" }, renderBlocks(view.blocks, acting), stray.map(([, error]) => h("p", { class: "error", role: "alert" }, error))),
    h(
      "footer",
      null,
      h("button", { class: "button", type: "button", onclick: () => act("close", {}) }, view.close ? plain(view.close.text) : view.submit ? "Cancel" : "Close"),
      view.submit && h("button", { class: "button primary", type: "submit" }, plain(view.submit.text)),
    ),
  );
}
