/** Watches the page from inside, for tests/bench/page: runs before the page's own scripts, and touches nothing. */

(() => {
  /** @type {number[]} ms, of tasks longer than 50 ms */
  let tasks = [];
  new PerformanceObserver((list) => {
    tasks.push(...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: "longtask" });

  /** @type {number[] | undefined} times of the frames being recorded */
  let frames;
  /** @param {number} now */
  function tick(now) {
    if (!frames) return;
    frames.push(now);
    requestAnimationFrame(tick);
  }

  /** Resolves once the frame that is being made is on its way to the screen. */
  const painted = () =>
    new Promise((resolve) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = resolve;
        port2.postMessage(undefined);
      }),
    );

  /** @type {Promise<number> | undefined} */
  let waiting;

  Object.assign(globalThis, {
    probe: {
      record() {
        frames = [];
        requestAnimationFrame(tick);
      },
      /** @returns {number[]} ms between the frames since `record` */
      recorded() {
        const times = frames ?? [];
        frames = undefined;
        return times.slice(1).map((time, i) => time - times[i]);
      },
      /**
       * Waits for an event of the user's, and then for what it brings.
       * @param {string} type
       * @param {string} selector of what is to change
       * @param {string} [attribute] that changes; absent: the element itself comes
       */
      expect(type, selector, attribute) {
        const before = attribute && document.querySelector(selector)?.getAttribute(attribute);
        const there = () => {
          const found = document.querySelector(selector);
          return attribute ? found?.getAttribute(attribute) !== before : Boolean(found);
        };
        waiting = new Promise((resolve) => {
          const begin = () => {
            const start = performance.now();
            const finish = async () => {
              observer.disconnect();
              await painted();
              resolve(performance.now() - start);
            };
            const observer = new MutationObserver(() => there() && finish());
            observer.observe(document, { subtree: true, childList: true, attributes: true });
          };
          addEventListener(type, begin, { capture: true, once: true });
        });
      },
      /** @returns {Promise<number> | undefined} ms from that event to the first frame with what it brought */
      came: () => waiting,
      /**
       * @param {string} selector
       * @returns {Promise<number>} ms from opening to the frame in which such an element is more than half there
       */
      seen: (selector) =>
        new Promise((resolve) => {
          const look = async () => {
            const found = [...document.querySelectorAll(selector)];
            if (!found.some((each) => Number(getComputedStyle(each).opacity) > 0.5))
              return requestAnimationFrame(look);
            await painted();
            return resolve(performance.now());
          };
          void look();
        }),
      /** @returns {number} ms, the longest task since last asked; 0: none over 50 */
      longestTask() {
        const longest = Math.max(0, ...tasks);
        tasks = [];
        return longest;
      },
      /** @returns {number[]} px on screen, the sizes of every text that is shown */
      textSizes() {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const sizes = [];
        for (let text = walker.nextNode(); text; text = walker.nextNode()) {
          const element = text.parentElement;
          if (!element?.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
            continue;
          if (!text.textContent?.trim() || element.closest(".spoken, .katex, math, script"))
            continue;
          const drawing = element instanceof SVGGraphicsElement ? element.getScreenCTM() : null;
          sizes.push(Number.parseFloat(getComputedStyle(element).fontSize) * (drawing?.a ?? 1));
        }
        return sizes;
      },
    },
  });
})();
