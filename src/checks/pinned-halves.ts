import type { Knob } from '../frameworks/framework.ts';
import { listenerPorts, pinnedRange, portRangeSysctl } from '../frameworks/listeners.ts';
import { frameworks } from '../frameworks/registry.gen.ts';
import { rangeSaid } from '../frameworks/settings.ts';
import type { Workload } from '../model/workload.ts';
import type { TransportSet } from '../space/transport-set.ts';
import type { DistributedJob } from './distributed.ts';

interface Span {
  readonly low: number;
  readonly high: number;
}

interface Variable {
  readonly knob: Knob;
  /** Null: what only the running pod knows. */
  readonly value: string | null;
}

/** Which of the three does not agree with the others: what the rules open, the sysctl of the pods that listen, or the variables of their containers. */
export function whatIsOutOfStep(job: DistributedJob, from: Workload, to: Workload, rules: readonly Span[], open: TransportSet): string {
  const sysctl = pinnedRange(to);
  const variables = variablesOf(to);
  if (sysctl === null) return `its template does not set ${portRangeSysctl}${rules.length === 0 ? '' : `, and the rule opens ${spans(rules)}`}`;
  if (rules.length === 0) return `it is pinned to ${spans([sysctl])}, and no rule opens a range`;
  const [rule] = rules;
  if (rule === undefined || rules.length > 1) return `it is pinned to ${spans([sysctl])}, and rules open ${spans(rules)}`;
  const asSysctl = variables.filter((v) => isFor(v, sysctl));
  const wrong = variables.filter((v) => !isFor(v, rule));
  const pinned = sysctl.low >= rule.low && sysctl.high <= rule.high;
  if (!pinned) {
    const both = `it is pinned to ${spans([sysctl])}, and the rule opens ${spans([rule])}`;
    if (variables.length === 0) return both;
    if (wrong.length === 0) return `${both}; ${told(variables)}, like the rule: the sysctl is out of step`;
    return asSysctl.length === variables.length
      ? `${both}; ${told(variables)}, like the sysctl: the rule is out of step`
      : `${both}; ${told(wrong)}: all three differ`;
  }
  if (wrong.length > 0)
    return `the sysctl and the rule say ${spans([rule])}, and ${told(wrong)}: ${wrong.length === 1 ? 'that variable is' : 'those variables are'} out of step`;
  const unmoved = job.passages.find(
    (p) =>
      p.from.kind === 'members' &&
      p.to.kind === 'members' &&
      p.from.members.includes(from) &&
      p.to.members.includes(to) &&
      p.ports.some((use) => use.kind !== 'ephemeral' && !listenerPorts(use, to).subtract(open).isEmpty),
  );
  if (unmoved === undefined) return `it is pinned to ${spans([sysctl])}`;
  const missing = pinsOf(unmoved.id).filter((knob) => !variables.some((v) => v.knob === knob));
  const set = missing.map((knob) => `${knob.name}=${knob.pin?.(rule.low, rule.high)}`).join(' and ');
  return `it is pinned to ${spans([sysctl])}, and that does not move its ${unmoved.title} (${unmoved.because})${set === '' ? '' : `: ${set} ${missing.length === 1 ? 'is' : 'are'} not set`}`;
}

/** Variables that pin ports and that a container sets. */
function variablesOf(workload: Workload): readonly Variable[] {
  const knobs = frameworks.flatMap((f) => f.knobs.filter((k) => k.pin !== undefined));
  return knobs.flatMap((knob) => {
    const values = new Set(workload.pod.containers.flatMap(({ env }) => (Object.hasOwn(env, knob.name) ? [env[knob.name] ?? null] : [])));
    return [...values].map((value) => ({ knob, value }));
  });
}

/** The variables of the framework that a passage is of; its id begins with the framework's. */
function pinsOf(passage: string): readonly Knob[] {
  return frameworks.find((f) => passage.startsWith(`${f.id}/`))?.knobs.filter((k) => k.pin !== undefined) ?? [];
}

/** Whether a variable says the range, in whichever way it is written. */
function isFor({ knob, value }: Variable, { low, high }: Span): boolean {
  const wanted = knob.pin?.(low, high) ?? null;
  return value === wanted || (value !== null && wanted !== null && JSON.stringify(rangeSaid(value)) === JSON.stringify(rangeSaid(wanted)));
}

function spans(all: readonly Span[]): string {
  return all.map(({ low, high }) => `${low}-${high}`).join(', ');
}

function told(variables: readonly Variable[]): string {
  return variables.map(({ knob, value }) => (value === null ? `${knob.name} is what only the pod knows` : `${knob.name} is ${value}`)).join(' and ');
}
