import { visible } from './visible.ts';

/**
 * One line of user text for GitHub-flavoured Markdown, tables included: shown letter by letter, never as markup, HTML, mention, issue reference or link.
 * An empty comment stands inside what GitHub would link after rendering (`@name`, `#1`, `https://`, `www.`): escapes alone do not stop that.
 * Source: GitHub Flavored Markdown spec §2.4 (backslash escapes), §6.9 (autolinks extension).
 */
export function markdownText(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|~!$^]/g, '\\$&')
    .replace(/[@#](?=[\w-])/g, '$&<!-- -->')
    .replace(/:(?=\/\/)/g, ':<!-- -->')
    .replace(/\b(www|GH)(?=[.-])/gi, '$1<!-- -->');
}

/**
 * What the autolink extension looks for, entities decoded or not: it links inside `<code>` too, so an empty comment breaks each apart.
 * Source: GitHub Flavored Markdown spec §6.9 (`www.`, `http://`, `https://`, `ftp://`, `mailto:`, `xmpp:`, addresses of mail).
 */
const linking = /@|:|\b(?:www|GH)(?=[.-])/gi;

/** User text as code that fits in a table: HTML entities inside `<code>`, where no Markdown, mention or link is made. */
export function markdownCode(text: string): string {
  return `<code>${visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|~!$^#]/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(linking, '$&<!-- -->')}</code>`;
}

/** Lines of user text as a fenced block that its content cannot close. */
export function markdownFence(lines: readonly string[], language: string): string[] {
  const longest = lines.reduce((n, line) => Math.max(n, ...[...line.matchAll(/`+/g)].map((m) => m[0].length)), 2);
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}

/** A table; cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [`| ${head.join(' | ')} |`, `|${head.map(() => ' --- |').join('')}`, ...rows.map((row) => `| ${row.join(' | ')} |`)];
}

/** A part that opens on a click. The summary is Markdown-free HTML or escaped text. */
export function markdownDetails(summary: string, body: readonly string[]): string[] {
  return ['<details>', `<summary>${summary}</summary>`, '', ...body, '', '</details>'];
}
