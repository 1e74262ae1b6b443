/**
 * One field an input: a number with a slider, or a tensor's shape with its editor behind "edit".
 * Where nobody can be asked for other values, the number alone, or the shape.
 */

import { formatFull, formatShape } from "../format.js";
import { byId, h, nameOf } from "./dom.js";

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

  return ({ trace, given, alone }, previous) => {
    if (trace === previous?.trace) return;
    const nodes = new Map(trace.nodes.map((node) => [node.id, node]));
    const inputs = Object.entries(trace.inputs).flatMap(([name, info]) => {
      const node = nodes.get(info.node ?? "");
      return node ? [{ name, info, node }] : [];
    });
    const kinds = JSON.stringify(
      inputs.map(({ name, info, node }) => [name, info.role, node.value.shape.length > 0]),
    );
    if (kinds !== signature) {
      rows = new Map(
        inputs.map(({ name, info, node }) => [
          name,
          alone
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
    step: whole ? 1 : 0.1,
  });
  const field = h("input", { type: "number", "aria-label": name, step: "any" });
  const read = /** @param {Event} event */ ({ currentTarget }) => {
    const value = /** @type {HTMLInputElement} */ (currentTarget).valueAsNumber;
    if (Number.isFinite(value)) give(name, value);
  };
  slider.addEventListener("input", read);
  field.addEventListener("input", read);
  let reach = 10;
  const { row, tag } = rowOf(name, slider, field);
  return {
    row,
    update({ data }, _given, assumed) {
      const value = Number(data);
      while (Math.abs(value) > reach) reach *= 10;
      slider.min = String(whole ? 0 : -reach);
      slider.max = String(reach);
      if (!whole) slider.step = String(reach / 100);
      if (document.activeElement !== slider) slider.value = String(value);
      if (document.activeElement !== field) field.value = String(value);
      tag.hidden = !assumed;
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
