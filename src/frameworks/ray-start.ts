import type { Container } from '../model/workload.ts';
import { wordsOf } from './command-line.ts';

/** Commands of Ray that start a node. Source: ray-project/ray python/ray/scripts/{scripts,symmetric_run}.py. */
const starts: readonly string[] = ['start', 'symmetric-run'];

/** What a container gives the command that starts a node of Ray, from its first start on; null where it starts none. */
export function rayWordsOf(container: Container): readonly string[] | null {
  const words = wordsOf(container);
  const at = words.findIndex((word, i) => starts.includes(word) && /(?:^|\/)ray$/.test(words[i - 1] ?? ''));
  return at < 0 ? null : words.slice(at + 1);
}

/** Whether a container starts a node that joins a cluster of Ray, and can be no head of one. Under `symmetric-run` every node starts alike, the head too. */
export function onlyJoinsRay(container: Container): boolean {
  const words = rayWordsOf(container);
  if (words === null || wordsOf(container).includes('symmetric-run')) return false;
  return !words.includes('--head') && words.some((word) => /^--address(?:=|$)/.test(word));
}
