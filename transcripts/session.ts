import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Io } from '../src/cli/io.ts';
import { run } from '../src/cli/main.ts';
import { readVersion } from '../src/cli/version.ts';

// A session file is read from top to bottom:
//
//   what it shows, in a line or two
//   -- file cluster.yaml --          a file of the session's folder
//   -- examples shared-cluster --    copies examples/shared-cluster into it
//   $ ringfence scan cluster.yaml    a command; words may be quoted; `< FILE` gives standard input
//   -- stdout --                     what it wrote there; left out when nothing
//   -- stderr --
//   -- exit 1 --
//
//   -- now 2026-11-25T12:00:00Z --   what time it is from here on; 2026-11-23T12:00:00Z at first
//
// `$ cat FILE` and `$ ls FOLDER` show what a command left behind.

interface Step {
  readonly line: string;
  /** The moment that a mark above it sets; null: as before. */
  readonly now: string | null;
}

interface Session {
  readonly note: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly examples: readonly string[];
  readonly steps: readonly Step[];
}

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** The moment it is at the start of a session. */
const start = '2026-11-23T12:00:00Z';

/** Runs every command of a session in a fresh folder and gives the session's text as it should read. */
export async function replay(text: string): Promise<string> {
  const session = parse(text);
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'ringfence-session-')));
  try {
    for (const example of session.examples) cpSync(new URL(`../examples/${example}`, import.meta.url), join(cwd, example), { recursive: true });
    for (const { path, text: content } of session.files) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), content);
    }
    const parts = [session.note.trimEnd()];
    for (const example of session.examples) parts.push(`-- examples ${example} --`);
    for (const { path, text: content } of session.files) parts.push(`-- file ${path} --\n${content.replace(/\n$/, '')}`);
    let now = start;
    for (const step of session.steps) {
      if (step.now !== null) parts.push(`-- now ${step.now} --`);
      now = step.now ?? now;
      parts.push(stepText(step.line, await execute(step.line, cwd, now)));
    }
    return `${parts.join('\n')}\n`;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

function parse(text: string): Session {
  const files: { path: string; text: string }[] = [];
  const examples: string[] = [];
  const steps: Step[] = [];
  const note: string[] = [];
  let into: string[] | null = note;
  let now: string | null = null;
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const mark = /^-- (file|examples|now|stdout|stderr|exit) ?(.*?) --$/.exec(line);
    if (mark?.[1] === 'file') {
      const content: string[] = [];
      const path = mark[2] ?? '';
      files.push({
        path,
        get text() {
          return content.map((l) => `${l}\n`).join('');
        },
      });
      into = content;
    } else if (mark?.[1] === 'examples') {
      examples.push(mark[2] ?? '');
      into = null;
    } else if (mark?.[1] === 'now') {
      now = mark[2] ?? '';
      into = null;
    } else if (mark !== null) into = null;
    else if (line.startsWith('$ ')) {
      steps.push({ line: line.slice(2), now });
      now = null;
      into = null;
    } else into?.push(line);
  }
  return { note: note.join('\n'), files, examples, steps };
}

async function execute(line: string, cwd: string, now: string): Promise<Outcome> {
  const [words, input] = wordsOf(line);
  const [program, ...args] = words;
  if (program === 'cat') return { stdout: readFileSync(join(cwd, args[0] ?? ''), 'utf8'), stderr: '', code: 0 };
  if (program === 'ls')
    return {
      stdout: existsSync(join(cwd, args[0] ?? ''))
        ? readdirSync(join(cwd, args[0] ?? ''))
            .sort()
            .map((name) => `${name}\n`)
            .join('')
        : '',
      stderr: '',
      code: 0,
    };
  if (program !== 'ringfence') throw new Error(`a session runs ringfence, cat and ls, not ${program}`);
  let stdout = '';
  let stderr = '';
  const io: Io = {
    stdout: { write: (text) => void (stdout += text), isTerminal: false, columns: undefined },
    stderr: { write: (text) => void (stderr += text), isTerminal: false, columns: undefined },
    stdin: {
      isTerminal: false,
      bytes: async () => (input === null ? Buffer.alloc(0) : readFileSync(join(cwd, input))),
      async *chunks() {
        if (input !== null) yield readFileSync(join(cwd, input));
      },
      ask: async () => null,
    },
    env: { LANG: 'C.UTF-8' },
    cwd,
    today: now.slice(0, 10),
    now,
  };
  const code = await run(args, io);
  return { stdout, stderr, code };
}

/** Splits a command line at blanks outside double quotes; what follows `<` is the file of standard input. */
function wordsOf(line: string): [words: string[], input: string | null] {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2] ?? '');
  const at = words.indexOf('<');
  return at < 0 ? [words, null] : [words.slice(0, at), words[at + 1] ?? null];
}

function stepText(line: string, { stdout, stderr, code }: Outcome): string {
  const version = readVersion();
  const part = (name: string, text: string): string[] => (text === '' ? [] : [`-- ${name} --`, text.replaceAll(version, '<version>').replace(/\n$/, '')]);
  return [`$ ${line}`, ...part('stdout', stdout), ...part('stderr', stderr), `-- exit ${code} --`].join('\n');
}
