import { createInterface, type Interface } from 'node:readline';
import type { Io, Sink } from './io.ts';

/** The real world: this process's streams, environment, folder and clock. */
export function processIo(): Io {
  const now = new Date().toISOString();
  return {
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    stdin: { isTerminal: process.stdin.isTTY === true, bytes: readAll, chunks: () => process.stdin, ask: questioner() },
    env: process.env,
    cwd: process.cwd(),
    today: now.slice(0, 10),
    now: now.replace(/\.\d+Z$/, 'Z'),
  };
}

function sinkOf(stream: NodeJS.WriteStream): Sink {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns;
    },
  };
}

async function readAll(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** One reader for all questions, so that answers typed or pasted ahead are not lost. */
function questioner(): (prompt: string) => Promise<string | null> {
  const typed: string[] = [];
  let ended = false;
  let wake: (() => void) | undefined;
  let reader: Interface | undefined;
  return async (prompt) => {
    if (reader === undefined) {
      reader = createInterface({ input: process.stdin, output: process.stderr });
      reader.on('line', (line) => {
        typed.push(line);
        wake?.();
      });
      reader.on('close', () => {
        ended = true;
        wake?.();
      });
    }
    if (typed.length === 0 && !ended) {
      reader.setPrompt(prompt);
      reader.prompt();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      // A paused reader does not keep the process alive.
      if (!ended) reader.pause();
    } else process.stderr.write(prompt);
    return typed.shift() ?? null;
  };
}
