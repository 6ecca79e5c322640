#!/usr/bin/env node
import { exitCodes } from './exit-code.ts';
import { run } from './main.ts';
import { processIo } from './process-io.ts';

// A reader that goes away (| head) is no fault of the command: its verdict stands, the rest of the text has no taker.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    if (stream === process.stdout) process.stderr.write(`error: cannot write the result: ${error.code ?? error.message}\n`);
    process.exit(exitCodes.unfinished);
  });
}

process.exitCode = await run(process.argv.slice(2), processIo());
