import type { Passage } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { Framework, Sign } from './framework.ts';
import { frameworks } from './registry.gen.ts';

/** A framework that a job uses, and what shows it. */
export interface Detected {
  readonly framework: Framework;
  readonly signs: readonly Sign[];
}

/** What the owner of a job says that it is. */
export interface OwnersWord {
  /** Ids of frameworks, each with where that is said; one that no file here has is none that is known. */
  readonly named: readonly { readonly framework: string; readonly said: Sign }[];
  /** Whether that is said of all pods of the job. */
  readonly whole: boolean;
}

const nothingSaid: OwnersWord = { named: [], whole: false };

/**
 * The frameworks that a job shows signs of, in name order; signs that read alike are told once. What its owner names counts as well. Where all of the job is
 * spoken for, other frameworks that are merely supposed, by a variable or the name of an image, give way; those that the job starts do not, and neither do libraries.
 */
export function detectedIn(job: TrainingJob, { named, whole }: OwnersWord = nothingSaid): readonly Detected[] {
  return frameworks.flatMap((framework): Detected[] => {
    const signs = framework.detect(job);
    const said = named.flatMap((n) => (n.framework === framework.id || endOf(n.framework).includes(framework.id) ? [n.said] : []));
    const givesWay = whole && named.length > 0 && framework.kind === 'framework' && !signs.some((s) => s.starts);
    const all = said.length > 0 || !givesWay ? eachOnce([...said, ...signs]) : [];
    return all.length > 0 ? [{ framework, signs: all }] : [];
  });
}

function endOf(framework: string): readonly string[] {
  return frameworks.find((f) => f.id === framework)?.endsIn ?? [];
}

function eachOnce(signs: readonly Sign[]): readonly Sign[] {
  const byText = new Map<string, Sign>();
  for (const sign of signs) if (!byText.has(sign.text)) byText.set(sign.text, sign);
  return [...byText.values()];
}

/**
 * What a job does on the network, as far as its frameworks say; each passage once, and none from a pod to itself. Pods that only a label ties to an object
 * may be anybody's: what the object's own pods do by themselves is there as well, so that no such pod makes it less.
 */
export function passagesOf(job: TrainingJob, word: OwnersWord = nothingSaid): readonly Passage[] {
  const all = passagesIn(job, detectedIn(job, word));
  const own = ownPart(job);
  if (own === null) return all;
  const more = passagesIn(own, detectedIn(own, word)).filter((p) => !all.some((wide) => holds(wide, p)));
  return [...all, ...more.map((p) => ({ ...p, id: `${p.id}/own` }))];
}

/** The job without pods of other objects, and bare ones, that carry its label; null where there are none, or its object is not there. */
export function ownPart(job: TrainingJob): TrainingJob | null {
  const members = job.members.filter((m) => m.kind === job.kind && m.name === job.name);
  return job.label === null || job.kind === 'Pod' || members.length === 0 || members.length === job.members.length ? null : { ...job, members };
}

function holds(wide: Passage, narrow: Passage): boolean {
  return (
    wide.id === narrow.id &&
    JSON.stringify([wide.ports, wide.required]) === JSON.stringify([narrow.ports, narrow.required]) &&
    [[wide.from, narrow.from] as const, [wide.to, narrow.to] as const].every(([a, b]) =>
      a.kind === 'members' && b.kind === 'members' ? b.members.every((m) => a.members.includes(m)) : JSON.stringify(a) === JSON.stringify(b),
    )
  );
}

function passagesIn(job: TrainingJob, detected: readonly Detected[]): readonly Passage[] {
  return [
    ...new Map(detected.flatMap(({ framework }) => framework.passages(job).map((p) => unreadOr(inDoubt(job, framework, p)))).map((p) => [p.id, p])).values(),
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

/** Where settings that cannot be read decide the port, it is one of all there are. */
function unreadOr(passage: Passage): Passage {
  const { ports, supposed } = passage;
  return !supposed && ports.length === 1 && ports.every((use) => use.kind === 'range' && use.low === 1 && use.high === 65535)
    ? { ...passage, unread: true }
    : passage;
}

function isWithinAPod({ from, to }: Passage): boolean {
  if (from.kind !== 'members' || to.kind !== 'members') return false;
  const [only, ...others] = new Set([...from.members, ...to.members]);
  return only !== undefined && others.length === 0 && only.replicas === 1;
}
