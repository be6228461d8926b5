/**
 * Whose runs are whose: a random cookie names the browser, and every tab of it is the same owner.
 *
 * Enough for a demo: nobody logs in, and nobody else's run is found. An application has its user here.
 */
import { randomUUID } from "node:crypto";

const NAME = "analyst";
const YEAR_S = 31_536_000;

/** @param {string | null | undefined} cookies - The request's `Cookie` header. */
export function ownerOf(cookies) {
  return /(?:^|;\s*)analyst=([\da-f-]{36})(?:;|$)/.exec(cookies ?? "")?.[1];
}

/**
 * The header that gives a browser its name, with the page. Scripts do not read it, and no other site sends it.
 *
 * @param {string | null | undefined} cookies
 * @returns {Record<string, string>}
 */
export function ownerCookie(cookies) {
  if (ownerOf(cookies) !== undefined) return {};
  const cookie = `${NAME}=${randomUUID()}; Path=/; Max-Age=${YEAR_S}; HttpOnly; SameSite=Strict`;
  return { "Set-Cookie": cookie };
}
