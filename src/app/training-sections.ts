import { stableJson } from '../kernel/stable.ts';
import type { Party, TrainingWorkload } from '../model/scan-report.ts';
import { type Workload, type WorkloadId, workloadTitle } from '../model/workload.ts';
import type { Alike } from './alike.ts';
import { BlastRadii } from './blast-radius.ts';
import { workloadFabric } from './fabric/fabric-paths.ts';
import type { ReachMap } from './reach-map.ts';
import { Survey } from './survey.ts';
import { ungovernedPaths } from './ungoverned.ts';

/** The most sections, members of one and reasons that a report has. */
const sectionsListed = 100;
const membersListed = 100;
const reasonsListed = 8;

/** How many moves of attackers are followed before the remaining sections are left out: some seconds. */
const movesAfforded = 20_000_000;

/** Owners that a title names. */
const ownersNamed = 3;

/** What training workloads can do, those of which the same is true in one section; `omitted` counts workloads without one. */
export interface TrainingSections {
  readonly training: readonly TrainingWorkload[];
  readonly omitted: number;
}

/** `because`: the training workloads, each with its evidence. Sections with the widest direct reach come first and are the ones kept when there are many. */
export function trainingSections(map: ReachMap, because: ReadonlyMap<WorkloadId, readonly string[]>): TrainingSections {
  const radii = new BlastRadii(map);
  const describe = describer(map, new Survey(map), radii, because);
  const byOwners = new Map<string, Alike[]>();
  for (const group of map.groups) {
    if (!because.has(group.sample.id)) continue;
    const key = stableJson([...owners(group.members).keys()]);
    const known = byOwners.get(key);
    if (known === undefined) byOwners.set(key, [group]);
    else known.push(group);
  }
  const harm = (groups: readonly Alike[]): number => Math.max(...groups.map((g) => radii.within(g).allowed * 1e7 + radii.within(g).unknown));
  const ranked = [...byOwners.values()].map((groups) => ({ groups, harm: harm(groups) })).sort((a, b) => b.harm - a.harm);
  const training: TrainingWorkload[] = [];
  let described = 0;
  for (const { groups } of ranked) {
    if (training.length > 0 && (training.length + groups.length > sectionsListed || radii.moves > movesAfforded)) break;
    described += groups.reduce((sum, g) => sum + g.members.length, 0);
    training.push(...sectionsOf(groups.slice(0, sectionsListed), describe));
  }
  return { training, omitted: because.size - described };
}

type Describe = (group: Alike, together: readonly Workload[]) => TrainingWorkload;

/** Parts of one owner (master and workers) are one section when the same holds for each of them, their traffic among themselves set aside. */
function sectionsOf(groups: readonly Alike[], describe: Describe): readonly TrainingWorkload[] {
  if (groups.length > 1) {
    const together = groups.flatMap((g) => g.members);
    const sections = groups.map((g) => describe(g, together));
    const [first] = sections;
    if (first !== undefined && sections.every((s) => sameAnswers(s, first))) return [first];
  }
  return groups.map((g) => describe(g, g.members));
}

function sameAnswers(a: TrainingWorkload, b: TrainingWorkload): boolean {
  // Where something shows differs from part to part; what it is must not.
  const fabricOf = ({ attachments, shared, omitted }: TrainingWorkload['fabric']): unknown => [
    attachments.map(({ kind, name, rules }) => [kind, name, rules]),
    shared.map(({ party, certainty, through }) => [party, certainty, through]),
    omitted,
  ];
  const answers = ({ reaches, reachedBy, blastRadius, podsWithin, ungoverned, fabric, omitted }: TrainingWorkload): string =>
    stableJson([reaches, reachedBy, blastRadius, podsWithin, ungoverned, fabricOf(fabric), omitted]);
  return answers(a) === answers(b);
}

function describer(map: ReachMap, survey: Survey, radii: BlastRadii, because: ReadonlyMap<WorkloadId, readonly string[]>): Describe {
  return (group, together) => {
    const first = together[0] ?? group.sample;
    const title = titleOf(together);
    const pods = together.reduce((sum, w) => sum + w.replicas, 0);
    const own: ReadonlySet<string> = new Set(together.map((w) => w.id));
    const self: Party = { kind: 'workload', id: first.id, title: `${title}, its other pods` };
    const reaches = survey.reaches(group, own, self);
    const reachedBy = survey.reachedBy(group, own, self);
    const radius = radii.of(group, own, self);
    return {
      id: first.id,
      title,
      namespace: first.namespace,
      pods,
      members: together.slice(0, membersListed).map((w) => w.id),
      because: [...new Set(together.flatMap((w) => because.get(w.id) ?? []))].slice(0, reasonsListed),
      reaches: reaches.passages,
      reachedBy: reachedBy.passages,
      blastRadius: radius.hops,
      podsWithin: { ...radii.within(group), total: Math.max(0, map.pods - Math.min(1, pods)) },
      ungoverned: ungovernedPaths(map.reach.snapshot, group.sample),
      fabric: workloadFabric(map.reach.snapshot, radii.fabric, group),
      omitted: {
        members: Math.max(0, together.length - membersListed),
        reaches: reaches.omitted,
        reachedBy: reachedBy.omitted,
        blastRadius: radius.omitted,
      },
    };
  };
}

/** The objects that workloads belong to, with the roles of each. */
function owners(workloads: readonly Workload[]): ReadonlyMap<string, Workload[]> {
  const found = new Map<string, Workload[]>();
  for (const w of workloads) {
    const key = `${w.namespace}/${w.kind}/${w.name}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, [w]);
    else known.push(w);
  }
  return found;
}

/** `ml/llm[PyTorchJob master, worker]`; of several objects the first ones by name, then how many more. */
function titleOf(workloads: readonly Workload[]): string {
  const titles = [...owners(workloads).values()].map(([first, ...others]) => {
    if (first === undefined) return '';
    const roles = [...new Set([first, ...others].map((w) => w.role).filter((r) => r !== null))];
    return workloadTitle({ ...first, role: roles.length === 0 ? null : roles.join(', ') });
  });
  const more = titles.length - ownersNamed;
  if (more <= 0) return titles.length <= 1 ? (titles[0] ?? '') : `${titles.slice(0, -1).join(', ')} and ${titles.at(-1)}`;
  return `${titles[0]} and ${titles.length - 1} like it`;
}
