/**
 * The shapes that cross module boundaries in the browser.
 * The first part is the wire format of POST /api/graph; the second is what the page makes of it.
 */

// ---------------------------------------------------------------- the wire

export type Numeric = number | "NaN" | "Infinity" | "-Infinity";
export type Nested = Numeric | Nested[];

export interface Summary {
  min: Numeric;
  max: Numeric;
  mean: Numeric;
  std: Numeric;
  norm: Numeric;
  zeros: number;
  nonfinite: number;
}

export interface Tensor {
  shape: number[];
  /** null when the tensor is over the picture's caps; then `summary` and `preview` stand in for it */
  data: Nested | null;
  summary?: Summary;
  /** top-left corner, at most 8 along each axis */
  preview?: Nested;
  /** a slide's number, which is shown with these decimals */
  decimals?: number;
}

export interface Span {
  line: number;
  column: number;
  end_line: number;
  end_column: number;
}

/** One replacement in the program. */
export interface Edit {
  span: Span;
  text: string;
}

export interface Local {
  structure:
    | "scalar"
    | "diagonal"
    | "matmul"
    | "reduction"
    | "broadcast"
    | "permutation"
    | "selection"
    | "dense";
  shape: number[];
  value: Tensor | null;
  /** one NumPy expression over the program's names, e.g. "z" */
  code: string;
  /** the same, with the nodes' labels for their names */
  said: string;
  latex: string;
  other?: string;
  side?: "left" | "right";
  axes?: number[];
  indices?: number[];
}

export interface WireIn {
  /** id of the node the wire comes from */
  node: string;
  argument: string;
  local: Local;
  downstream: Tensor | null;
  summed_axes: number[];
  /** one NumPy line, e.g. "dq = df * z" */
  code: string;
  latex: string;
}

export interface TraceNode {
  id: string;
  /** the same node in full precision, where this one is rounded as on a slide */
  exact?: TraceNode;
  /** "box" is no node of the trace: a folded group, in a `View` alone */
  kind: "input" | "constant" | "gate" | "box";
  primitive: string | null;
  /** family of the primitive, for styling only */
  family: string | null;
  symbol: string;
  /** what the gate shows when its literal arguments are folded into it, e.g. "x²", "relu", "×2", else the symbol */
  face: string;
  name: string | null;
  aliases: string[];
  /** short text for people: name, literal, source text or generated name */
  label: string;
  /** the node's name in generated code; unique */
  code: string;
  span: Span | null;
  module: string[];
  /** one letter per axis where the program ties axes together, e.g. ["N", "D"] */
  dims: string[];
  value: Tensor;
  upstream: Tensor | null;
  inputs: WireIn[];
  latex: string;
  /** of a box */
  box?: Box;
  /** the box that this value leaves, while its gate is folded */
  host?: string;
}

export interface TraceEdge {
  id: string;
  source: string;
  target: string;
  key: number;
}

export interface TraceStep {
  index: number;
  address: string;
  phase: "forward" | "local" | "backward";
  kind: "evaluate" | "local" | "seed" | "accumulate" | "multiply";
  node: string;
  edge: string | null;
  level: 1 | 2 | 3;
  text: string;
  latex: string;
}

/** One line of the whole function; `parts` say which letters of its LaTeX are which node's, from `start` up to `end`. */
export interface FormulaLine {
  node: string;
  latex: string;
  parts: { node: string; start: number; end: number }[];
}

export interface InputInfo {
  node: string | null;
  assumed: boolean;
  assigned: boolean;
  role: "data" | "label" | "parameter";
}

export interface Warning {
  code: string;
  level: "info" | "warning";
  node: string | null;
  message: string;
  hint: string;
  /** edits that do what the hint says, made together; [] where the student must decide */
  fix: Edit[];
}

export interface BackwardCode {
  line: number;
  source: string;
  problems: { code: string; detail: string; span: Span | null; hint: string; fix: Edit[] }[];
}

export interface Trace {
  schema_version: 1;
  source: string;
  /** passes of one form differ in numbers and in what is said of them; null where a value shapes the circuit */
  form: string | null;
  output: string;
  value: Tensor;
  inputs: Record<string, InputInfo>;
  nodes: TraceNode[];
  edges: TraceEdge[];
  steps: TraceStep[];
  /** empty where it would have too many lines */
  formula: FormulaLine[];
  gradients: Record<string, Tensor>;
  backward_code: BackwardCode | null;
  warnings: Warning[];
}

/** Of a pass of the same form: its numbers, and the words of the steps that were to be told. */
export interface Numbers {
  form: string | null;
  value: Tensor;
  inputs: Record<string, InputInfo>;
  nodes: {
    value: Tensor;
    upstream: Tensor | null;
    inputs: { local: Tensor | null; indices?: number[]; downstream: Tensor | null }[];
  }[];
  steps: Pick<TraceStep, "index" | "text" | "latex">[];
  gradients: Record<string, Tensor>;
}

export type GivenInput =
  | Nested
  | {
      shape: number[];
      fill: "normal" | "uniform" | "zeros" | "ones" | "linspace";
      seed?: number;
      scale?: number;
    };

export interface GraphRequest {
  source: string;
  inputs?: Record<string, GivenInput>;
  output?: string;
  wrt?: string[];
}

/** RFC 9457 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  span?: Span;
  hint?: string;
  limit?: string;
  fix?: Edit[];
}

// ---------------------------------------------------------------- folding

/** Gates that can be folded to one box: a call of a function, a turn of a loop, a repeated layer, a line, a run of several. */
export interface Group {
  /** the same in every trace of the program: "sigmoid#1", "t=3#1", "line 12"; inner ones "layer#1/lin#1" */
  id: string;
  kind: "call" | "turn" | "layer" | "line" | "run";
  label: string;
  /** id of the group around it */
  parent: string | undefined;
  depth: number;
  /** those of inner groups too, in evaluation order, with nothing foreign in between */
  gates: TraceNode[];
}

/** What is folded ("-sigmoid#1") or open ("+t=3#1") against the automatic choice; "*" stands for all others. */
export type Folds = readonly string[];

export interface Box {
  group: Group;
  /** gates, and the constants that only they use */
  members: TraceNode[];
  /** those whose values leave it */
  outlets: string[];
}

/**
 * A trace with some groups folded, to be drawn: in the place of folded gates stand boxes, right before the values that
 * leave them.
 */
export interface View extends Trace {
  whole: Trace;
  /** by node that is inside */
  hidden: Map<string, Group>;
  /** by drawn edge: the trace's edges that it stands for */
  origins: Map<string, string[]>;
  /** groups that could be folded where they are, outer ones first */
  open: Group[];
}

// ---------------------------------------------------------------- layout

export type Direction = "lr" | "tb";

/**
 * A box to place. All lengths in px, measured in the "lr" orientation's own axes after the caller has turned them:
 * `along` is the direction values flow (x for lr, y for tb), `across` the other one.
 */
export interface LayoutBox {
  id: string;
  /** extent along the flow: gate sign plus the straight run that carries name, value and gradient */
  along: number;
  /** extent across the flow: room for everything drawn with the box */
  across: number;
  /** where the wire's line lies, from the box's low across edge */
  axis: number;
  /** where each port lies, from the box's low across edge, in argument order; [] for inputs */
  ports: number[];
  /** how far inside the box, from its start along the flow, the ports are (usually 0) */
  portInset: number;
  /** values that leave the box elsewhere than on its axis: their id, which edges name as their source → across position */
  exits?: Record<string, number>;
}

export interface LayoutEdge {
  id: string;
  source: string;
  target: string;
  port: number;
  /** how much the wire wants to be straight compared with the others; 1 if left out */
  weight?: number;
}

export interface LayoutGraph {
  boxes: LayoutBox[];
  edges: LayoutEdge[];
}

export interface LayoutOptions {
  direction: Direction;
  /** px between boxes of one rank, across */
  gapAcross: number;
  /** px between ranks, along: room for the curves */
  gapAlong: number;
  /** `Layout.memory` of the previous picture, or box id → across position of its axis; an edit then moves little */
  previous?: Record<string, number>;
}

export interface Point {
  x: number;
  y: number;
}

export interface Route {
  id: string;
  /** SVG path data from the source's run end to the port */
  d: string;
}

export interface Layout {
  /** top-left corner of each box, px */
  places: Record<string, Point>;
  routes: Record<string, Route>;
  /** solder dots: where one value's net splits, so where its gradients add; keyed by source id */
  dots: Record<string, Point[]>;
  /** across positions of boxes (by id) and trunks, to hand back as `previous` after an edit */
  memory: Record<string, number>;
  width: number;
  height: number;
}

// ---------------------------------------------------------------- one moment

/** What is known of one node at a step. */
export interface NodeFrame {
  valueKnown: boolean;
  gradientKnown: boolean;
  /** the node the step is about */
  active: boolean;
  /** its value feeds the active step's formula, so it glows */
  used: boolean;
  /** what this very step brings to it */
  lands: "value" | "gradient" | null;
  /** this step adds what its wires brought back */
  adds: boolean;
  /** what the reader is asked for: a question mark in its place */
  asked: "value" | "gradient" | null;
  /** whether the shape of its value may be told, and that of its gradient: always, but where they are to be predicted */
  valueSized: boolean;
  gradientSized: boolean;
}

/** What is known of one wire at a step. */
export interface EdgeFrame {
  /** the value has travelled along the wire */
  valueKnown: boolean;
  /** the local gradient of its port has been computed */
  localKnown: boolean;
  /** upstream × local has been sent back along it */
  downstreamKnown: boolean;
  active: boolean;
  /** the local gradient of its port is on show: its gate is at its local step, or multiplying */
  localShown: boolean;
  /** its local gradient, or what it sends back, is asked for */
  asked: boolean;
}

/** What the strip under the board says in a step's place. */
export interface Told {
  where: string;
  words: string;
  parts: import("./panels/equation.js").Part[];
}

export interface Frame {
  index: number;
  step: TraceStep;
  /** in place of the step's own words */
  told?: Told;
  nodes: Record<string, NodeFrame>;
  edges: Record<string, EdgeFrame>;
}

/** One entry of a node's value and gradient. */
export interface Cell {
  id: string;
  /** whether it is asked what makes the value, or what makes the gradient */
  role: "value" | "gradient";
  /** the last axis fastest */
  place: number;
  /** it stays when the pointer leaves */
  pinned?: boolean;
  /** keys chose it, so it is spoken */
  keys?: boolean;
}
