import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { incompleteText } from './headline.ts';
import { markdownCode, markdownDetails, markdownText } from './markdown-escape.ts';
import { diagnosticPlace, placeText } from './place.ts';

/** Diagnostics listed in a comment. */
const diagnosticsListed = 20;

/** A line in bold, and the empty one after it, that says that the input was incomplete; nothing when it was not. */
export function incompleteMarkdown(diagnostics: readonly Diagnostic[]): string[] {
  const text = incompleteText(diagnostics);
  return text === null ? [] : [`**⚠️ ${text}: what they hold is in no answer below, and what policies among them may do is left unknown**`, ''];
}

/** What is wrong with the input, folded; empty when nothing is. */
export function diagnosticsMarkdown(diagnostics: readonly Diagnostic[], locator: Locator): string[] {
  if (diagnostics.length === 0) return [];
  const lines = diagnostics.slice(0, diagnosticsListed).map((d) => {
    const place = diagnosticPlace(d, locator);
    return `- ${d.severity} ${markdownCode(d.code)}${place === null ? '' : ` at ${markdownCode(placeText(place))}`}: ${markdownText(d.message)}`;
  });
  const rest = diagnostics.length - lines.length;
  return markdownDetails('Faults in the input', [...lines, ...(rest > 0 ? [`- _and ${rest} more_`] : [])]);
}
