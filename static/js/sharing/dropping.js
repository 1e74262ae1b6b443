/** Files that were saved here open again where they are dropped. */

/** @import { Host } from "../state.js" */

/**
 * @param {Host} host
 * @param {(link: string) => Promise<void>} visit
 */
export function takeFiles(host, visit) {
  addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  addEventListener("drop", async (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    const { openFile } = await import("./menu.js");
    host.say((await openFile(file, visit)).words);
  });
}
