import { parseArgs } from 'node:util';

export const usage = (shapes) => `usage: npm run bench                                        measures everything and writes docs/benchmarks.md
       npm run bench -- --shape SHAPE                      measures one shape and prints the figures
       npm run bench -- --emit-input FOLDER --shape SHAPE  writes the shape as plain files, for other tools
SHAPE is one of ${shapes.join(', ')}`;

/** What was asked: { shape, folder }, null where not said; or { fault } in words. */
export function readCommandLine(args, shapes) {
  let values;
  try {
    ({ values } = parseArgs({ args, options: { shape: { type: 'string' }, 'emit-input': { type: 'string' } } }));
  } catch (error) {
    return { fault: error.message };
  }
  const { shape = null, 'emit-input': folder = null } = values;
  if (shape !== null && !shapes.includes(shape)) return { fault: `There is no shape ${JSON.stringify(shape)}.` };
  if (folder === '') return { fault: '--emit-input needs a folder.' };
  if (folder !== null && shape === null) return { fault: '--emit-input needs a shape: which one is to be written?' };
  return { shape, folder };
}
