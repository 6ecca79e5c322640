import type { Command } from '../command.ts';
import { completionScript, type Shell, shells } from '../completion-script.ts';
import { exitCodes } from '../exit-code.ts';

export const command: Command = {
  name: 'completion',
  summary: 'print a completion script for your shell',
  description: ['Prints a script that completes verbs, options and their values. Load it from the start-up file of your shell.'],
  operands: { name: 'SHELL', min: 1, max: 1, choices: shells, help: `One of ${shells.join(', ')}.` },
  options: [],
  examples: [
    { line: 'source <(ringfence completion bash)', note: 'for this bash session; put it into ~/.bashrc to keep it' },
    { line: 'ringfence completion zsh > "${fpath[1]}/_ringfence"', note: 'zsh' },
    { line: 'ringfence completion fish > ~/.config/fish/completions/ringfence.fish', note: 'fish' },
  ],
  async run(invocation, { io, allCommands }) {
    io.stdout.write(completionScript(invocation.operands[0] as Shell, await allCommands()));
    return exitCodes.clean;
  },
};
