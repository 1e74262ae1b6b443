/** What can be written on: the language's functions, as the lecture spells them, and the program's own names. */

import { autocompletion, syntaxTree } from "../../vendor/codemirror.js";
import { formatShape } from "../format.js";

/** @import { CompletionContext } from "@codemirror/autocomplete" */
/** @import { Writing } from "./editor.js" */

/** @typedef {{ name: string, form: string, words: string, spellings: string[], methods: string[] }} Known */
/** @typedef {{ primitives: Known[], functions: Known[], overload_forms: string[] }} Language */
/** @typedef {{ label: string, detail?: string, info?: string, type?: string, boost?: number }} Choice */

/** @param {Writing} writing */
export function completion(writing) {
  const { call } = writing;
  /** @type {Promise<{ functions: Choice[], methods: Choice[] }> | undefined} */
  let known;

  /** The server's list, asked for once; without it there are the program's own names. */
  async function functions() {
    known ??= /** @type {typeof call<Language>} */ (call)("/api/primitives").then(({ answer }) => {
      if (!answer) known = undefined;
      return choicesOf(answer ?? { primitives: [], functions: [], overload_forms: [] });
    });
    return known;
  }

  /** @param {CompletionContext} context */
  async function choices(context) {
    const word = context.matchBefore(/(?:[\p{L}_][\p{L}\w]*\.)*[\p{L}_]?[\p{L}\w]*/u);
    if (!word || silent(context, word.from)) return null;
    const dot = word.text.lastIndexOf(".");
    const isMethod = dot >= 0 && !/^(np|numpy)\./.test(word.text);
    if (!context.explicit && word.text.length < 2) return null;
    const { functions: all, methods } = await functions();
    if (isMethod) return { from: word.from + dot + 1, options: methods, validFor: /^\w*$/ };
    const own = dot < 0 ? namesOf(context, writing) : [];
    const options = [...own, ...all];
    if (!context.explicit && options.some(({ label }) => label === word.text)) return null;
    return { from: word.from, options, validFor: /^[\p{L}\w.]*$/u };
  }

  return autocompletion({
    override: [choices],
    icons: false,
    interactionDelay: 0,
    aboveCursor: false,
    positionInfo: (_view, list, _option, info, space) => {
      const below = list.bottom + (info.bottom - info.top) < space.bottom;
      const side = below
        ? `top: ${list.bottom - list.top + 2}px`
        : `bottom: ${list.bottom - list.top + 2}px`;
      return { style: `${side}; left: 0; width: ${Math.max(220, list.right - list.left)}px` };
    },
  });
}

/**
 * Whether nothing is to be completed here: in comments, texts and numbers.
 * @param {CompletionContext} context
 * @param {number} from
 */
function silent({ state, pos }, from) {
  const { name } = syntaxTree(state).resolveInner(pos, -1);
  return /Comment|String|Number/.test(name) || /[\d.]/.test(state.sliceDoc(from - 1, from));
}

/** @param {Language} language */
function choicesOf({ primitives, functions, overload_forms: forms }) {
  const known = [...primitives, ...functions];
  const written = known.flatMap(({ form, words, spellings }) =>
    form ? spellings.map((spelling) => choiceOf(form, words, spelling)) : [],
  );
  const methods = known.flatMap(({ words, methods }) =>
    methods.map((label) => ({ label, info: words, type: "method" })),
  );
  return {
    functions: [...written, ...forms.map((form) => choiceOf(form, ""))],
    methods: [{ label: "T", info: "The transpose.", type: "property" }, ...methods],
  };
}

/**
 * @param {string} form such as "np.maximum(x, y)"
 * @param {string} words
 * @param {string} [spelling] in the place of its name
 * @returns {Choice}
 */
function choiceOf(form, words, spelling) {
  const [, prefix = "", name, detail] = form.match(/^(np\.)?([\w.]+)(.*)$/) ?? [];
  return { label: prefix + (spelling ?? name), detail, info: words || undefined, type: "function" };
}

/**
 * Every name in the program but the one being written, with the shape it has on the board.
 * @param {CompletionContext} context
 * @param {Writing} writing
 * @returns {Choice[]}
 */
function namesOf({ state, pos }, { store, frame }) {
  /** @type {Set<string>} */
  const names = new Set();
  syntaxTree(state).iterate({
    enter({ name, from, to }) {
      if (name === "VariableName" && !(from <= pos && pos <= to))
        names.add(state.sliceDoc(from, to));
    },
  });
  names.delete("np");
  const { nodes } = frame();
  const sized = store.get().trace.nodes.filter(({ id }) => nodes[id].valueSized);
  const shapes = new Map(sized.map(({ name, value }) => [name, value.shape]));
  return Array.from(names, (label) => {
    const shape = shapes.get(label);
    return { label, detail: shape?.length ? formatShape(shape) : "", type: "variable", boost: 2 };
  });
}
