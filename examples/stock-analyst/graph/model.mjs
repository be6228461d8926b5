/** Lets a model behind an OpenAI-compatible interface word the answer. It is told the figures; it computes none. */
import OpenAI from "openai";

/** @typedef {{ client: OpenAI, name: string }} Model */

const DEFAULT_MODEL = "gpt-4.1-mini";

const INSTRUCTIONS = [
  "You word the answer of a stock analyst to one question.",
  "Use only the figures given as JSON; returns, volatility and drawdown depth are fractions, so 0.25 is 25%.",
  "Name the months that the figures cover. Say what is missing. Two short paragraphs of plain text, no markup, no advice.",
].join(" ");

/**
 * The model that the environment names, or `null` when it names none.
 *
 * @param {NodeJS.ProcessEnv} env - `OPENAI_BASE_URL` or `OPENAI_API_KEY` switch it on; `OPENAI_MODEL` names the model.
 * @returns {Model | null}
 */
export function modelFrom({ OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL }) {
  if (!OPENAI_API_KEY && !OPENAI_BASE_URL) return null;
  const client = new OpenAI({
    // A server on one's own machine asks for no key, but the client insists on having one.
    apiKey: OPENAI_API_KEY || "none",
    baseURL: OPENAI_BASE_URL || undefined,
    maxRetries: 1,
  });
  return { client, name: OPENAI_MODEL || DEFAULT_MODEL };
}

/**
 * Streams the model's words as chunks.
 *
 * @param {Model} model
 * @param {string} question
 * @param {import('./wording.mjs').Findings} findings
 * @param {{ stream: import('./graph.mjs').Teller, signal: AbortSignal }} config - The signal closes the connection to the model.
 * @returns {Promise<string>} The whole text.
 */
export async function sayWithModel({ client, name }, question, findings, { stream, signal }) {
  const { reading, figures, missing, correlation } = findings;
  const facts = {
    question,
    period: reading.period,
    unknownCompanies: reading.unknown,
    figures,
    missing,
    correlation,
  };
  const completion = await client.chat.completions.create(
    {
      model: name,
      stream: true,
      messages: [
        { role: "system", content: INSTRUCTIONS },
        { role: "user", content: JSON.stringify(facts) },
      ],
    },
    { signal },
  );
  let text = "";
  for await (const part of completion) {
    const token = part.choices[0]?.delta?.content ?? "";
    if (token === "") continue;
    text += token;
    await stream.chunk(token);
  }
  // The client ends its loop quietly when the signal aborts; an answer cut short is no answer.
  signal.throwIfAborted();
  if (text === "") throw new Error("the model ended without a word");
  return text;
}
