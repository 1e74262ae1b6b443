/** The shapes that the modules of the circuit hand to one another. All lengths are px of the picture. */

import type {
  Direction,
  EdgeFrame,
  Layout,
  LayoutBox,
  LayoutGraph,
  LayoutOptions,
  NodeFrame,
  Numeric,
  Point,
  Tensor,
  Trace,
  TraceEdge,
  TraceNode,
} from "../types.d.ts";

// ---------------------------------------------------------------- text

export type Face = "value" | "gradient" | "name" | "plain";

/** A stretch of text in one face; `shift` lowers or raises it. */
export interface Piece {
  text: string;
  kind: Face;
  shift?: "sub" | "sup";
  /** the letter of an axis: everywhere in its own colour */
  axis?: string;
}

export type Measure = (pieces: readonly Piece[], size: number) => number;

/** Text at a place, relative to its figure's origin. */
export interface Label {
  x: number;
  y: number;
  anchor: "start" | "middle" | "end";
  size: number;
  pieces: Piece[];
}

/** A label in a frame of its own; x, y is the middle. */
export interface Chip extends Label {
  width: number;
  height: number;
}

export interface Rect {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

// ---------------------------------------------------------------- picture

/** The sizes of one picture. */
export interface Style {
  direction: Direction;
  /** size of values and gradients; most else follows it */
  number: number;
  /** size of chips and badges */
  small: number;
  /** size of contributions */
  partial: number;
  /** of a gate */
  radius: number;
  /** between the ends of a run and what stands on it */
  pad: number;
  /** how far the gradient's lane lies beside the value's line */
  lane: number;
  /** wanted side of a heat map's cell */
  cell: number;
  /** greatest side of a heat map */
  side: number;
  /** whether chips are short */
  terse: boolean;
  /** size that numbers must have on screen */
  least: number;
  /** places are as wide as numbers usually get, as values are being changed */
  roomy?: boolean;
}

/** A tensor's cells. */
export interface Grid {
  rows: number;
  columns: number;
  width: number;
  height: number;
  /** by how much the sheets of further slices stick out; 0 for two axes or fewer */
  stack: number;
  /** whether numbers fit the cells */
  numbers: boolean;
  /** too many cells to draw one by one */
  image: boolean;
  /** the lines of the summary, where only a corner is shown */
  caption: Piece[][];
}

/** Where a value or gradient stands: the text's anchor, or the top left corner of a heat map. */
export type Slot =
  | { x: number; y: number; anchor: Label["anchor"]; size: number; grid?: undefined }
  | { x: number; y: number; grid: Grid };

/** One node as it is drawn. The origin is the gate's centre, or where an input's run begins. */
export interface Figure {
  node: TraceNode;
  /** literals that the face already shows */
  folded: TraceNode[];
  /** of the gate's sign; 0 for inputs */
  halfWidth: number;
  halfHeight: number;
  /** radius of the sign's corners */
  corner: number;
  face: Label | undefined;
  name: Label | undefined;
  badge: Label | undefined;
  /** under a gradient's heat map: it has its value's shape */
  equal: Label | undefined;
  /** the lines of the summary of what is too large to show */
  caption: Label[];
  value: Slot;
  gradient: Slot;
  /** along the flow */
  runStart: number;
  runEnd: number;
  /** nothing uses it */
  ends: boolean;
  /** incoming ones that are drawn, by port */
  wires: TraceEdge[];
  /** across the flow, by port */
  ports: number[];
  /** by edge: where one contribution of a fan-out stands */
  partials: Map<string, Slot>;
  /** by edge: local gradients */
  chips: Map<string, Chip>;
  /** where contributions add */
  sum: Chip | undefined;
  /** the box that the value leaves, and where from its origin */
  host: { figure: Figure; x: number; y: number } | undefined;
  /** of a box: across the flow, by value that leaves it */
  exits: Record<string, number> | undefined;
  bounds: Rect;
}

/** What draws boxes; there once a program has something to fold. */
export type Boxes = typeof import("./boxes.js");

/** What draws taps; there once a circuit has an input that is used so often. */
export type Taps = typeof import("./taps.js");

/** An input's name at one of its uses, where the wire begins. */
export interface Tap {
  source: string;
  pieces: Piece[];
  size: number;
  box: LayoutBox;
}

export interface Picture {
  trace: Trace;
  style: Style;
  boxes: Boxes | undefined;
  /** by node, without folded literals */
  figures: Map<string, Figure>;
  /** by edge */
  taps: Map<string, Tap>;
  /** those drawn */
  edges: TraceEdge[];
  /** by source: the contributions to add, where there are several */
  fans: Map<string, TraceEdge[]>;
  graph: LayoutGraph;
  options: LayoutOptions;
}

/** What a figure stands in, while it is made. */
export interface Surroundings {
  style: Style;
  measure: Measure;
  boxes: Boxes | undefined;
  nodes: Map<string, TraceNode>;
  wires: TraceEdge[];
  fans: Map<string, TraceEdge[]>;
  /** nothing uses it */
  ends: boolean;
  output: boolean;
  literals: TraceNode[];
}

// ---------------------------------------------------------------- what is drawn

/** The magnitude of the strongest colour, by role. */
export interface Scales {
  value: number;
  gradient: number;
}

/** A drawn node. */
export interface Mark {
  element: SVGGElement;
  /** the part with the name and the focus */
  body: SVGGElement;
  figure: Figure;
  origin: Point;
  /** which two-dimensional slice is shown, counted over the leading axes */
  readonly sheet: number;
  /** draws what it consists of, if that is not there yet: until then it has its name and its place only */
  grow(): void;
  turnTo(sheet: number): void;
  /** shows other values in the same places */
  renew(figure: Figure, scales: Scales): void;
  show(frame: NodeFrame): void;
  /** shows what an incoming wire brings back, where that is one contribution of several */
  showPartial(edge: string, frame: EdgeFrame): void;
  /** writes every digit for the pointer, until another moment is shown */
  spell?(): void;
}

/** A straight piece of a wire (2 points) or a cubic (4). */
export type Segment = Point[];

export interface WireMark {
  /** from the source's run to the port */
  path: Segment[];
  /** the last one it passes: there its contribution is added */
  dot: Point | undefined;
  /** it begins at a tap, not at its source's run */
  tapped: boolean;
  show(frame: EdgeFrame): void;
}

export interface NetMark {
  show(frame: NodeFrame): void;
}

/** A whole picture in small. */
export interface Plan {
  width: number;
  height: number;
  /** where its nodes lie */
  parts: Rect[];
}

/** What a window shows of a picture. */
export interface Prospect {
  plan: Plan;
  window: Rect;
  /** the picture is larger than the window */
  larger: boolean;
  /** where the active node lies */
  active: Rect | undefined;
}

/** Where a part is drawn, and when: at once, or when it first comes near the window. */
export interface Home {
  element: Element;
  whenNear(draw: () => void): void;
}

/** Says where things are drawn, and keeps what is near the window displayed. */
export interface Near {
  /** the home of one more part of a layer: of what lies around it */
  place(layer: Element, rect: Rect): Home;
  /** displays what is near the window, in the picture's px */
  look(window: Rect): void;
  /** draws all that has waited */
  growAll(): void;
}

/** The layers that a drawing is made of, from the lowest on. */
export interface Sheets {
  frames: SVGGElement;
  wires: SVGGElement;
  nodes: SVGGElement;
  tabs: SVGGElement;
}

export interface Drawing {
  picture: Picture;
  layout: Layout;
  sheets: Sheets;
  near: Near;
  plan: Plan;
  marks: Map<string, Mark>;
  /** by edge */
  wires: Map<string, WireMark>;
  /** by source */
  nets: Map<string, NetMark>;
}

/** What a frame brings that the one before it had not. */
export interface Change {
  /** wires along which values come */
  forward: TraceEdge[];
  /** wires along which gradients come back */
  backward: TraceEdge[];
  /** what becomes known of which node */
  landing: { id: string; role: "value" | "gradient" }[];
}

// ---------------------------------------------------------------- cells

/** Entries that one entry is made of, one a term. */
export interface Factor {
  /** undefined for a local gradient */
  node?: TraceNode;
  role: "value" | "gradient" | "local";
  places: number[];
  /** [] where they are not sent */
  numbers: Numeric[];
}

/** What makes a cell: terms of products, a gate's arguments, or contributions of several uses. */
export interface Link {
  how: "sum" | "apply" | "add";
  factors: Factor[];
}

// ---------------------------------------------------------------- what moves

/** Start and end, as shares of the beat. */
export type Part = [number, number];

/** What travels: a number, or a small heat map. */
export interface Token {
  text: string;
  tensor: Tensor;
  role: "value" | "gradient" | "partial";
  size: number;
  /** nothing comes through: the switch is open */
  dark?: boolean;
}

/** One thing that moves in the beat of a step. */
export type Move =
  /** goes along points */
  | { look: "token"; token: Token; points: Point[]; part: Part }
  /** lights one row or column after the other */
  | {
      look: "band";
      role: "value" | "gradient";
      width: number;
      height: number;
      /** of the lines */
      count: number;
      points: [Point, Point];
      part: Part;
    }
  /** cells come one after the other */
  | { look: "fill"; slot: Slot; tensor: Tensor; role: "value" | "gradient"; part: Part }
  /** a heat map comes to its size from `from` times it */
  | {
      look: "stretch";
      slot: Slot;
      tensor: Tensor;
      role: "value" | "gradient";
      from: Point;
      part: Part;
    }
  /** contributions meet */
  | { look: "bloom"; at: Point; size: number; part: Part };
