import { portSetOf } from '../../engine/port-set-of.ts';
import type { Reachability } from '../../engine/reach.ts';
import { within } from '../../kernel/origin.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { needEnds } from '../claims/liveness.ts';
import { type AskingZone, intentsOf } from '../owners-word.ts';
import { membersTitle } from './member-title.ts';
import type { NeededPath } from './needed-path.ts';

/** What the zone says that the job's pods need beyond each other and DNS: data, credentials, services. */
export function zonePaths(reach: Reachability, job: TrainingJob, zone: AskingZone): readonly NeededPath[] {
  return [...intentsOf(zone, job)].flatMap(([intent, members]) =>
    intent.needs
      .filter((need) => need.purpose !== 'dns')
      .map((need): NeededPath => {
        const ends = members.flatMap((workload) =>
          need.targets.flatMap((target) =>
            needEnds(reach, { workload, representative: null }, target).map((end) => ({ ...end, ports: portSetOf(need.ports, end.destination) })),
          ),
        );
        const known = new Map(ends.map((end) => [JSON.stringify(end.endpoint), end]));
        const absent = need.targets.flatMap((target) =>
          target.kind === 'pods' && needEnds(reach, { workload: members[0] as (typeof members)[number], representative: null }, target).length === 0
            ? [`no pod in namespace ${target.namespace} has the labels of ${need.title}: give their manifests`]
            : [],
        );
        return {
          id: `zone/${need.id}/${zone.intents.zone}/${intent.name}`,
          title: need.title,
          from: members,
          fromTitle: membersTitle(job, members),
          toTitle: need.title,
          ends: [...known.values()],
          picked: false,
          required: true,
          because: `zone ${zone.intents.zone}, workload ${intent.name}`,
          source: 'the zone',
          origin: within(zone.loaded.origin, ...need.path),
          missing: absent,
        };
      }),
  );
}

/** A zone that cannot be read may ask for anything. */
export function unreadZonePaths(job: TrainingJob, files: readonly string[]): readonly NeededPath[] {
  return files.map((file) => ({
    id: `zone/unread/${file}`,
    title: `what zone file ${file} says`,
    from: job.members,
    fromTitle: membersTitle(job, job.members),
    toTitle: `what zone file ${file} says`,
    ends: [],
    picked: false,
    required: true,
    because: 'the zone was given to say what the job needs',
    source: 'the zone',
    origin: job.origin,
    missing: [`${file} has an error, so what it asks of the network is not known: mend it`],
  }));
}
