/** The dialog behind Share: links, files of this step and of the whole pass, and a file's way back in. */

import { LOCKS } from "../look.js";
import { h } from "../panels/dom.js";
import { fits, linkTo, slugOf } from "../url.js";
import { copyImage, copyText } from "./copying.js";
import { exportsOf } from "./exports.js";
import { linkIn, save } from "./files.js";

/** @import { Example, Host } from "../state.js" */
/** @import { Lock } from "../look.js" */
/** @import { Place } from "../url.js" */

/** The words go on from "Readers may". @type {Record<Lock, string>} */
const MAY = {
  source: "see the source",
  edit: "edit it",
  inputs: "change inputs",
  step: "step",
  play: "play",
  open: "open the whole page",
};

/** px: a board, its caption and its tape */
const EMBED_HEIGHT = 560;

/**
 * @typedef {object} Sharing
 * @property {Host} host
 * @property {Example} example that the page opened on
 * @property {() => Place} here
 * @property {(link: string) => Promise<void>} visit
 */

/**
 * Opens a file that was saved here, or anything else with a link in it.
 * @param {File} file
 * @param {(link: string) => Promise<void>} visit
 * @returns {Promise<{ opened: boolean, words: string }>}
 */
export async function openFile(file, visit) {
  try {
    await visit(await linkIn(file));
    return { opened: true, words: `Opened ${file.name}.` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    return { opened: false, words: `${file.name} cannot be opened. ${reason}` };
  }
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {Sharing} sharing
 */
export async function openShare(dialog, { host, example, here, visit }) {
  const place = here();
  const [link, sheet, worksheet] = await Promise.all([
    linkTo(place),
    linkTo(place, "print"),
    linkTo({ source: place.source, inputs: place.inputs }, "worksheet"),
  ]);
  const title = place.source === undefined ? example.title : "Your function";
  const files = exportsOf(host, link, slugOf(link) || fileName(title));
  const said = h("p", { class: "share-said", role: "status" });
  /** @type {Button} */
  const button = (label, act) =>
    h(
      "button",
      { type: "button", click: async () => said.replaceChildren(await attempt(act)) },
      label,
    );
  const file = h("input", {
    type: "file",
    "aria-label": "Open a file",
    change: async () => {
      const [chosen] = file.files ?? [];
      if (!chosen) return;
      const { opened, words } = await openFile(chosen, visit);
      if (opened) {
        dialog.close();
        host.say(words);
      } else said.replaceChildren(words);
    },
  });
  dialog.replaceChildren(
    h(
      "div",
      { class: "share-head" },
      h("h2", {}, "Share"),
      said,
      h("button", { type: "button", click: () => dialog.close() }, "Close"),
    ),
    ...(fits(link) ? await links(link, place, title, button) : [tooLong(files.link, button)]),
    h("h3", {}, "This step"),
    h(
      "div",
      { class: "share-row" },
      button("SVG", async () => keep(await files.svg())),
      button("PNG", async () => keep(await files.png())),
      button("Copy image", async () => copyPicture(await files.png())),
    ),
    h("h3", {}, "The whole pass"),
    h(
      "div",
      { class: "share-row" },
      paper(sheet, "Contact sheet"),
      paper(worksheet, "Worksheet"),
      paper(worksheet.replace("#", "?key=1#"), "Its key"),
      button("LaTeX", () => keep(files.latex())),
      button("JSON", () => keep(files.json())),
      button("DOT", () => keep(files.dot())),
    ),
    h("h3", {}, "Open what was saved, here or by dropping it on the page"),
    h("div", { class: "share-row" }, file),
  );
  dialog.showModal();
}

/** @param {string} href @param {string} label of a page to be printed */
const paper = (href, label) =>
  h("a", { class: "button", href, target: "_blank", rel: "noopener" }, label);

/**
 * A button that says what came of it.
 * @typedef {(label: string, act: () => string | Promise<string>) => HTMLButtonElement} Button
 */

/**
 * @param {string} link
 * @param {Place} place
 * @param {string} title
 * @param {Button} button
 */
async function links(link, place, title, button) {
  const code = h("textarea", { readonly: true, rows: 4, "aria-label": "Embed code" });
  const boxes = LOCKS.map((lock) => ({
    lock,
    box: h("input", { type: "checkbox", checked: true, change: () => spell() }),
  }));
  async function spell() {
    const locks = boxes.filter(({ box }) => !box.checked).map(({ lock }) => lock);
    const look = { ...place.look, locks };
    code.value = embedCode(await linkTo({ ...place, look }, "embed"), title);
  }
  await spell();
  return [
    h(
      "div",
      { class: "share-row" },
      h("input", { readonly: true, value: link, "aria-label": "Link" }),
      button("Copy link", () => copy(link, "Link copied.")),
      button("Copy embed code", () => copy(code.value, "Embed code copied.")),
    ),
    h(
      "details",
      { class: "share-embed" },
      h("summary", {}, "Embed options"),
      h(
        "fieldset",
        {},
        h("legend", {}, "Readers may"),
        ...boxes.map(({ lock, box }) => h("label", {}, box, ` ${MAY[lock]}`)),
      ),
      code,
    ),
  ];
}

/**
 * @param {() => File} file
 * @param {Button} button
 */
const tooLong = (file, button) =>
  h(
    "div",
    { class: "share-row" },
    h("p", {}, "This program is too long for a link that mail and chat pass on. A file holds it:"),
    button("Save a link file", () => keep(file())),
  );

/**
 * @param {string} link
 * @param {string} title
 */
const embedCode = (link, title) =>
  htmlOf("iframe", {
    src: link,
    title,
    width: "100%",
    height: EMBED_HEIGHT,
    style: "border: 1px solid #ccc",
    loading: "lazy",
  });

/**
 * An element as text to paste.
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 */
function htmlOf(tag, attributes) {
  const written = Object.entries(attributes).map(([name, value]) => {
    const text = String(value).replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    return ` ${name}="${text}"`;
  });
  return `<${tag}${written.join("")}></${tag}>`;
}

/** @param {string} title */
const fileName = (title) =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "") || "chainrule";

/** @param {() => string | Promise<string>} act */
async function attempt(act) {
  try {
    return await act();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @param {File} file */
function keep(file) {
  save(file);
  return `Saved as ${file.name}.`;
}

/**
 * @param {string} text
 * @param {string} done
 */
async function copy(text, done) {
  return (await copyText(text))
    ? done
    : "The browser lets nothing be copied by a button here: select the text.";
}

/** @param {File} png */
async function copyPicture(png) {
  return (await copyImage(png))
    ? "Image copied."
    : "The browser lets no image be copied by a button here: save the PNG.";
}
