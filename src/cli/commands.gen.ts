// Generated from the folder listing by `npm run gen`; do not edit.
import type { Command } from './command.ts';
import { command as completionCommand } from './commands/completion.ts';
import { command as versionCommand } from './commands/version.ts';

/** Every command of `src/cli/commands`, in name order. */
export const commands: readonly Command[] = [
  completionCommand,
  versionCommand,
];
