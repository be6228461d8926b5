// What bytes mean: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
import { plain, toCheck, type Row } from "./table.ts";

const HUNDRED = Array.from({ length: 100 }, (_, n) => `n${n}`);

const blocks = plain([
  ["an event of one line is lost", "data: Hello\n\n", "Hello"],
  [
    "the second of two events in one read is lost",
    "data: Hello\n\ndata: World\n\n",
    "Hello",
    "World",
  ],
  ["two lines of data do not become one text", "data: Hello\ndata:World\n\n", "Hello\nWorld"],
  [
    "a hundred events at once are lost or change places",
    HUNDRED.map((n) => `data: ${n}\n\n`).join(""),
    ...HUNDRED,
  ],
  ["an event whose data is empty is lost", "data:\n\n", ""],
  ["data without a colon is lost", "data\n\ndata\ndata\n\ndata:test\n\n", "", "\n", "test"],
  [
    "data lines with and without text are mixed up",
    "data:msg\ndata: msg\n\n:\nfalsefield:msg\n\nfalsefield:msg\ndata\n\ndata:end\n\n",
    "msg\nmsg",
    "",
    "end",
  ],
  ["blank lines alone make an event", "\n\n\n\ndata: one\n\n\n\ndata: two\n\n", "one", "two"],
  ["a block without data makes an event", "event: x\nid\n\nretry: 3\n\n: \n\ndata: y\n\n", "y"],
  [
    "a field of my own breaks the event",
    "color: blue\ndata: test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata: test\n\n",
    "test\n\ntest",
  ],
  [
    "field names are taken without their case",
    "Data: 1\nDATA: 2\ndata: 3\ndatax: 4\n data: 5\ndata : 6\n\n",
    "3",
  ],
  [
    "more than one space after the colon goes",
    "data:\ttest\rdata: \ndata:test\ndata:  x\n\n",
    "\ttest\n\ntest\n x",
  ],
  [
    "a colon in the data cuts it",
    'data: a: b\ndata::c\ndata: {"k":"v"}\n\n',
    'a: b\n:c\n{"k":"v"}',
  ],
  ["spaces at the end of data go", "data: a  \n\ndata: \t \n\n", "a  ", "\t "],
  ["a NUL ends the data", "data:\0\n\ndata: a\0b\n\n", "\0", "a\0b"],
  [
    "other characters that end lines elsewhere end one here",
    "data: a\u2028b\u2029c\u0085d\u000Be\u000Cf\n\n",
    "a\u2028b\u2029c\u0085d\u000Be\u000Cf",
  ],
  ["letters of more than one byte are garbled", "data: €豆腐😀\n\n", "€豆腐😀"],
]);

const comments = plain([
  ["a comment is taken for data", ":Hello\n\ndata: Hello\n\n", "Hello"],
  ["two comments in a row are taken for data", ":Hello\n:World\n\ndata: x\n\n", "x"],
  ["a comment before an event breaks it", ":Hello\ndata: Hello\n\n", "Hello"],
  [
    "a comment after an event breaks the next one",
    "data: Hello\n\n:Hello\ndata: x\n\n",
    "Hello",
    "x",
  ],
  [
    "comments between the lines of an event part them",
    `data:1\r:\0\n:\r\ndata:2\n:${"x".repeat(2048)}\rdata:3\n:data:fail\r:${"x".repeat(2048)}\ndata:4\n\n`,
    "1\n2\n3\n4",
  ],
]);

const BOM = "\uFEFF";
const marks = plain([
  ["a byte order mark hides the first event", `${BOM}data: Hello\n\n`, "Hello"],
  [
    "a byte order mark changes the second event",
    `${BOM}data: First\n\ndata: Second\n\n`,
    "First",
    "Second",
  ],
  [
    "a byte order mark before a comment hides the event",
    `${BOM}:comment\ndata: Hello\n\n`,
    "Hello",
  ],
  ["a byte order mark before empty data hides the event", `${BOM}data:\n\n`, ""],
  [
    "a byte order mark before two lines hides the first",
    `${BOM}data: Line1\ndata: Line2\n\n`,
    "Line1\nLine2",
  ],
  [
    "a second byte order mark at the start is removed, too",
    `${BOM}${BOM}data:1\n\ndata:2\n\n`,
    "2",
  ],
  [
    "a byte order mark within the data is removed",
    `data: First\n\ndata: ${BOM}Second\n\n`,
    "First",
    `${BOM}Second`,
  ],
  [
    "a byte order mark within the first data is removed, too",
    `${BOM}data: ${BOM}Hello\n\n`,
    `${BOM}Hello`,
  ],
  [
    "a byte order mark at a later line is removed",
    `data:1\n\n${BOM}data:2\n\ndata:3\n\n`,
    "1",
    "3",
  ],
]);

const UTF8 = { "content-type": "text/event-stream;charset=windows-1252" };
const bytes: Row[] = [
  {
    name: "a charset of the answer makes the text be read as that",
    headers: UTF8,
    wire: "data:ok…\n\n",
    heard: [["message", "ok…", ""]],
  },
  {
    name: "bytes that are no UTF-8 end the stream",
    raw: "data: a\xFFb\xE2\x82\n\ndata: c\n\n",
    heard: [
      ["message", "a\uFFFDb\uFFFD", ""],
      ["message", "c", ""],
    ],
  },
  {
    name: "letters that are split over reads are garbled",
    step: 1,
    wire: "data: €豆腐😀\n\n",
    heard: [["message", "€豆腐😀", ""]],
  },
  {
    name: "an event that is split over two reads is lost",
    step: 9,
    wire: "data: Hello\n\n",
    heard: [["message", "Hello", ""]],
  },
  {
    name: "a byte order mark that is split after two bytes hides the event",
    step: 2,
    wire: `${BOM}data: Hello\n\n`,
    heard: [["message", "Hello", ""]],
  },
  {
    name: "a byte order mark that comes byte by byte hides the event",
    step: 1,
    wire: `${BOM}data: Hello\n\n`,
    heard: [["message", "Hello", ""]],
  },
  {
    name: "a retry that is no number ends the stream",
    wire: "retry: 1x\nretry: -1\nretry: 1.5\nretry: \nretry\nretry: 1e3\ndata: x\n\n",
    heard: [["message", "x", ""]],
  },
];

export const format = [...blocks, ...comments, ...marks, ...bytes].map(toCheck);
