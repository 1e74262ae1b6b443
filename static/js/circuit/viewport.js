/**
 * Pan, zoom, fit and follow. A gesture moves the drawing by a CSS transform; when it rests, the drawing takes
 * the new scale itself and is sharp again.
 */

/** @import { Point } from "../types.d.ts" */
/** @import { Rect } from "./types.d.ts" */

import { debounce } from "../player.js";
import { cover } from "./measure.js";

/** Greatest scale of a fit, and of a zoom. */
const MOST_FIT = 1.2;
const MOST = 4;

/** Air around the picture, px on screen, and this share of the window's width. */
const MARGIN = 8;
const MARGIN_SHARE = 0.012;

/** A press that moves less than this is a click, px. */
const CLICK = 4;

/** A move of more windows than this is a jump. */
const GLIDE = 1;

/** A wheel's turn is drawn out over this, ms. */
const WHEEL = 80;

/** A gesture that pauses for this has come to rest, ms. */
const PAUSE = 200;

/**
 * @param {HTMLElement} frame the window
 * @param {HTMLElement} camera what moves in it
 * @param {readonly SVGSVGElement[]} layers sized to the picture
 * @param {(window: Rect, passed?: Rect) => void} onMove told of the part of the picture that the window shows, and of all
 *   that a glide to there passes
 */
export function createViewport(frame, camera, layers, onMove) {
  const size = { width: 1, height: 1 };
  /** The window's size; kept, since reading it makes the browser lay everything out. */
  let open = { width: 1, height: 1 };
  let watched = false;
  const sizes = new ResizeObserver(
    ([
      {
        contentRect: { width, height },
      },
    ]) => {
      open = { width: Math.round(width), height: Math.round(height) };
    },
  );
  let least = 1;
  /** Scale that the layers are drawn at. */
  let drawn = 0;
  /** Where the picture's origin lies on the window, and its scale. */
  let at = { x: 0, y: 0, k: 1 };
  /** Where the window lies on the screen, while something is pressed. */
  let corner = { x: 0, y: 0 };
  /** @type {Map<number, Point>} */
  const pressed = new Map();
  let dragged = false;
  /** @type {{ from: typeof at, begun: number, duration: number } | undefined} the last glide, which may be over; ms */
  let glide;

  const margin = () => MARGIN + MARGIN_SHARE * open.width;

  /**
   * Keeps the picture in the window; centred, if it is the smaller one.
   * @param {typeof at} wanted
   */
  function within({ x, y, k }) {
    const air = margin();
    /** @param {number} start @param {number} length @param {number} room */
    const along = (start, length, room) => {
      const spare = room - length * k;
      return spare > 2 * air ? spare / 2 : Math.max(spare - air, Math.min(air, start));
    };
    return { x: along(x, size.width, open.width), y: along(y, size.height, open.height), k };
  }

  /**
   * What the window shows of the picture, where that lies so.
   * @returns {Rect}
   */
  const view = ({ x, y, k } = at) => ({
    left: -x / k,
    right: (open.width - x) / k,
    top: -y / k,
    bottom: (open.height - y) / k,
  });

  /** Where the picture lies by now, on its way to where it will. Asked, the browser would work out all styles. */
  function underway() {
    if (!glide) return at;
    const { from, begun, duration } = glide;
    const time = Math.min(1, (performance.now() - begun) / duration);
    // As ease-in-out, near enough.
    const part = time * time * (3 - 2 * time);
    /** @param {"x" | "y" | "k"} key */
    const along = (key) => from[key] + part * (at[key] - from[key]);
    return { x: along("x"), y: along("y"), k: along("k") };
  }

  /**
   * @param {typeof at} wanted
   * @param {number} duration ms; the browser moves it by itself, without a script in every frame
   * @returns {boolean} whether anything moved
   */
  function moveTo(wanted, duration) {
    const target = within(wanted);
    if (target.k === at.k && distance(at, target) < 1) return false;
    const from = underway();
    const glides = duration > 0 && distance(from, target) < GLIDE * open.width;
    glide = glides ? { from, begun: performance.now(), duration } : undefined;
    at = target;
    const passed = view();
    if (glides) {
      cover(passed, view(from));
      resting.cancel();
    } else resting.later();
    onMove(view(), passed);
    camera.style.transition = glides ? `transform ${duration}ms ease-in-out` : "";
    // Between two pixels all text would be blurred.
    const [x, y] = at.k === drawn ? [Math.round(at.x), Math.round(at.y)] : [at.x, at.y];
    camera.style.transform = `translate(${x}px, ${y}px) scale(${at.k / drawn})`;
    return true;
  }

  /**
   * @param {number} factor
   * @param {Point} centre on the window; it stays where it is
   * @param {number} duration ms
   */
  function zoomAt(factor, { x, y }, duration) {
    const k = Math.max(least, Math.min(MOST, at.k * factor));
    const grown = k / at.k;
    moveTo({ x: x - (x - at.x) * grown, y: y - (y - at.y) * grown, k }, duration);
  }

  /** Draws at the scale the gesture came to: all texts are laid out anew, so only once it pauses. */
  function rest() {
    glide = undefined;
    camera.style.transition = "";
    if (at.k !== drawn) {
      drawn = at.k;
      for (const layer of layers) {
        layer.setAttribute("width", String(size.width * drawn));
        layer.setAttribute("height", String(size.height * drawn));
      }
    }
    camera.style.transform = `translate(${Math.round(at.x)}px, ${Math.round(at.y)}px)`;
  }

  const resting = debounce(rest, PAUSE);

  /**
   * The scale at which a picture just fills the window.
   * @param {number} width
   * @param {number} height
   */
  function wholeScale(width, height) {
    return Math.min((open.width - 2 * margin()) / width, (open.height - 2 * margin()) / height);
  }

  /** The middle of what is pressed, and how far that is apart. */
  function grip() {
    const [a, b = a] = pressed.values();
    return {
      x: (a.x + b.x) / 2 - corner.x,
      y: (a.y + b.y) / 2 - corner.y,
      apart: Math.hypot(a.x - b.x, a.y - b.y),
    };
  }

  /** @type {Partial<{ [K in keyof HTMLElementEventMap]: (event: HTMLElementEventMap[K]) => void }>} */
  const listeners = {
    pointerdown({ pointerId, clientX, clientY, button }) {
      if (button !== 0 || pressed.size > 1) return;
      if (pressed.size === 0) {
        dragged = false;
        corner = frame.getBoundingClientRect();
      }
      pressed.set(pointerId, { x: clientX, y: clientY });
    },
    pointermove({ pointerId, clientX, clientY }) {
      const start = pressed.get(pointerId);
      if (!start || (!dragged && Math.hypot(clientX - start.x, clientY - start.y) < CLICK)) return;
      // From now on the pointer belongs to the window: no node takes this for a click.
      if (!dragged) for (const id of pressed.keys()) frame.setPointerCapture(id);
      dragged = true;
      const before = grip();
      pressed.set(pointerId, { x: clientX, y: clientY });
      const after = grip();
      moveTo({ ...at, x: at.x + after.x - before.x, y: at.y + after.y - before.y }, 0);
      if (before.apart > 0) zoomAt(after.apart / before.apart, after, 0);
    },
    pointerup: release,
    pointercancel: release,
    wheel(event) {
      const { deltaX, deltaY, deltaMode, ctrlKey, metaKey } = event;
      const lines = deltaMode === 0 ? 1 : 25;
      if (ctrlKey || metaKey) {
        corner = frame.getBoundingClientRect();
        zoomAt(
          2 ** (-0.01 * lines * Math.max(-60, Math.min(60, deltaY))),
          { x: event.clientX - corner.x, y: event.clientY - corner.y },
          WHEEL,
        );
      } else if (!moveTo({ ...at, x: at.x - lines * deltaX, y: at.y - lines * deltaY }, 0)) return;
      event.preventDefault();
    },
    transitionend({ target }) {
      if (target === camera) resting.later();
    },
  };

  /** @param {PointerEvent} event */
  function release({ pointerId }) {
    pressed.delete(pointerId);
  }

  const stop = new AbortController();
  for (const [type, listener] of Object.entries(listeners)) {
    frame.addEventListener(type, /** @type {EventListener} */ (listener), {
      signal: stop.signal,
      passive: false,
    });
  }

  /** @param {number} duration ms */
  function fit(duration) {
    const k = Math.max(least, Math.min(MOST_FIT, wholeScale(size.width, size.height)));
    moveTo({ x: margin(), y: margin(), k }, duration);
  }

  return {
    fit,
    wholeScale,
    /**
     * Takes a new picture, and shows all of it or, where that would be too small to read, its beginning.
     * @param {number} width
     * @param {number} height
     * @param {number} leastScale
     */
    setPicture(width, height, leastScale) {
      Object.assign(size, { width, height });
      least = Math.min(leastScale, MOST_FIT);
      for (const layer of layers) layer.setAttribute("viewBox", `0 0 ${width} ${height}`);
      drawn = 0;
      fit(0);
      rest();
      onMove(view());
    },
    /**
     * @param {number} factor
     * @param {number} duration ms
     */
    zoomBy: (factor, duration) =>
      zoomAt(factor, { x: open.width / 2, y: open.height / 2 }, duration),
    /**
     * Brings a part of the picture to the middle, along each axis on which it is not in view.
     * @param {Rect} part in the picture's px
     * @param {number} duration ms
     */
    follow({ left, right, top, bottom }, duration) {
      /** @param {number} start @param {number} low @param {number} high @param {number} room */
      const along = (start, low, high, room) =>
        start + low * at.k >= 0 && start + high * at.k <= room
          ? start
          : (room - (low + high) * at.k) / 2;
      moveTo(
        {
          x: along(at.x, left, right, open.width),
          y: along(at.y, top, bottom, open.height),
          k: at.k,
        },
        duration,
      );
    },
    view: () => view(),
    /** Whether there is more of the picture than the window shows. */
    overflows: () => size.width * at.k > open.width + 1 || size.height * at.k > open.height + 1,
    /**
     * Brings a point of the picture to the middle.
     * @param {Point} point
     */
    centre: ({ x, y }) =>
      void moveTo({ x: open.width / 2 - x * at.k, y: open.height / 2 - y * at.k, k: at.k }, 0),
    /** @param {Point} point of the picture */
    toScreen: ({ x, y }) => ({ x: at.x + x * at.k, y: at.y + y * at.k }),
    /** @param {Point} point of the window */
    fromScreen: ({ x, y }) => ({ x: (x - at.x) / at.k, y: (y - at.y) / at.k }),
    scale: () => at.k,
    /** The window's size: read once, and from then on told by the browser. */
    room() {
      if (!watched) {
        open = { width: frame.clientWidth, height: frame.clientHeight };
        sizes.observe(frame);
        watched = true;
      }
      return open;
    },
    /** The window less its margins. */
    inner: () => ({ width: open.width - 2 * margin(), height: open.height - 2 * margin() }),
    destroy() {
      resting.cancel();
      sizes.disconnect();
      stop.abort();
    },
  };
}

/** @param {Point} a @param {Point} b */
const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
