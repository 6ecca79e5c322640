import { expect } from 'vitest';
import { loadSnapshot } from '../../src/app/load.ts';
import { detectedIn, passagesOf } from '../../src/frameworks/job-frameworks.ts';
import type { Passage, PassageEnd, PortUse } from '../../src/model/passage.ts';
import type { TrainingJob } from '../../src/model/training-job.ts';

/** Jobs of which the pods say what they run, and what is seen in them as lines. */

/** What one sort of pods of a job runs. */
export interface Sort {
  readonly replicas?: number;
  /** JSON: a whole container but for its name. */
  readonly container: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A job as its operator makes it: sorts of pods by role. */
export function jobOf(kind: string, sorts: Readonly<Record<string, Sort>>, label: TrainingJob['label'] = null): TrainingJob {
  const files = Object.entries(sorts).map(([role, { replicas = 1, container, annotations = {} }]) => ({
    file: `${role}.json`,
    text: JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: role, namespace: 'ml' },
      spec: {
        replicas,
        selector: { matchLabels: { app: role } },
        template: { metadata: { labels: { app: role }, annotations }, spec: { containers: [{ name: 'main', image: 'acme/train:1', ...container }] } },
      },
    }),
  }));
  const { snapshot, diagnostics } = loadSnapshot(files);
  expect(diagnostics).toEqual([]);
  const members = Object.keys(sorts).flatMap((role) => snapshot.workloads.filter((w) => w.name === role).map((w) => ({ ...w, kind, role })));
  const [first] = members;
  if (first === undefined) throw new Error('a job has pods');
  return { namespace: 'ml', name: 'llm', kind, label, group: null, mixed: false, members, origin: first.origin };
}

function endText(end: PassageEnd): string {
  switch (end.kind) {
    case 'members':
      return end.members.map((m) => m.role).join('+');
    case 'pods':
      return `pods of ${end.namespace ?? 'any namespace'}`;
    default:
      return end.kind;
  }
}

function portText(use: PortUse): string {
  if (use.kind === 'fixed') return String(use.port);
  return use.kind === 'ephemeral' ? 'ephemeral' : `${use.low}-${use.high}`;
}

/** `pytorch/store: worker → master on 23456`. */
export function lines(job: TrainingJob): readonly string[] {
  return passagesOf(job).map(
    (p: Passage) => `${p.id}: ${endText(p.from)} → ${endText(p.to)} on ${p.ports.map(portText).join(' ')}${p.required ? '' : ' (optional)'}`,
  );
}

export const signsOf = (job: TrainingJob) => detectedIn(job).map(({ framework, signs }) => `${framework.id}: ${signs.map((s) => s.text).join('; ')}`);

export const env = (values: Readonly<Record<string, string>>) => Object.entries(values).map(([name, value]) => ({ name, value }));
export const gpu = { resources: { limits: { 'nvidia.com/gpu': 8 } } };
export const worker = (container: Sort['container']): Readonly<Record<string, Sort>> => ({ worker: { replicas: 4, container } });
