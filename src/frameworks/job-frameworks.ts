import type { Passage } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { Framework, Sign } from './framework.ts';
import { frameworks } from './registry.gen.ts';

/** A framework that a job uses, and what shows it. */
export interface Detected {
  readonly framework: Framework;
  readonly signs: readonly Sign[];
}

/** The frameworks that a job shows signs of, in name order. */
export function detectedIn(job: TrainingJob): readonly Detected[] {
  return frameworks.map((framework) => ({ framework, signs: framework.detect(job) })).filter(({ signs }) => signs.length > 0);
}

/** What a job does on the network, as far as its frameworks say; each passage once. */
export function passagesOf(job: TrainingJob, detected: readonly Detected[] = detectedIn(job)): readonly Passage[] {
  return [...new Map(detected.flatMap(({ framework }) => framework.passages(job)).map((p) => [p.id, p])).values()];
}
