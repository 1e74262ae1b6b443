/** The tours, as app/tours.py sends them in their page. */

import type { GivenInput, Nested } from "../../types.d.ts";

export interface NumberQuestion {
  kind: "number";
  ask: string;
  /** name of a node */
  node: string;
  part: "value" | "upstream" | "gradient" | "local" | "downstream" | "shape";
  argument: number;
  slips: { answer: Nested; reason: string }[];
}

export interface ChoiceQuestion {
  kind: "choice";
  ask: string;
  choices: { text: string; right: boolean; reason: string }[];
}

export interface FormulaQuestion {
  kind: "formula";
  ask: string;
  wrt: string;
  right: string;
}

/** Something that is done on the board. */
export interface Task {
  kind: "do";
  ask: string;
  goal: "step" | "rises" | "falls" | "view" | "fold" | "mended";
  /** the step's address, or the view's name */
  target: string;
  /** inputs that do it */
  by: Record<string, GivenInput>;
}

export interface Stop {
  slug: string;
  title: string;
  text: string;
  source: string;
  inputs: Record<string, GivenInput>;
  output?: string;
  wrt?: string[];
  /** address of the step where the board stands */
  at: string;
  /** where it goes once an answer is given */
  reveal?: string;
  detail: 1 | 2 | 3;
  view: string;
  open_source: boolean;
  question: NumberQuestion | ChoiceQuestion | FormulaQuestion | Task;
  after: string;
  links: Record<string, string>;
  citation?: { text: string; url: string };
}

export interface Tour {
  slug: string;
  title: string;
  stops: Stop[];
  /** the tour after this one */
  next?: { slug: string; title: string };
}
