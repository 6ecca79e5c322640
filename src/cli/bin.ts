#!/usr/bin/env node
import { run } from './main.ts';
import { processIo } from './process-io.ts';

// A reader that goes away (| head) is no fault of the command: its verdict stands, the rest of the text has no taker.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exit(3);
  });
}

process.exitCode = await run(process.argv.slice(2), processIo());
