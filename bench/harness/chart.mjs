import { roundsOf } from "./stats.mjs";
import { path, picture, rect, round, text } from "./svg.mjs";

/** What the picture shows of a run, in this order; a `*` is every case of that area. */
const SHOWN = [
  "encode/token",
  "stream/token",
  "pace/*",
  "queue/burst",
  "queue/pingpong",
  "queue/bounded",
  "parse/token",
  "client/*",
  "idle/c1000",
  "latency/*",
  "heartbeat/silent",
  "bun/*",
  "log/*",
  "fanout/*",
];
const NAMED = new Set(["peer", "reference"]);
const ROLES = ["ssekit", "peer", "reference"];

const WIDTH = 880;
const NAMES = 330;
const RIGHT = 808;
const ROW = 20;
const BAR = 12;
const HEAD = 112;
const CASE_HEAD = 26;
const CASE_GAP = 18;
/** No bar is drawn longer than this ratio: one that is far ahead would make all others too short to compare. */
const LONGEST_RATIO = 3;

/** What the picture needs of a run's report, and no more: this is what is kept beside it. */
export function toComparison({ run, results, peers }) {
  const cases = SHOWN.flatMap((shown) => results.filter((result) => matches(result, shown)));
  const comparable = cases.filter(({ lines }) => lines.some(({ toLimit }) => toLimit));
  const used = new Set(
    comparable.flatMap(({ lines }) =>
      // What a line names: a peer by the package that it is of.
      lines.filter(({ role }) => NAMED.has(role)).map(({ packages = [] }) => packages[0]),
    ),
  );
  const counts = comparable.map(({ lines }) => roundsOf(lines)).filter((count) => count > 0);
  const rounds = counts.length > 0 && {
    rounds: Math.min(...counts),
    mostRounds: Math.max(...counts),
  };
  return {
    run: { ...pick(run, ["at", "node", "platform", "cpu", "cores", "rounds"]), ...rounds },
    results: comparable.map((result) => ({
      ...pick(result, ["area", "scenario", "title", "unit", "better", "bestPeer"]),
      lines: result.lines.map(toLine),
    })),
    peers: Object.fromEntries(Object.entries(peers).filter(([name]) => used.has(name))),
  };
}

function toLine(line) {
  const { toLimit } = line;
  const ratios = toLimit && {
    toLimit: Object.fromEntries(
      Object.entries(toLimit).map(([name, ratio]) => [name, Number(ratio.toPrecision(4))]),
    ),
  };
  const failed = line.failed && { failed: plainReason(line.failed) };
  return { ...pick(line, ["id", "title", "role", "packages"]), ...failed, ...ratios };
}

/** Why there is no figure, on one short line: what an engine or a package says may hold paths of the machine. */
function plainReason(failed) {
  return failed.length > 70 || /[/\\\n]/.test(failed) ? "failed" : failed;
}

/** Draws a comparison, as {@link toComparison} answers it. */
export function drawComparison(comparison) {
  const { run, results } = comparison;
  const scale = scaleOf(results);
  const body = [...drawHead(run, scale)];
  let y = HEAD + 22;
  for (const result of results) {
    const drawn = drawCase(result, comparison, { y, scale });
    body.push(...drawn.body);
    y = drawn.end + CASE_GAP;
  }
  const title = "ssekit beside a hand-written limit and its peers";
  const description = `${describeRun(run)}. Ratios to the hand-written limit of each case: ${results
    .map((result) => `${caseName(result)}: ${result.lines.map(spoken).join(", ")}`)
    .join("; ")}.`;
  return picture({
    width: WIDTH,
    height: y,
    title: `${title}, ${describeRun(run)}`,
    description,
    body,
  });
}

export function describeRun({ at, node, cpu, cores, rounds, mostRounds = rounds }) {
  const counted = mostRounds > rounds ? `${rounds} to ${mostRounds}` : rounds;
  return `Node ${node} · ${at.slice(0, 10)} · ${cores} cores, ${cpu} · ${counted} round${mostRounds === 1 ? "" : "s"}`;
}

function drawHead(run, scale) {
  const y = 84;
  const legend = [
    ["own", "ssekit"],
    ["best", "best peer"],
    ["peer", "other peers"],
    ["reference", "for orientation"],
  ];
  const keys = legend.flatMap(([name, label], index) => {
    const x = 24 + index * 118;
    return [
      rect({ x, y: y - 10, width: BAR, height: BAR, radius: 2, class: name }),
      text({ x: x + 18, y, class: "small" }, label),
    ];
  });
  return [
    text({ x: 24, y: 34, class: "head" }, "ssekit beside a hand-written limit and its peers"),
    text({ x: 24, y: 56, class: "muted" }, describeRun(run)),
    ...keys,
    path(whisker(502, 530, y - 4), "whisker"),
    text({ x: 538, y, class: "small" }, "lowest and highest round"),
    ...ticks(scale.longest).map((tick) =>
      text(
        { x: scale(tick), y: HEAD + 6, class: "small muted middle" },
        tick === 1 ? "1 = the limit" : String(tick),
      ),
    ),
    text({ x: NAMES - 10, y: HEAD + 6, class: "small muted end" }, "longer is better"),
  ];
}

function drawCase(result, { run, peers }, { y, scale }) {
  const lines = result.lines.filter(({ role }) => role !== "limit").toSorted(byRank);
  const limit = result.lines.find(({ role }) => role === "limit");
  const top = y + CASE_HEAD;
  const end = top + lines.length * ROW;
  const grid = ticks(scale.longest).map((tick) => {
    const x = round(scale(tick));
    return path(`M${x} ${top - 4}V${end}`, tick === 1 ? "limit" : "grid");
  });
  const rows = lines.flatMap((line, index) => {
    const isBest = line.id === result.bestPeer;
    const look = { isBest, version: versionOf(line, run, peers), y: top + index * ROW, scale };
    return drawRow(line, look);
  });
  const head = text(
    { x: 24, y: y + 13 },
    ["bold", `${result.area} · `],
    ["bold", result.title],
    ["muted small", `   limit: ${limit.title}`],
  );
  return { body: [head, ...grid, ...rows], end };
}

function drawRow(line, { isBest, version, y, scale }) {
  const baseline = y + ROW / 2 + 4;
  const name = line.role === "ssekit" && !line.title.startsWith("ssekit") ? "ssekit " : "";
  const label = text(
    { x: NAMES - 10, y: baseline, class: line.role === "ssekit" ? "end bold" : "end" },
    `${name}${line.title}`,
    ["muted small", version === "" ? "" : ` ${version}`],
  );
  if (!line.toLimit) {
    return [
      label,
      text({ x: NAMES + 6, y: baseline, class: "muted" }, `no figure: ${line.failed}`),
    ];
  }
  const { median, min, max } = line.toLimit;
  const [left, right] = [min, max].map((ratio) => scale(Math.min(ratio, scale.longest)));
  const bar = Math.max(1, scale(Math.min(median, scale.longest)) - NAMES);
  return [
    label,
    rect({
      x: NAMES,
      y: y + (ROW - BAR) / 2,
      width: bar,
      height: BAR,
      radius: 2,
      class: classOf(line, isBest),
    }),
    path(whisker(left, right, y + ROW / 2, max <= scale.longest), "whisker"),
    text(
      {
        x: Math.max(NAMES + bar, right) + 6,
        y: baseline,
        class: line.role === "ssekit" ? "halo bold" : "halo",
      },
      formatRatio(median),
    ),
  ];
}

/** A bar of the spread; without its right end when that lies outside the picture. */
function whisker(left, right, y, isWhole = true) {
  if (left === right) return "M0 0";
  const [from, to] = [round(left), round(right)];
  const end = isWhole ? `M${to} ${y - 3}V${y + 3}` : "";
  return `M${from} ${y - 3}V${y + 3}M${from} ${y}H${to}${end}`;
}

function scaleOf(results) {
  const ratios = results.flatMap(({ lines }) => lines.flatMap(({ toLimit }) => toLimit ?? []));
  const highest = Math.max(1, ...ratios.map(({ median }) => median));
  const widest = Math.max(1, ...ratios.map(({ max }) => max));
  const longest = Math.min(widest, highest * 1.25, LONGEST_RATIO);
  const scale = (ratio) => NAMES + (ratio / longest) * (RIGHT - NAMES);
  return Object.assign(scale, { longest });
}

function ticks(longest) {
  return Array.from({ length: Math.floor(longest / 0.5) + 1 }, (_, index) => index * 0.5);
}

function versionOf({ role, packages = [] }, run, peers) {
  if (packages.length > 0 && role !== "ssekit") return peers[packages[0]];
  return role === "peer" ? run.node : "";
}

function classOf({ role }, isBest) {
  if (role === "ssekit") return "own";
  if (role === "reference") return "reference";
  return isBest ? "best" : "peer";
}

/** ssekit first, then its peers, the better ones first. */
function byRank(a, b) {
  const place = ROLES.indexOf(a.role) - ROLES.indexOf(b.role);
  return place || (b.toLimit?.median ?? 0) - (a.toLimit?.median ?? 0);
}

export function formatRatio(ratio) {
  return ratio < 0.095 ? ratio.toPrecision(1) : ratio.toFixed(2);
}

function spoken({ title, toLimit }) {
  return toLimit ? `${title} ${formatRatio(toLimit.median)}` : `${title} without a figure`;
}

function caseName({ area, title }) {
  return `${area}, ${title}`;
}

function matches({ area, scenario }, shown) {
  const [wantedArea, wanted] = shown.split("/");
  return area === wantedArea && (wanted === "*" || wanted === scenario);
}

function pick(source, names) {
  return Object.fromEntries(
    names.filter((name) => source[name] !== undefined).map((name) => [name, source[name]]),
  );
}
