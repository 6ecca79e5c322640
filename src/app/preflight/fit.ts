import { nearMiss } from '../../checks/near-miss.ts';
import { within } from '../../kernel/origin.ts';
import type { Finding } from '../../model/finding.ts';
import { matchLabels, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { jobTitle, type TrainingJob } from '../../model/training-job.ts';
import { type AskingZone, intentsOf } from '../owners-word.ts';

/** Slugs of what is wrong between a job and what was written for it; no check of a cluster says these. */
export const fitSlugs = ['job-outside-zone', 'job-not-selected'] as const;

/** Whether the job is where the zone expects it, and carries the labels by which the zone knows it. */
export function zoneFit(job: TrainingJob, zones: readonly AskingZone[]): readonly Finding[] {
  if (zones.length === 0 || zones.some((z) => intentsOf(z, job).size > 0 && covered(z, job))) return [];
  const here = zones.find((z) => z.intents.namespace === job.namespace);
  if (here === undefined) {
    const spaces = zones.map((z) => z.intents.namespace);
    return [
      finding('job-outside-zone', job, {
        message: `${jobTitle(job)} is in namespace ${job.namespace}, but the zone trains in ${spaces.join(', ')}: no rule of the zone is about it.`,
        fix: `Set metadata.namespace: ${spaces[0] ?? ''}.`,
        path: ['metadata', 'namespace'],
      }),
    ];
  }
  return job.members
    .filter((m) => !here.intents.workloads.some((i) => selects(matchLabels(i.selector), m.labels)))
    .map((member) => {
      const miss = here.intents.workloads.map((i) => nearMiss(matchLabels(i.selector), [member])).find((n) => n !== undefined);
      const wanted = here.intents.workloads.map((i) =>
        Object.entries(i.selector)
          .map(([k, v]) => `${k}: ${v}`)
          .join(', '),
      );
      return finding('job-not-selected', job, {
        message: `No workload of zone ${here.intents.zone} selects the pods of ${jobTitle(job)}${member.role === null ? '' : `, role ${member.role}`}${miss === undefined ? '' : `: it has ${miss.label.replace(': ', '=')}`}.`,
        fix: `Give its pod template the labels ${wanted.map((w) => `{${w}}`).join(' or ')}.`,
        path: [],
      });
    });
}

function covered(zone: AskingZone, job: TrainingJob): boolean {
  return [...intentsOf(zone, job).values()].flat().length === job.members.length;
}

/**
 * Without a zone only policies tell what was meant: those of another namespace that choose the job's labels where none of its own does, and those of its own
 * that choose nobody and nearly ask for a label of the job. Both may be as they should: the job is told, and runs if its paths are open.
 */
export function policyFit(job: TrainingJob, snapshot: Snapshot): readonly Finding[] {
  const meant = new Set<string>();
  const nearly: Finding[] = [];
  const here = snapshot.workloads.filter((w) => w.namespace === job.namespace);
  for (const { id, subject, namespace } of snapshot.policies) {
    if (subject.kind !== 'pods' || namespace === null) continue;
    const { pods } = subject.match;
    if (pods.requirements.length === 0) continue;
    if (job.members.some((m) => selects(pods, m.labels))) {
      if (namespace === job.namespace) return [];
      meant.add(namespace);
    } else if (namespace === job.namespace && !here.some((w) => selects(pods, w.labels))) {
      const miss = nearMiss(pods, job.members);
      if (miss === undefined) continue;
      const message = `${id} selects no pod of the input, and nearly those of ${jobTitle(job)}: ${miss.text}.`;
      nearly.push({
        ...finding('job-not-selected', job, { message, fix: 'Give the pod template the label that the policy asks for.', path: [] }),
        ...possible,
      });
    }
  }
  const [other] = [...meant].sort();
  if (other === undefined) return nearly;
  const message = `${jobTitle(job)} is in namespace ${job.namespace}, where no policy selects its labels; policies of ${[...meant].sort().join(', ')} do.`;
  const fix = `If it belongs there, set metadata.namespace: ${other}.`;
  return [...nearly, { ...finding('job-not-selected', job, { message, fix, path: ['metadata', 'namespace'] }), ...possible }];
}

const possible = { severity: 'medium', confidence: 'possible' } as const;

function finding(
  check: (typeof fitSlugs)[number],
  job: TrainingJob,
  { message, fix, path }: { readonly message: string; readonly fix: string; readonly path: readonly string[] },
): Finding {
  return {
    check,
    severity: 'high',
    confidence: 'certain',
    message,
    primary: within(job.origin, ...path),
    related: [],
    fix,
    subjects: [`${job.namespace}/${job.name}`],
  };
}
