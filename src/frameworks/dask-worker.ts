import type { Container } from '../model/workload.ts';
import { wordsOf } from './command-line.ts';

/** What a container gives the command that starts a worker of Dask; null where it starts none. Source: dask/distributed distributed/cli/dask_worker.py. */
export function daskWorkerWordsOf(container: Container): readonly string[] | null {
  const words = wordsOf(container);
  const at = words.findIndex((word, i) => /(?:^|\/)dask-(?:cuda-)?worker$/.test(word) || (word === 'worker' && /(?:^|\/)dask$/.test(words[i - 1] ?? '')));
  return at < 0 ? null : words.slice(at + 1);
}
