/** The pass as a lecturer works it out on a slide: asked of the engine, which rounds. Loaded on first use. */

/** @import { Host, Page } from "../state.js" */
/** @import { Tensor, Trace, TraceNode } from "../types.d.ts" */

/** Decimals on slides. */
const DIGITS = 2;

/** @param {Host} host */
export function createSlide({ store, call, request, look, say }) {
  /** @type {Trace | undefined} the pass that has been asked about */
  let asked;

  /** @param {Page} page */
  async function show({ look: { round }, trace, slide, status }) {
    if (!round) {
      asked = undefined;
      if (slide) store.set({ slide: undefined });
      return;
    }
    if (asked === trace || status !== "fresh") return;
    asked = trace;
    /** @type {import("../api.js").Answer<Trace>} */
    const { answer } = await call("/api/graph", { ...request(), digits: DIGITS });
    const now = store.get();
    if (now.trace !== trace || !now.look.round) return;
    if (answer) return store.set({ slide: slideOf(answer, trace) });
    look({ round: false });
    say("offline: only the server can round like the slide");
  }
  store.subscribe(show);
  void show(store.get());
}

/**
 * The rounded pass with its decimals, and each node's exact one beside it.
 * @param {Trace} rounded
 * @param {Trace} exact
 * @returns {Trace}
 */
function slideOf(rounded, exact) {
  const nodes = rounded.nodes.map(
    /** @returns {TraceNode} */ (node, i) => ({
      ...node,
      exact: exact.nodes[i],
      value: node.kind === "constant" ? node.value : written(node.value),
      upstream: node.upstream && written(node.upstream),
      inputs: node.inputs.map((wire) => ({
        ...wire,
        local: { ...wire.local, value: wire.local.value && written(wire.local.value) },
        downstream: wire.downstream && written(wire.downstream),
      })),
    }),
  );
  return { ...rounded, nodes };
}

/** @param {Tensor} tensor @returns {Tensor} */
const written = (tensor) => ({ ...tensor, decimals: DIGITS });
