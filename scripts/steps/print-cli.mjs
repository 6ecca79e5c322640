import { child, node } from './child.mjs';
import { built, generatedNote } from './printing.mjs';
import { at } from './root.mjs';

const plain = { NO_COLOR: '1', CI: 'true', COLUMNS: '100', TERM: 'xterm', LANG: 'C.UTF-8', FORCE_COLOR: undefined };

/** What `ringfence …` prints in the project's folder, without colours: `{ code, stdout, stderr }`. */
export const ringfence = (args, cwd) => child(node, [at('dist', 'cli', 'bin.js'), ...args], { env: plain, ...(cwd === undefined ? {} : { cwd }) });

/** The command line's page: what `--help` says, verb by verb. */
export async function cliFiles() {
  const { loaders } = await built('cli/commands.gen.js');
  const pages = [];
  for (const name of Object.keys(loaders)) {
    const { stdout } = await ringfence([...name.split(' '), '--help']);
    pages.push('', `## ${name}`, '', '```text', stdout.trimEnd(), '```');
  }
  const { stdout } = await ringfence(['--help']);
  const text = ['# The command line', '', generatedNote('what the program prints'), '', '```text', stdout.trimEnd(), '```', ...pages, ''].join('\n');
  return [{ path: 'docs/cli.md', text }];
}
