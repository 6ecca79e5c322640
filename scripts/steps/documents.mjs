import { readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { child } from './child.mjs';
import { at } from './root.mjs';

/** GitHub's anchor of a heading. */
const anchorOf = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/`|\*|\[([^\]]*)\]\([^)]*\)/g, (_, text) => text ?? '')
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** The text without fenced blocks and inline code, line for line. */
const prose = (text) => text.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1`*[ \t]*$/gm, (block) => block.replace(/[^\n]/g, '')).replace(/`[^`\n]*`/g, '');

const anchorsOf = (text) => {
  const seen = new Map();
  return new Set(
    [...text.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1`*[ \t]*$/gm, '').matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading]) => {
      const anchor = anchorOf(heading);
      const again = seen.get(anchor) ?? 0;
      seen.set(anchor, again + 1);
      return again === 0 ? anchor : `${anchor}-${again}`;
    }),
  );
};

/** Lines that git leaves in a file where a merge did not settle: of seven signs, in fenced blocks too. Underlining a heading takes more or fewer. */
const mark = /^(?:<{7}(?!<)|>{7}(?!>)|={7}$)/;

/**
 * What is wrong with the Markdown files git knows (tracked, or new and not ignored): a relative link to nothing, an anchor that no heading has,
 * a relative link that leaves the project, marks of a merge. One sentence each, `file:line: …`.
 */
export async function documentProblems() {
  const listed = await child('git', ['ls-files', '--cached', '--others', '--exclude-standard']);
  const files = new Set(listed.stdout.split('\n').filter((path) => path !== ''));
  const folders = new Set([...files].flatMap((path) => parents(path)));
  return [...files]
    .filter((path) => path.endsWith('.md') && !path.startsWith('goldens/'))
    .flatMap((path) => inDocument(path, { files, folders, read: readTracked }));
}

const parents = (path) => (path.includes('/') ? [dirname(path), ...parents(dirname(path))] : []);

/** The same for one page. `files` and `folders` are all there are; `read` gives a file's text. */
export function inDocument(path, { files, folders, read }) {
  const whole = read(path);
  const text = prose(whole);
  const problems = whole
    .split(/\r?\n/)
    .flatMap((line, i) => (mark.test(line) ? [`${path}:${i + 1}: the line begins with ${line[0].repeat(7)}, the mark of a merge that was not settled.`] : []));
  for (const match of text.matchAll(/\]\(([^()\s]+)(?: "[^"]*")?\)/g)) {
    const target = match[1];
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) continue;
    const line = text.slice(0, match.index).split('\n').length;
    const [file, anchor] = target.split('#');
    const full = file === '' ? path : posix.join(posix.dirname(path), decodeURIComponent(file)).replace(/\/$/, '');
    if (full.startsWith('..')) problems.push(`${path}:${line}: the link ${target} leaves the project.`);
    else if (!files.has(full) && !folders.has(full)) problems.push(`${path}:${line}: the link ${target} leads to nothing.`);
    else if (anchor !== undefined && full.endsWith('.md') && !anchorsOf(read(full)).has(anchor))
      problems.push(`${path}:${line}: ${full} has no heading #${anchor}.`);
  }
  return problems;
}

const readTracked = (path) => {
  try {
    return readFileSync(at(path), 'utf8');
  } catch {
    // Deleted in the work tree but still in git's list.
    return '';
  }
};
