/** The whole page as one script, for documents without a server (app/notebook.py). It is its own layout worker. */

if ("WorkerGlobalScope" in globalThis) void import("./js/layout-worker.js");
else void import("./js/main.js");
