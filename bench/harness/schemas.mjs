// The union of the client area, once for every contender that checks its events.

export const answerSchema = (z) =>
  z.object({
    sequence: z.number(),
    content: z.string(),
    source: z.string(),
    figures: z.array(z.number()),
    links: z.array(z.object({ title: z.string(), url: z.string() })),
  });

export const statusSchema = (z) => z.object({ status: z.string() });

export const resultSchema = (z) => z.object({ content: z.string() });

/** The same three as a union that tells its members by their `type`. */
export const unionSchema = (z) =>
  z.discriminatedUnion("type", [
    answerSchema(z).extend({ type: z.literal("chunk") }),
    statusSchema(z).extend({ type: z.literal("status") }),
    resultSchema(z).extend({ type: z.literal("result") }),
  ]);
