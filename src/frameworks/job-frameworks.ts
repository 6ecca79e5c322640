import type { Passage } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { Framework, Sign } from './framework.ts';
import { frameworks } from './registry.gen.ts';

/** A framework that a job uses, and what shows it. */
export interface Detected {
  readonly framework: Framework;
  readonly signs: readonly Sign[];
}

/** The frameworks that a job shows signs of, in name order; signs that read alike are told once. */
export function detectedIn(job: TrainingJob): readonly Detected[] {
  return frameworks.map((framework) => ({ framework, signs: eachOnce(framework.detect(job)) })).filter(({ signs }) => signs.length > 0);
}

function eachOnce(signs: readonly Sign[]): readonly Sign[] {
  const byText = new Map<string, Sign>();
  for (const sign of signs) if (!byText.has(sign.text)) byText.set(sign.text, sign);
  return [...byText.values()];
}

/** What a job does on the network, as far as its frameworks say; each passage once, and none from a pod to itself. */
export function passagesOf(job: TrainingJob, detected: readonly Detected[] = detectedIn(job)): readonly Passage[] {
  return [
    ...new Map(detected.flatMap(({ framework }) => framework.passages(job).map((p) => inDoubt(job, framework, p))).map((p) => [p.id, p])).values(),
  ].filter((p) => !isWithinAPod(p));
}

/**
 * A passage of which a variable moves the port, where no container sets the variable in sight and some container takes variables from a source that nobody
 * can read: it may go to any port.
 */
function inDoubt(job: TrainingJob, { knobs }: Framework, passage: Passage): Passage {
  const variables = knobs.flatMap((k) => (k.kind === 'env' && /PORT|ENDPOINT|MASTER|ADDR|HOST/.test(k.name) ? [k.name] : []));
  const source = job.members.flatMap((m) => m.pod.containers).flatMap((c) => c.envFrom)[0];
  const [first] = variables;
  if (source === undefined || first === undefined || !passage.ports.some((use) => use.kind === 'fixed')) return passage;
  if (variables.some((name) => passage.because.includes(name))) return passage;
  const why = `${source.kind} ${source.name}, which ${source.kind === 'Secret' ? 'is not read' : 'is not in the input'}, may set ${first}`;
  return { ...passage, perhaps: { ports: [{ kind: 'range', low: 1, high: 65535 }], why } };
}

function isWithinAPod({ from, to }: Passage): boolean {
  if (from.kind !== 'members' || to.kind !== 'members') return false;
  const [only, ...others] = new Set([...from.members, ...to.members]);
  return only !== undefined && others.length === 0 && only.replicas === 1;
}
