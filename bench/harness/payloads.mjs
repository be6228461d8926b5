// The events that every area sends. Each carries its sequence number, so that a check can tell a
// dropped, doubled or reordered event from a good one.

/** What a model's tokens look like on the wire: 40 to 50 bytes a frame. `length` makes them longer. */
export function tokenContents(count, length = 0) {
  return Array.from({ length: count }, (_, i) => ` t${i}`.padEnd(length, " and so on"));
}

export function tokenEvents(count) {
  return tokenContents(count).map((content) => ({ type: "chunk", content }));
}

/**
 * About 2 kB of JSON each: a retrieved document with its figures. One character outside Latin-1 makes
 * the engine hold the whole text in two bytes per character, which costs every encoder differently.
 */
export function documentEvents(count, quoted = '"slightly"') {
  return Array.from({ length: count }, (_, i) => ({
    type: "result",
    sequence: i,
    title: `Document ${i}`,
    sources: Array.from({ length: 8 }, (__, n) => ({
      id: `source-${i}-${n}`,
      score: n / 7,
      excerpt: `Prices rose ${quoted} in the second half of the year; volume stayed flat. `.repeat(
        2,
      ),
    })),
  }));
}

/** Plain text of 100 lines each, as a log or a code block is streamed. */
export function textEvents(count) {
  return Array.from({ length: count }, (_, i) =>
    Array.from(
      { length: 100 },
      (__, n) => `line ${n} of text ${i}: const total = prices.at(${n})`,
    ).join("\n"),
  );
}

/** What an agent answers in steps: about 330 B of JSON each, text, names and figures. */
export function answerEvents(count) {
  return Array.from({ length: count }, (_, i) => answerEvent(i));
}

function answerEvent(i) {
  return {
    type: "chunk",
    sequence: i,
    content: `Step ${i}: prices rose in the second half of the year; volume stayed flat. `.repeat(
      2,
    ),
    source: "synthesizer",
    figures: [i, i / 7, i % 97],
    links: [{ title: `Document ${i % 8}`, url: `https://example.com/documents/${i % 8}` }],
  };
}

/** What a reader must come to: the length of all texts, and the sum of all first figures. */
export function answerTotals(count) {
  let characters = 0;
  for (let i = 0; i < count; i++) characters += answerEvent(i).content.length;
  return { characters, sum: (count * (count - 1)) / 2 };
}
