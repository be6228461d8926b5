/** What is wrong with a picture as XML, `undefined` when nothing is. */
export function malformed(svg: string): string | undefined {
  const open: string[] = [];
  const rest = svg.replace(/<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<]*")*)(\/?)>/g, (tag, ...found) => {
    const [end, name, , alone] = found as string[];
    if (end) return open.pop() === name ? "" : tag;
    if (!alone) open.push(name ?? "");
    return "";
  });
  if (open.length > 0) return `not closed: ${open.join(", ")}`;
  return /[^\n]*(?:<|&(?!amp;|lt;|quot;))[^\n]*/.exec(rest)?.[0];
}
