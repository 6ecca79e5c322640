// npm start [-- verb …]: makes a fresh clone ready, then runs the command line; without a verb, tells the story.
import { foreground, node } from './steps/child.mjs';
import { compile } from './steps/compile.mjs';
import { install } from './steps/install.mjs';
import { at } from './steps/root.mjs';

/** Exit code "could not finish", as the command line has it. */
const unfinished = 3;

async function start(argv) {
  if ((await install()) !== 0 || (await compile()) !== 0) return unfinished;
  // npm runs scripts in the project's folder; paths are meant from where the user stood.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  if (argv.length > 0) return await foreground(node, [at('dist', 'cli', 'bin.js'), ...argv], { cwd });
  const { story } = await import('./story.mjs');
  return await story();
}

process.exitCode = await start(process.argv.slice(2));
