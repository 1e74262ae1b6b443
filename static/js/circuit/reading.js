/** The way into the cells of heat maps: fetches what reads them at the first touch of one. */

/** @import { Cell, Frame } from "../types.d.ts" */
/** @import { Drawing } from "./types.d.ts" */

export const loadCells = () => import("./cells/cells.js");

/**
 * @param {Element} surface with the heat maps
 * @param {SVGGElement} layer over them
 * @param {() => { drawing?: Drawing, frame?: Frame }} look
 * @param {(cell: Cell | undefined, sheet?: number) => void} onCell
 */
export function createReading(surface, layer, look, onCell) {
  /** @type {Promise<ReturnType<typeof import("./cells/cells.js").createCells>> | undefined} */
  let cells;
  const load = () =>
    (cells ??= loadCells().then(({ createCells }) => createCells(surface, layer, look, onCell)));
  /** @type {Cell | undefined} */
  let shown;
  /** @type {Record<string, number>} */
  let turned = {};

  /** @param {Event} event */
  function enter(event) {
    if (!(event.target instanceof Element) || !event.target.closest("g.map")) return;
    surface.removeEventListener("pointerover", enter);
    const { pointerType } = /** @type {PointerEvent} */ (event);
    void load().then(({ point }) =>
      point(/** @type {PointerEvent} */ (event), pointerType !== "mouse"),
    );
  }
  surface.addEventListener("pointerover", enter);

  const turn = () => {
    for (const [id, sheet] of Object.entries(turned)) look().drawing?.marks.get(id)?.turnTo(sheet);
  };

  return {
    turn,
    /** @param {string} id */
    open: (id) => void load().then((loaded) => loaded.open(id)),
    /**
     * @param {Cell | undefined} cell
     * @param {Record<string, number>} sheets by node
     */
    show(cell, sheets) {
      shown = cell;
      turned = sheets;
      turn();
      if (cell || cells) void load().then((loaded) => loaded.show(shown));
    },
    destroy() {
      surface.removeEventListener("pointerover", enter);
      void cells?.then(({ destroy }) => destroy());
    },
  };
}
