import type { OwnersWord } from '../frameworks/job-frameworks.ts';
import { within } from '../kernel/origin.ts';
import { matchLabels, selects } from '../model/labels.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { ZoneIntents } from '../spec/intents.ts';
import type { LoadedZone } from '../spec/zone.ts';

/** A zone with what it asks of the network. */
export interface AskingZone {
  readonly loaded: LoadedZone;
  readonly intents: ZoneIntents;
}

/** The workload of a zone that each sort of pod of a job is; pods that none selects are left out. */
export function intentsOf({ intents }: AskingZone, job: TrainingJob): ReadonlyMap<ZoneIntents['workloads'][number], readonly TrainingJob['members'][number][]> {
  const found = new Map<ZoneIntents['workloads'][number], TrainingJob['members'][number][]>();
  if (job.namespace !== intents.namespace) return found;
  for (const member of job.members) {
    const intent = intents.workloads.find((i) => selects(matchLabels(i.selector), member.labels));
    if (intent !== undefined) found.set(intent, [...(found.get(intent) ?? []), member]);
  }
  return found;
}

/** The frameworks that zones name for a job. */
export function ownersWord(zones: readonly AskingZone[], job: TrainingJob): OwnersWord {
  const spoken = new Set<TrainingJob['members'][number]>();
  const named = zones.flatMap((zone) =>
    [...intentsOf(zone, job)].flatMap(([intent, members]) => {
      const framework = zone.loaded.zone.spec.workloads.find((w) => w.name === intent.name)?.framework ?? null;
      if (framework === null) return [];
      for (const member of members) spoken.add(member);
      const said = { text: `zone ${zone.intents.zone} says framework: ${framework}`, origin: within(zone.loaded.origin, ...intent.path, 'framework') };
      return [{ framework, said }];
    }),
  );
  return { named, whole: job.members.every((m) => spoken.has(m)) };
}
