import { cidrSet } from '../../engine/addresses.ts';
import { directoryOf } from '../../engine/directory.ts';
import type { Reachability } from '../../engine/reach.ts';
import { believableAddress } from '../../engine/witness.ts';
import { type OwnersWord, ownPart, passagesOf } from '../../frameworks/job-frameworks.ts';
import { listenerPorts } from '../../frameworks/listeners.ts';
import { unrecognisedAmong } from '../../frameworks/unrecognised.ts';
import { matchLabels, selects } from '../../model/labels.ts';
import type { Passage, PassageEnd } from '../../model/passage.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { apiServerEnds } from './api-server.ts';
import { elsewherePaths } from './elsewhere-paths.ts';
import { membersTitle, memberTitle } from './member-title.ts';
import { type NeededPath, nameEnd, type PathEnd, podEnd } from './needed-path.ts';
import { absentPaths, metAt, metReplica, worldOf } from './world.ts';

/**
 * What the frameworks of a job dial, as paths. A dialler that is no pod of the input, such as an operator, cannot be asked about: that leaves the path unknown
 * where something isolates the pods that it dials, and is left out where nothing does.
 */
export function passagePaths(reach: Reachability, alone: TrainingJob, word: OwnersWord): readonly NeededPath[] {
  const job = worldOf(reach.snapshot, alone);
  return [...pathsOf(reach, job, word, alone), ...absentPaths(job, alone), ...elsewherePaths(reach, alone, word)];
}

function pathsOf(reach: Reachability, job: TrainingJob, word: OwnersWord, alone: TrainingJob): readonly NeededPath[] {
  const known = job === alone ? passagesOf(job, word) : passagesOf(job, word).map((passage) => metAt(reach.snapshot, job, passage));
  const own = ownPart(job);
  const guessed = [...unrecognisedAmong(job, known), ...(own === null ? [] : unrecognisedAmong(own, passagesOf(own, word)))];
  return [...known, ...guessed]
    .map((passage) => amongGroups(job, passage))
    .flatMap((passage) => {
      const from = diallers(reach, passage.from);
      const absent = from.length === 0 ? absentDialler(reach, passage) : null;
      if (from.length === 0 && absent === null) return [];
      const { ends, missing } = absent === null ? endsOf(reach, job, passage, from) : { ends: [], missing: [absent] };
      return [
        {
          id: passage.id,
          purpose: passage.purpose,
          ...(passage.ownProtocol ? { ownProtocol: passage.ownProtocol } : {}),
          title: passage.title,
          from,
          fromTitle:
            passage.from.kind === 'members'
              ? membersTitle(job, from)
              : absent !== null && passage.from.kind === 'pods'
                ? passage.from.title
                : from.map(workloadTitle).join(', '),
          toTitle: titleOf(job, passage),
          ends,
          picked: passage.ports.some((use) => use.kind !== 'fixed'),
          required: passage.required,
          ...(passage.unread ? { unread: passage.unread } : {}),
          ...(passage.supposed ? { supposed: passage.supposed } : {}),
          ...(passage.perhaps === undefined ? {} : { doubt: passage.perhaps.why }),
          because: passage.because,
          source: passage.source,
          origin: job.origin,
          missing,
        },
      ];
    });
}

/** Among pods of several jobs that nothing tells apart, no pod has to reach every other. */
function amongGroups({ mixed }: TrainingJob, passage: Passage): Passage {
  if (!mixed || passage.from.kind !== 'members' || passage.to.kind !== 'members') return passage;
  return { ...passage, supposed: true, because: `${passage.because}; pods need to reach those of their own group alone, and these are told together` };
}

/** Why a path from a pod that the input does not hold is not known; null where it may be left out. */
function absentDialler(reach: Reachability, { from, to, required }: Passage): string | null {
  if (from.kind !== 'pods' || to.kind !== 'members' || !required) return null;
  const shut = to.members.some((m) => m.lifecycle !== 'finished' && reach.isolated(m.id, 'ingress'));
  return shut ? `${from.title} is not in the input, and policies say who may come in: give its manifests` : null;
}

function diallers(reach: Reachability, end: PassageEnd): readonly Workload[] {
  if (end.kind === 'members') return end.members.filter((m) => m.lifecycle !== 'finished');
  return end.kind === 'pods' ? podsOf(reach, end) : [];
}

function podsOf(reach: Reachability, end: Extract<PassageEnd, { kind: 'pods' }>): readonly Workload[] {
  const directory = directoryOf(reach.snapshot);
  const candidates = end.namespace === null ? [...directory.workloads.values()] : directory.inNamespace(end.namespace);
  return candidates.filter((w) => w.lifecycle !== 'finished' && selects(matchLabels(end.selector), w.labels));
}

function titleOf(job: TrainingJob, { from, to }: Passage): string {
  switch (to.kind) {
    case 'members':
      return from.kind === 'members' && from.members.length === to.members.length && to.members.length === job.members.length
        ? 'each other'
        : membersTitle(job, to.members);
    case 'pods':
    case 'addresses':
      return to.title;
    case 'api-server':
      return 'the Kubernetes API';
    case 'names':
      return to.hosts.join(', ');
    case 'node':
      return 'its node';
  }
}

function endsOf(
  reach: Reachability,
  job: TrainingJob,
  passage: Passage,
  from: readonly Workload[],
): { readonly ends: readonly PathEnd[]; readonly missing: readonly string[] } {
  const { to, ports, perhaps } = passage;
  const fixed = (): TransportSet => TransportSet.unionAll(ports.flatMap((use) => (use.kind === 'ephemeral' ? TransportSet.of('TCP') : portsAt(use))));
  switch (to.kind) {
    case 'members':
      return {
        ends: to.members
          .filter((m) => m.lifecycle !== 'finished')
          .map((m) => ({
            ...podEnd(m, portsOn(ports, m), memberTitle(job, m), metReplica(reach.snapshot, job, passage, m)),
            ...(perhaps === undefined ? {} : { perhaps: portsOn(perhaps.ports, m) }),
          })),
        missing: [],
      };
    case 'pods': {
      const found = podsOf(reach, to);
      return {
        ends: found.map((w) => podEnd(w, portsOn(ports, w), workloadTitle(w))),
        missing: found.length > 0 ? [] : [`${to.title}: no such pod is in the input; give its manifests`],
      };
    }
    case 'api-server':
      return apiServerEnds(reach, from);
    case 'names':
      return { ends: to.hosts.map((host) => nameEnd(host, fixed())), missing: [] };
    case 'addresses':
      return {
        ends: to.cidrs.map((cidr) => {
          const addresses = cidrSet([cidr]);
          return {
            party: { kind: 'external', addresses },
            endpoint: { kind: 'address', ip: believableAddress(addresses) },
            destination: null,
            title: cidr,
            ports: fixed(),
          };
        }),
        missing: [],
      };
    case 'node':
      return { ends: [], missing: ['traffic between a pod and its node is not asked about here'] };
  }
}

function portsOn(ports: Passage['ports'], pod: Workload): TransportSet {
  return TransportSet.unionAll(ports.map((use) => listenerPorts(use, pod)));
}

function portsAt(use: Exclude<Passage['ports'][number], { kind: 'ephemeral' }>): TransportSet {
  return TransportSet.of('TCP', [use.kind === 'fixed' ? [use.port, use.port] : [use.low, use.high]]);
}
