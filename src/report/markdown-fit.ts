/** GitHub refuses comments longer than 65,536 characters; some room is left for what a workflow puts around. Source: GitHub REST API, issue comments. */
export const commentLimit = 60_000;

/** Blocks joined by blank lines, leaving out whole blocks from the end so that the text stays under the limit, and saying so. */
export function fitted(blocks: readonly (readonly string[])[], limit: number = commentLimit): string {
  const texts = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  const kept: string[] = [];
  let used = 0;
  for (const text of texts) {
    if (used + text.length + 2 > limit) break;
    kept.push(text);
    used += text.length + 2;
  }
  const left = texts.length - kept.length;
  return `${[...kept, ...(left > 0 ? [`_${left} more ${left === 1 ? 'part does' : 'parts do'} not fit in a comment; the JSON report has everything._`] : [])].join('\n\n')}\n`;
}
