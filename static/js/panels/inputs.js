/**
 * One field an input: a number with a slider, or a tensor's shape with its editor behind "edit".
 * Where nobody can be asked for other values, the number alone, or the shape.
 */

import { formatFull, formatShape } from "../format.js";
import { isFixed } from "../state.js";
import { byId, h, nameOf } from "./dom.js";
import { rangeFor } from "./ranges.js";

/** @import { Page } from "../state.js" */
/** @import { GivenInput, InputInfo, Tensor } from "../types.d.ts" */

/** @typedef {(name: string, value: GivenInput | undefined) => void} Give undefined: let the server assume one */
/** @typedef {{ row: HTMLElement, update: (value: Tensor, given: GivenInput | undefined, assumed: boolean) => void }} Row */

/**
 * @param {Give} give
 * @returns {(page: Page, previous?: Page) => void}
 */
export function createInputs(give) {
  const list = byId("inputs");
  /** @type {Map<string, Row>} */
  let rows = new Map();
  let signature = "";

  return (page, previous) => {
    const { trace, given, look } = page;
    if (trace === previous?.trace && look.locks === previous.look.locks) return;
    const fixed = isFixed(page, "inputs");
    const nodes = new Map(trace.nodes.map((node) => [node.id, node]));
    const inputs = Object.entries(trace.inputs).flatMap(([name, info]) => {
      const node = nodes.get(info.node ?? "");
      return node ? [{ name, info, node }] : [];
    });
    const kinds = JSON.stringify(
      inputs.map(({ name, info, node }) => [name, info.role, node.value.shape.length > 0, fixed]),
    );
    if (kinds !== signature) {
      rows = new Map(
        inputs.map(({ name, info, node }) => [
          name,
          fixed
            ? fixedRow(name)
            : node.value.shape.length
              ? tensorRow(name, give)
              : scalarRow(name, info, give),
        ]),
      );
      list.replaceChildren(...Array.from(rows.values(), ({ row }) => row));
      signature = kinds;
    }
    for (const { name, info, node } of inputs)
      rows.get(name)?.update(node.value, given[name], info.assumed);
  };
}

/**
 * @param {string} name
 * @param {...Node} controls
 */
function rowOf(name, ...controls) {
  const tag = h(
    "span",
    { class: "assumed", title: "The program gives no value; this one was chosen for you." },
    "assumed",
  );
  const row = h(
    "div",
    { class: "input" },
    h("span", { class: "input-name" }, nameOf(name), tag),
    ...controls,
  );
  return { row, tag };
}

/**
 * @param {string} name
 * @returns {Row}
 */
function fixedRow(name) {
  const field = h("output", { class: "fixed", "aria-label": name });
  const { row, tag } = rowOf(name, field);
  return {
    row,
    update({ shape, data }, _given, assumed) {
      field.textContent = shape.length ? formatShape(shape) : formatFull(Number(data));
      tag.hidden = !assumed;
    },
  };
}

/**
 * An emptied field goes back to the value that the program or the server gives.
 * @param {string} name
 * @param {InputInfo} info
 * @param {Give} give
 * @returns {Row}
 */
function scalarRow(name, info, give) {
  const whole = info.role === "label";
  const slider = h("input", {
    type: "range",
    "aria-label": `${name} slider`,
    input() {
      sent = slider.valueAsNumber;
      give(name, sent);
    },
    blur: () => (sent = undefined),
  });
  const field = h("input", {
    type: "number",
    "aria-label": name,
    step: whole ? 1 : "any",
    title: "Empty it to have a value chosen for you.",
    input: () => {
      if (Number.isFinite(field.valueAsNumber)) give(name, field.valueAsNumber);
      else if (!field.validity.badInput) give(name, undefined);
    },
    blur: () => write(field),
  });
  let value = 0;
  /** @type {number | undefined} what the slider asked for last: on the way there it keeps its range and its place */
  let sent;
  /** @param {HTMLInputElement} control */
  const write = (control) => {
    if (control.value !== String(value)) control.value = String(value);
  };
  /** @type {ReturnType<typeof rangeFor> | undefined} */
  let range;
  const { row, tag } = rowOf(name, slider, field);
  return {
    row,
    update({ data }, _given, assumed) {
      value = Number(data);
      tag.hidden = !assumed;
      if (document.activeElement !== field) write(field);
      if (sent !== undefined && sent !== value) return;
      sent = undefined;
      const wanted = rangeFor(value, whole, range);
      if (wanted !== range)
        Object.assign(
          slider,
          Object.fromEntries(Object.entries(wanted).map(([k, v]) => [k, String(v)])),
        );
      range = wanted;
      write(slider);
    },
  };
}

/**
 * @param {string} name
 * @param {Give} give
 * @returns {Row}
 */
function tensorRow(name, give) {
  const about = h("span", { class: "shape" });
  const editor = h("div", { class: "matrix", role: "group", "aria-label": name, hidden: true });
  const edit = h(
    "button",
    {
      type: "button",
      class: "edit",
      "aria-expanded": "false",
      "aria-label": `edit ${name}`,
      click: open,
    },
    "edit",
  );
  const { row, tag } = rowOf(name, about, edit, editor);
  /** @type {[Tensor, GivenInput | undefined]} */
  let latest;
  /** @type {Promise<(value: Tensor, given: GivenInput | undefined) => void> | undefined} */
  let filling;

  function open() {
    editor.hidden = !editor.hidden;
    edit.setAttribute("aria-expanded", String(!editor.hidden));
    filling ??= import("./matrix.js").then(({ createMatrix }) =>
      createMatrix(editor, name, (value) => give(name, value)),
    );
    refresh();
  }
  const refresh = () => filling?.then((fill) => fill(...latest));

  return {
    row,
    update(value, given, assumed) {
      latest = [value, given];
      const spec =
        given && typeof given === "object" && !Array.isArray(given)
          ? ` · ${given.fill} · seed ${given.seed ?? 0}`
          : "";
      about.textContent = formatShape(value.shape) + spec;
      tag.hidden = !assumed;
      refresh();
    },
  };
}
