/** What may be asked, and how a refusal is told. */

const MAX_QUESTION = 500;

/** A question that cannot be asked. It is answered with `status`, before any run begins. */
export class QuestionError extends Error {
  /** @override */
  name = "QuestionError";
  status = 400;
  /** Its message is written for whoever asked. */
  expose = true;
}

/** @param {unknown} body @returns {string} */
export function readQuestion(body) {
  const message =
    typeof body === "object" && body !== null && "message" in body ? body.message : undefined;
  if (typeof message !== "string")
    throw new QuestionError("Send JSON with a `message`: the question, as a string.");
  const question = message.trim();
  if (question === "")
    throw new QuestionError("Ask a question, for example: How did Apple do since 2005?");
  if (question.length > MAX_QUESTION) {
    throw new QuestionError(
      `A question may have ${MAX_QUESTION} characters; this one has ${question.length}.`,
    );
  }
  return question;
}
