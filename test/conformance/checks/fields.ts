// What the fields `event` and `id` do.
import { toCheck, type Row } from "./table.ts";

const named: Row[] = [
  {
    name: "a byte order mark before an event with type and id hides them",
    wire: `\uFEFFevent: greeting\nid: abc\ndata: Hello\n\n`,
    heard: [["greeting", "Hello", "abc"]],
  },
  {
    name: "an event of my own type comes as message",
    wire: "event: greeting\ndata: Hello\n\n",
    heard: [["greeting", "Hello", ""]],
  },
  {
    name: "an event with type and id loses one of them",
    wire: "event: greeting\nid: abc\ndata: Hello\n\n",
    heard: [["greeting", "Hello", "abc"]],
  },
  {
    name: "an event whose data comes first loses its type",
    wire: "data: Hello\nid: abc\nevent: greeting\n\n",
    heard: [["greeting", "Hello", "abc"]],
  },
  {
    name: "an unknown field removes the type",
    wire: "event: greeting\ncolor: blue\ndata: Hello\n\n",
    heard: [["greeting", "Hello", ""]],
  },
  {
    name: "a field needs a space after its colon",
    wire: "event:greeting\ndata:Hello\nid:1\n\n",
    heard: [["greeting", "Hello", "1"]],
  },
  {
    name: "more than one space before the type goes",
    wire: "event:  greeting\ndata:  Hello\n\n",
    heard: [[" greeting", " Hello", ""]],
  },
  {
    name: "an event whose type is empty does not come as message",
    wire: "event: \ndata:data\n\nevent\ndata: x\n\n",
    heard: [
      ["message", "data", ""],
      ["message", "x", ""],
    ],
  },
  {
    name: "the type of one event sticks to the next",
    wire: "event:test\ndata:x\n\ndata:y\n\n",
    heard: [
      ["test", "x", ""],
      ["message", "y", ""],
    ],
  },
  {
    name: "the type of a block without data sticks to the next",
    wire: "event:test\n\ndata:x\n\n",
    heard: [["message", "x", ""]],
    types: ["test"],
  },
  {
    name: "the first of two types wins",
    wire: "event: one\nevent: two\ndata: x\n\n",
    heard: [["two", "x", ""]],
    types: ["one"],
  },
  {
    name: "an empty type does not take back the one before",
    wire: "event: one\nevent:\ndata: x\n\n",
    heard: [["message", "x", ""]],
    types: ["one"],
  },
  {
    name: "a type with letters of more than one byte is garbled",
    wire: "event: größe\ndata: x\n\n",
    heard: [["größe", "x", ""]],
  },
];

const ids: Row[] = [
  {
    name: "an event does not tell its id",
    wire: "id: abc\ndata: Hello\n\n",
    heard: [["message", "Hello", "abc"]],
  },
  {
    name: "an event without an id does not tell the last one",
    wire: "id: 1\ndata: first\n\ndata: second\n\n",
    heard: [
      ["message", "first", "1"],
      ["message", "second", "1"],
    ],
  },
  {
    name: "a new id does not stay",
    wire: "id: 1\ndata: 1\n\nid: 2\ndata:2\n\ndata:3\n\n",
    heard: [
      ["message", "1", "1"],
      ["message", "2", "2"],
      ["message", "3", "2"],
    ],
  },
  {
    name: "an empty id does not take the last one back",
    wire: "id: 1\ndata: 1\n\nid:\ndata:2\n\ndata:3\n\nid: 4\ndata:4\n\nid\ndata:5\n\n",
    heard: [
      ["message", "1", "1"],
      ["message", "2", ""],
      ["message", "3", ""],
      ["message", "4", "4"],
      ["message", "5", ""],
    ],
  },
  {
    name: "an id with a NUL is taken",
    wire: "id: a\0bc\ndata: Hello\n\nid: ok\ndata: 2\n\nid: \0\ndata: 3\n\n",
    heard: [
      ["message", "Hello", ""],
      ["message", "2", "ok"],
      ["message", "3", "ok"],
    ],
  },
  {
    name: "an id in a block without data is lost",
    wire: "id: 7\n\ndata: x\n\n",
    heard: [["message", "x", "7"]],
  },
  {
    name: "an id with letters of more than one byte is garbled",
    wire: "id: …😀\ndata: x\n\n",
    heard: [["message", "x", "…😀"]],
  },
  {
    name: "spaces around an id go",
    wire: "id:  a \ndata: x\n\n",
    heard: [["message", "x", " a "]],
  },
  {
    name: "the first of two ids in one block wins",
    wire: "id: 1\nid: 2\ndata: x\n\n",
    heard: [["message", "x", "2"]],
  },
];

export const fields = [...named, ...ids].map(toCheck);
