// How fast one input is read, in a process of its own: node --expose-gc scripts/bench/reading.mjs SHAPE prints figures as JSON.
import { performance } from 'node:perf_hooks';
import { built } from '../steps/printing.mjs';
import { filesOf } from './all-shapes.mjs';

const rounds = 5;

async function measure(name) {
  const texts = filesOf(name).map(({ path, text }) => ({ file: path, text: flat(text) }));
  const [{ loadSnapshot }, { parseSource }, { readObjects }] = await Promise.all(['app/load.js', 'manifest/parse.js', 'manifest/objects.js'].map(built));
  const best = { parse: Number.POSITIVE_INFINITY, read: Number.POSITIVE_INFINITY, snapshot: Number.POSITIVE_INFINITY };
  let objects = 0;
  let resident = 0;
  const time = (what, work) => {
    globalThis.gc?.();
    const start = performance.now();
    const kept = work();
    best[what] = Math.min(best[what], performance.now() - start);
    return kept;
  };
  for (let round = 0; round < rounds; round++) {
    const loaded = time('snapshot', () => loadSnapshot(texts));
    const fault = loaded.diagnostics.find((d) => d.severity === 'error');
    if (fault !== undefined) throw new Error(`the reader refuses what the benchmark wrote: ${fault.message}`);
    objects = loaded.snapshot.objects.length;
    if (round === 0) resident = residentNow();
    time('read', () => readObjects(texts.map(parseSource).flatMap((f) => f.documents)));
    if (texts.every(({ file }) => file.endsWith('.json'))) time('parse', () => texts.map(({ text }) => JSON.parse(text)));
  }
  const megabytes = texts.reduce((sum, { text }) => sum + text.length, 0) / 1e6;
  return { name, objects, megabytes, ...best, parse: Number.isFinite(best.parse) ? best.parse : null, resident };
}

/** One piece of memory, one byte a character, as a file on disk becomes. */
function flat(text) {
  return Buffer.from(text, 'latin1').toString('latin1');
}

function residentNow() {
  globalThis.gc?.();
  return process.memoryUsage().rss / 1e6;
}

console.log(JSON.stringify(await measure(process.argv[2])));
