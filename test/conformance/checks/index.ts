import type { Check } from "../bench.ts";
import { fields } from "./fields.ts";
import { format } from "./format.ts";
import { handlers } from "./handlers.ts";
import { http } from "./http.ts";
import { init } from "./init.ts";
import { life } from "./life.ts";
import { lines } from "./lines.ts";
import { origins } from "./origins.ts";
import { reconnect } from "./reconnect.ts";
import { sizes } from "./sizes.ts";
import { surface } from "./surface.ts";

/** All checks, by what they are about. */
export const CHECKS: Record<string, Check[]> = {
  format,
  fields,
  lines,
  sizes,
  http,
  reconnect,
  life,
  surface,
  handlers,
  origins,
  init,
};
