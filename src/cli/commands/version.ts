import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

export const command: Command = {
  name: 'version',
  summary: 'print the version',
  description: ['Prints the version of ringfence and nothing else. The same as ringfence --version.'],
  operands: null,
  options: [],
  examples: [{ line: 'ringfence version', note: 'which version is this?' }],
  async run(_invocation, { io, version }) {
    io.stdout.write(`ringfence ${version}\n`);
    return exitCodes.clean;
  },
};
