import { expect, test } from 'vitest';
import { commandTexts } from './command-texts.ts';

const script = (text: string): string =>
  commandTexts({ command: ['bash', '-c'], args: [text] })
    .at(-1)
    ?.text.trim() ?? '';

test.each<readonly [string, string, string]>([
  ['what is printed', 'echo "see https://wiki.example"; torchrun t.py', '; torchrun t.py'],
  ['with separators in quotes', "echo 'a; b https://wiki.example' && torchrun t.py", '&& torchrun t.py'],
  ['to standard error', 'echo see https://wiki.example >&2\ntorchrun t.py', 'torchrun t.py'],
  ['in a branch', 'if true; then echo https://a.example; fi', 'if true; then ; fi'],
  ['or else', 'printf "%s" https://a.example || true', '|| true'],
  ['comments', '# see https://wiki.example\ntorchrun t.py # or https://b.example', 'torchrun t.py'],
  ['what is piped', 'echo https://a.example | xargs curl', 'echo https://a.example | xargs curl'],
  ['what goes to a file', 'echo "uri: https://a.example" > cfg.yaml', 'echo "uri: https://a.example" > cfg.yaml'],
  ['what is asked for', 'echo $(curl https://a.example)', 'echo $(curl https://a.example)'],
  ['a fragment', 'curl https://a.example/#top', 'curl https://a.example/#top'],
  ['a word echo of another command', 'curl echo https://a.example', 'curl echo https://a.example'],
  ['an open quote', 'echo "see https://a.example', ''],
])('a script holds what it may dial: %s', (_, text, wanted) => {
  expect(script(text)).toBe(wanted);
});

test.each<readonly [string, boolean]>([
  ['Fine tuning, see https://wiki.example', true],
  ['--note=as told at https://wiki.example', true],
  ['--index-url https://pypi.example', false],
  ['https://a.example', false],
  ['--url=https://a.example', false],
])('a sentence is no place: %s', (text, sentence) => {
  expect(commandTexts({ command: ['python', 't.py', text], args: [] }).at(-1)).toEqual({ text, sentence });
});

test('hostile scripts end', () => {
  for (const text of ['echo '.repeat(12_000), '#'.repeat(60_000), '"'.repeat(60_001), `echo ${'>&'.repeat(30_000)}`, '\\'.repeat(60_001)])
    expect(typeof script(text)).toBe('string');
});
