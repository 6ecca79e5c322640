import { createInterface } from 'node:readline';
import type { Io, Sink } from './io.ts';

/** The real world: this process's streams, environment, folder and clock. */
export function processIo(): Io {
  return {
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    stdin: { isTerminal: process.stdin.isTTY === true, bytes: readAll, ask },
    env: process.env,
    cwd: process.cwd(),
    today: new Date().toISOString().slice(0, 10),
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

function ask(prompt: string): Promise<string | null> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    let answered = false;
    reader.on('close', () => {
      if (!answered) resolve(null);
    });
    reader.question(prompt, (answer) => {
      answered = true;
      reader.close();
      resolve(answer);
    });
  });
}
