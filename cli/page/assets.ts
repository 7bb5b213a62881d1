import { join } from "node:path";

/** Where the browser's part lies. */
const PAGE = join(__dirname, "..", "..", "page");

/** The page's own files, all of them. */
export interface Assets {
  readonly script: string;
  readonly style: string;
}

/** Bundles the browser's part. It takes a moment, and nothing is left of it. */
export async function bundlePage(): Promise<Assets> {
  // Only who serves a page waits for it to load.
  const { build } = require("esbuild") as typeof import("esbuild");
  const { outputFiles } = await build({
    absWorkingDir: PAGE,
    entryPoints: ["main.tsx", "page.css"].map((file) => ({ in: join(PAGE, file), out: "page" })),
    outdir: PAGE,
    bundle: true,
    minify: true,
    platform: "browser",
    target: "es2022",
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    tsconfigRaw: {},
    logLevel: "silent",
    write: false,
  });
  const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  return { script: text(".js"), style: text(".css") };
}

/** How the page gets its data: from its server as it changes, or from a file beside it that somebody writes anew. */
export type Feed = { readonly kind: "live"; readonly order: string } | { readonly kind: "file" };

/** The page itself; nothing in it is from outside. */
export function pageHtml(feed: Feed): string {
  const order = feed.kind === "live" ? `<meta name="towline-order" content="${feed.order}">` : "";
  // Of what a server's headers say, a file can say this much.
  const policy =
    feed.kind === "file" ? `<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY_FILE}">` : "";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">${policy}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><meta name="towline-feed" content="${feed.kind}">${order}
<title>towline</title><link rel="icon" href="data:,"><link rel="stylesheet" href="page.css"><script type="module" src="page.js"></script></head>
<body><div id="page"><p>Looking at the stacks…</p></div><noscript>This page needs JavaScript.</noscript></body></html>
`;
}

const SOURCES =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'";
/** Nothing from elsewhere, no script but the page's own, nobody's frame. */
export const CONTENT_POLICY = `${SOURCES}; frame-ancestors 'none'; require-trusted-types-for 'script'`;
const CONTENT_POLICY_FILE = SOURCES;
