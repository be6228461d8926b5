import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeRun } from "./chart.mjs";
import { CURVES, formatCost, slopeOf } from "./growth.mjs";
import { ROOT } from "./paths.mjs";

/** The example of the page: what is given, not measured. */
const GIVEN = {
  eventsPerSecond: 50,
  heartbeatSeconds: 15,
  /** What of a core may be used: a process that has none left answers late. */
  coreShare: 0.7,
  memoryBytes: 4e9,
  openFiles: 65_536,
  /** `queue.highWaterMarkBytes`: what a producer that awaits lets wait for a reader that stalls. */
  stalledBytes: 256 * 1024,
};
const SHARES = [
  [1, "all"],
  [0.1, "one of 10"],
  [0.01, "one of 100"],
  [0, "none"],
];
const NAMES = { processor: "processor", memory: "memory", files: "open files" };
const PAGE = join(ROOT, "docs", "explanation", "capacity.md");

/** Writes the figures of `growth` into the page, between its marks. */
export function fillPage(growth) {
  writeFileSync(PAGE, filled(readFileSync(PAGE, "utf8"), growth));
  return PAGE;
}

/** The page with the figures of `growth` in place of those it holds. */
export function filled(page, growth) {
  const blocks = { growth: growthBlock, machine: machineBlock, fleet: fleetBlock };
  return page.replace(
    /(<!-- figures (\w+) -->\n)[^]*?(<!-- \/figures -->)/g,
    (_, begin, name, end) => `${begin}\n${blocks[name](growth)}\n\n${end}`,
  );
}

function growthBlock({ run, curves }) {
  const rows = curves.map(({ id, lines }) => {
    const { title, grows, unit } = CURVES.find((curve) => curve.id === id);
    const [own, limit] = lines;
    const [first, last] = [own.points[0], own.points.at(-1)];
    return [
      title,
      `${count(first.x)} → ${count(last.x)} ${grows}`,
      `${formatCost(first.cost, unit)} → ${formatCost(last.cost, unit)}`,
      slopeOf(own.points).toFixed(2),
      slopeOf(limit.points).toFixed(2),
    ];
  });
  const head = ["cost", "from → to", "ssekit", "slope", "slope by hand"];
  return `${table(head, rows)}\n\nMeasured on ${describeRun(run)}.`;
}

function machineBlock(growth) {
  const rows = SHARES.map(([share, name]) => {
    const limits = limitsOf(growth, share);
    const [first] = Object.entries(limits).toSorted((a, b) => a[1] - b[1])[0];
    return [
      name,
      rounded(limits.processor),
      rounded(limits.memory),
      count(limits.files),
      NAMES[first],
    ];
  });
  const head = ["of the streams speak", ...Object.values(NAMES), "ends first"];
  return `${given()}\n\n${table(head, rows)}\n\n${sentences(growth)}`;
}

function given() {
  const { eventsPerSecond, heartbeatSeconds, coreShare, memoryBytes, openFiles } = GIVEN;
  return [
    `Given: ${percent(coreShare)} of one core, ${formatCost(memoryBytes, "bytes")} of memory, ${count(openFiles)} open files. A stream that speaks tells`,
    `${eventsPerSecond} events a second; one that is silent has a heartbeat every ${heartbeatSeconds} seconds. So many streams are carried by each resource:`,
  ].join("\n");
}

/** How many streams each resource carries when `share` of them speak and the others are silent. */
function limitsOf({ processorEachMicros, memoryEachBytes }, share) {
  const { eventsPerSecond, heartbeatSeconds, coreShare, memoryBytes, openFiles } = GIVEN;
  const rate = share * eventsPerSecond + (1 - share) / heartbeatSeconds;
  return {
    processor: (coreShare * 1e6) / (rate * processorEachMicros.ssekit),
    memory: memoryBytes / memoryEachBytes.ssekit,
    files: openFiles,
  };
}

function sentences({ processorEachMicros: { ssekit: micros }, memoryEachBytes }) {
  const { eventsPerSecond, coreShare, memoryBytes, stalledBytes } = GIVEN;
  const perStream = (micros * eventsPerSecond) / 1e6;
  return [
    `The figures behind it: an event that leaves alone costs ${micros.toFixed(1)} µs of processor, a silent stream ${formatCost(memoryEachBytes.ssekit, "bytes")} of memory.`,
    `A stream that speaks takes ${formatCost(perStream, "seconds")} of each second, so ${percent(coreShare)} of a core carry ${rounded(coreShare / perStream)} of them.`,
    `A reader that stalls while its producer awaits costs up to ${formatCost(stalledBytes, "bytes")} more: ${rounded(memoryBytes / stalledBytes)} of those would fill the same memory.`,
  ].join("\n");
}

/** Ten thousand readers, of whom one in ten listens to a model. */
function fleetBlock({ processorEachMicros, memoryEachBytes }) {
  const { eventsPerSecond, heartbeatSeconds, coreShare } = GIVEN;
  const [readers, speaking] = [10_000, 1_000];
  const events = speaking * eventsPerSecond + (readers - speaking) / heartbeatSeconds;
  const cores = (events * processorEachMicros.ssekit) / 1e6;
  const memory = readers * memoryEachBytes.ssekit;
  const processes = Math.ceil(cores / coreShare);
  return [
    `- ${count(speaking)} × ${eventsPerSecond} events and ${count(readers - speaking)} heartbeats each ${heartbeatSeconds} s are ${rounded(events)} writes a second.`,
    `- At ${processorEachMicros.ssekit.toFixed(1)} µs each they take ${cores.toFixed(2)} cores: ${processes} ${processes === 1 ? "process" : "processes"} at ${percent(coreShare)}.`,
    `- ${count(readers)} × ${formatCost(memoryEachBytes.ssekit, "bytes")} are ${formatCost(memory, "bytes")}, ${formatCost(memory / processes, "bytes")} in each process.`,
  ].join("\n");
}

function table(head, rows) {
  const widths = head.map((_, index) =>
    Math.max(3, ...[head, ...rows].map((row) => String(row[index]).length)),
  );
  const line = (cells) =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function count(value) {
  return value.toLocaleString("en");
}

/** Two digits: the third is noise. */
function rounded(value) {
  return count(Number(value.toPrecision(2)));
}

function percent(share) {
  return `${Math.round(share * 100)} %`;
}
