import { expect, test } from 'vitest';
import { inDocument } from './steps/documents.mjs';

const files = new Set(['README.md', 'docs/a.md', 'docs/b.md']);
const folders = new Set(['docs', '.']);
const texts = { 'README.md': '', 'docs/b.md': '# One `two` three\n\n## One `two` three\n' };
const problems = (text) => inDocument('docs/a.md', { files, folders, read: (path) => (path === 'docs/a.md' ? text : texts[path]) });

test.each([
  ['a link to nothing', '[x](c.md)', 'docs/a.md:1: the link c.md leads to nothing.'],
  ['on its line', 'one\n\n[x](../LICENCE)', 'docs/a.md:3: the link ../LICENCE leads to nothing.'],
  ['an anchor that no heading has', '[x](b.md#four)', 'docs/a.md:1: docs/b.md has no heading #four.'],
  ['a link out of the project', '[x](../../etc/passwd)', 'docs/a.md:1: the link ../../etc/passwd leaves the project.'],
  ['the start of a merge', 'one\n<<<<<<< HEAD\n', 'docs/a.md:2: the line begins with <<<<<<<, the mark of a merge that was not settled.'],
  ['its middle', 'one\r\n=======\r\ntwo', 'docs/a.md:2: the line begins with =======, the mark of a merge that was not settled.'],
  ['its end, in a block of code', '```sh\n>>>>>>> 1a2b3c (words)\n```', 'docs/a.md:2: the line begins with >>>>>>>, the mark of a merge that was not settled.'],
])('%s is a problem', (_, text, problem) => {
  expect(problems(text)).toEqual([problem]);
});

test.each([
  ['a file', '[x](b.md)'],
  ['a folder', '[x](../docs/)'],
  ['a heading', '[x](b.md#one-two-three)'],
  ['its twin', '[x](b.md#one-two-three-1)'],
  ['the page itself', '# Here\n[x](#here)'],
  ['another site', '[x](https://example.com/c.md)'],
  ['code', '`[x](c.md)`\n\n```md\n[x](c.md)\n```'],
  ['a heading underlined with more', 'One\n========\n'],
  ['seven signs within a line', 'a <<<<<<< b\n======= c'],
])('%s is not', (_, text) => {
  expect(problems(text)).toEqual([]);
});
