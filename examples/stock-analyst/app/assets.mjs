/** The page's files, built once at start and held in memory. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { ownerCookie } from "./owner.mjs";

/** @typedef {{ type: string, body: string }} Asset */

const PAGE = new URL("../page/", import.meta.url);

/** Sent with every file of the page. Nothing comes from elsewhere, and no inline script or style is needed. */
export const PAGE_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-cache",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/**
 * The head of a file: the page brings the cookie that names its browser.
 *
 * @param {Asset} asset
 * @param {string | null | undefined} cookies
 */
export function headOf({ type }, cookies) {
  const cookie = type.startsWith("text/html") ? ownerCookie(cookies) : {};
  return { ...PAGE_HEADERS, ...cookie, "Content-Type": type };
}

/** @returns {Promise<Map<string, Asset>>} Path to file. */
export async function loadAssets() {
  const [html, icon, script, style] = await Promise.all([
    readFile(new URL("index.html", PAGE), "utf8"),
    readFile(new URL("favicon.svg", PAGE), "utf8"),
    bundle("page.js"),
    bundle("page.css"),
  ]);
  return new Map([
    ["/", { type: "text/html; charset=utf-8", body: html }],
    ["/favicon.svg", { type: "image/svg+xml", body: icon }],
    ["/page.js", { type: "text/javascript; charset=utf-8", body: script }],
    ["/page.css", { type: "text/css; charset=utf-8", body: style }],
  ]);
}

/** @param {string} entry */
async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, PAGE))],
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0].text;
}
