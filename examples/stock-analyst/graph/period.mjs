/** Reads the period of a question: years, ranges, "since 2005", "the last 3 years", "the crash of 2008". */
import { addMonths, FIRST_MONTH, LAST_MONTH } from "../data/prices.mjs";

/**
 * @typedef {object} Period
 * @property {string} from - First month, `2004-01`.
 * @property {string} to - Last month.
 * @property {string | null} assumed - The words that were read freely ("the crash of 2008"), so that the answer can say how.
 * @property {boolean} clipped - Asked for more than there are prices for.
 */

const MONTH_WORDS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec";
const POINT = `(?:(?:(${MONTH_WORDS})[a-z]*\\.?,? )?((?:19|20)\\d\\d))`;
const NUMBERS = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
];

/** Spans that go by a name. Their months are those of the index at large, from its peak to its trough. */
const NAMED = [
  {
    words:
      /\b(?:the )?(?:financial crisis|(?:stock market |great )?crash(?: of)?(?: 2008)|2008 (?:stock market )?crash|great recession)/i,
    from: "2007-10",
    to: "2009-03",
  },
  {
    words: /\b(?:the )?(?:dot-?\s?com (?:crash|bubble|bust)|dot-?\s?com|tech bubble)/i,
    from: "2000-03",
    to: "2002-10",
  },
];

/** @type {{ form: RegExp, read: (match: RegExpMatchArray) => { from: string, to: string } }[]} */
const FORMS = [
  {
    form: new RegExp(`${POINT} ?(?:to|until|till|and|through|thru|[-–—]) ?${POINT}`, "i"),
    read: ([, monthA, yearA, monthB, yearB]) =>
      ordered(startOf(monthA, yearA), endOf(monthB, yearB), () => ({
        from: startOf(monthB, yearB),
        to: endOf(monthA, yearA),
      })),
  },
  {
    form: new RegExp(`\\bafter ${POINT}`, "i"),
    read: ([, month, year]) => ({ from: addMonths(endOf(month, year), 1), to: LAST_MONTH }),
  },
  {
    form: new RegExp(`\\b(?:since|from|starting(?: in)?) ${POINT}`, "i"),
    read: ([, month, year]) => ({ from: startOf(month, year), to: LAST_MONTH }),
  },
  {
    form: new RegExp(`\\bbefore ${POINT}`, "i"),
    read: ([, month, year]) => ({ from: FIRST_MONTH, to: addMonths(startOf(month, year), -1) }),
  },
  {
    form: new RegExp(`\\b(?:until|till|up to|through) ${POINT}`, "i"),
    read: ([, month, year]) => ({ from: FIRST_MONTH, to: endOf(month, year) }),
  },
  {
    form: new RegExp(`\\b(?:last|past) (\\d{1,2}|${NUMBERS.join("|")})? ?(year|month)s?\\b`, "i"),
    read: ([, count = "1", unit = ""]) => {
      const number = /^\d/.test(count) ? Number(count) : NUMBERS.indexOf(count.toLowerCase());
      return {
        from: addMonths(LAST_MONTH, -number * (unit.toLowerCase() === "year" ? 12 : 1)),
        to: LAST_MONTH,
      };
    },
  },
  // One month alone has no return: the month before it is where it starts.
  {
    form: new RegExp(`\\b${POINT}\\b`, "i"),
    read: ([, month, year]) => ({
      from: month === undefined ? startOf(month, year) : addMonths(startOf(month, year), -1),
      to: endOf(month, year),
    }),
  },
];

/**
 * @param {string} question
 * @returns {Period} The whole range when the question names none. `from` lies after `to` when no month of it has prices.
 */
export function readPeriod(question) {
  for (const { words, from, to } of NAMED) {
    const match = question.match(words);
    if (match) return { from, to, assumed: match[0], clipped: false };
  }
  for (const { form, read } of FORMS) {
    const match = question.match(form);
    if (match) return clip(read(match));
  }
  return { from: FIRST_MONTH, to: LAST_MONTH, assumed: null, clipped: false };
}

/** @param {{ from: string, to: string }} asked @returns {Period} */
function clip({ from, to }) {
  return {
    from: from < FIRST_MONTH ? FIRST_MONTH : from,
    to: to > LAST_MONTH ? LAST_MONTH : to,
    assumed: null,
    clipped: from < FIRST_MONTH || to > LAST_MONTH,
  };
}

/** @param {string} from @param {string} to @param {() => { from: string, to: string }} turned */
function ordered(from, to, turned) {
  return from <= to ? { from, to } : turned();
}

/** @param {string | undefined} month @param {string} year */
function startOf(month, year) {
  return `${year}-${monthNumber(month) ?? "01"}`;
}

/** @param {string | undefined} month @param {string} year */
function endOf(month, year) {
  return `${year}-${monthNumber(month) ?? "12"}`;
}

/** @param {string | undefined} month */
function monthNumber(month) {
  if (month === undefined) return undefined;
  return String(MONTH_WORDS.split("|").indexOf(month.slice(0, 3).toLowerCase()) + 1).padStart(
    2,
    "0",
  );
}
