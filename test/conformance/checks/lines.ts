// How lines end, in reads of every size.
import { toCheck, type Row } from "./table.ts";

const ENDS = { LF: "\n", CRLF: "\r\n", CR: "\r" };
const READS = { "one read": 1_000, "reads of one byte": 1, "reads of two bytes": 2 };

/** What is sent, with `|` for the end of a line, and the data that must be heard. */
const SHAPES: ReadonlyArray<readonly [string, string, ...string[]]> = [
  ["an event of one line", "data: event 1||", "event 1"],
  [
    "events of one and two lines",
    "data: event 1||data: event 2 line 1|data: event 2 line 2||",
    "event 1",
    "event 2 line 1\nevent 2 line 2",
  ],
  ["an event whose first line is empty", "data:|data: line2|data: line3||", "\nline2\nline3"],
  [
    "an event with an empty line in its middle",
    "data: line1|data:|data: line3||",
    "line1\n\nline3",
  ],
  [
    "events with a blank line more between them",
    "data: event 1|||data: event 2||",
    "event 1",
    "event 2",
  ],
  [
    "events with two blank lines more between them",
    "data: event 1||||data: event 2||",
    "event 1",
    "event 2",
  ],
];

const message = (data: string) => ["message", data, ""] as const;

const regular: Row[] = Object.entries(ENDS).flatMap(([end, characters]) =>
  SHAPES.flatMap(([shape, wire, ...data]) =>
    Object.entries(READS).map(([read, step]) => ({
      name: `lines that end with ${end}, in ${read}, break ${shape}`,
      wire: wire.replaceAll("|", characters),
      step,
      heard: data.map(message),
    })),
  ),
);

const mixed: Row[] = [
  {
    name: "lines that end in different ways within one event come out wrong",
    wire: "data:test\r\ndata\ndata:test\r\n\r",
    heard: [message("test\n\ntest")],
  },
  {
    name: "LF and CR are taken for one end",
    wire: "data: a\n\rdata: b\n\n",
    heard: [message("a"), message("b")],
  },
  {
    name: "a CR alone waits for what follows it",
    wire: "data: a\r\rdata: b\r\r",
    heard: [message("a"), message("b")],
  },
];

/** A CRLF that is cut is one end, wherever the cut is. */
const cut: Row[] = [13, 1].map((step) => ({
  name: `a CRLF that is cut by reads of ${step} bytes ends two lines`,
  step,
  wire: "data: Hello1\r\ndata: World\r\n\r\ndata: OK\r\n\r\n",
  heard: [message("Hello1\nWorld"), message("OK")],
}));

export const lines = [...regular, ...mixed, ...cut].map(toCheck);
