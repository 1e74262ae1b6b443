/** Another program in the place of this one: part of what can be undone, together with its values. */

import { Annotation, StateEffect } from "../../vendor/codemirror.js";

/** @import { GivenInput } from "../types.d.ts" */

/** @typedef {Record<string, GivenInput>} Given */

/** @type {import("@codemirror/state").StateEffectType<{ from: Given, to: Given }>} */
export const switchedValues = StateEffect.define();

/** The page changed the text, so it need not be told of it. */
export const fromPage = /** @type {import("@codemirror/state").AnnotationType<boolean>} */ (
  Annotation.define()
);

/**
 * What undoing a transaction does to the values.
 * @param {import("@codemirror/state").Transaction} transaction
 */
export const inverse = ({ effects }) =>
  effects.flatMap((effect) =>
    effect.is(switchedValues)
      ? switchedValues.of({ from: effect.value.to, to: effect.value.from })
      : [],
  );
