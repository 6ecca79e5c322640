import { arrange } from '../../engine/arrange.ts';
import { type Reachability, reach as solve } from '../../engine/reach.ts';
import type { TrafficChange } from '../../model/diff-report.ts';
import type { PreflightPatch } from '../../model/preflight-report.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { changeText } from '../advice/advise.ts';
import { addPolicy, type Edited } from '../advice/change.ts';
import { frameBefore, unionFrame, unionLanguages } from '../advice/new-policy.ts';
import { blockOf } from '../advice/opening.ts';
import { diff } from '../diff/diff.ts';
import { commonLabels, draftsOf, settledLabels, type Writing } from './drafts.ts';
import { judgePath } from './judge-path.ts';
import type { NeededPath, PathEnd } from './needed-path.ts';
import type { Step, Wanted } from './wanted.ts';

/**
 * Policies that open the blocked paths of a job, in the first language of the cluster that can say them. Each is carried out and every path asked again; one that
 * does not open its own, or makes another worse, is dropped. Null where none opens anything.
 */
export function patchFor(wanted: Wanted): PreflightPatch | null {
  const { now, opens } = openPaths(wanted, { edited: { snapshot: wanted.reach.snapshot, edits: [] }, reach: wanted.reach });
  if (now.edited.edits.length === 0) return null;
  const also = [...changesBeside(wanted.reach, now.reach.snapshot, wanted, opens).map(changeText), ...alsoLater(wanted.job)];
  return { edits: now.edited.edits, opens, also };
}

/** What the input cannot show: pods made later that carry the labels by which the patch knows the job, where the operator's own label is made up as it starts. */
function alsoLater({ namespace, members }: Wanted['job']): readonly string[] {
  if (members.every((m) => Object.keys(settledLabels(m)).length === Object.keys(m.labels).length)) return [];
  const common = commonLabels(members).map(([key, value]) => `${key}=${value}`);
  const named = common.length === 0 ? `every pod of namespace ${namespace}` : `every other pod made in namespace ${namespace} with ${common.join(', ')}`;
  return [
    `opens the same to ${named}, such as another run, and isolates it: what names this job is made up as it starts, so give its pod templates a label that no other has`,
  ];
}

/** The cluster with policies added that open the paths, one after the other; `opens` are the ids of those that are then open. */
export function openPaths(wanted: Wanted, start: Step): { readonly now: Step; readonly opens: readonly string[] } {
  let now = start;
  const opens: string[] = [];
  for (const path of wanted.paths) {
    const next = isOpen(now.reach, path) ? now : opened(wanted, now, path);
    if (next === null) continue;
    now = next;
    opens.push(path.id);
  }
  return { now, opens };
}

function isOpen(reach: Reachability, path: NeededPath): boolean {
  return judgePath(reach, path, (m) => m.name).status === 'open';
}

/** How good the answer for a path is. */
function rank(reach: Reachability, path: NeededPath): number {
  return { blocked: 0, unknown: 1, open: 2 }[judgePath(reach, path, (m) => m.name).status];
}

function opened(wanted: Wanted, before: Step, path: NeededPath): Step | null {
  const { profile } = wanted.reach;
  const { snapshot } = before.edited;
  const isolating = snapshot.policies.filter((p) => p.isolates.egress || p.isolates.ingress).map((p) => p.dialect);
  const writings: Writing[] = [
    ...unionLanguages({ snapshot, profile }, isolating).map(
      (dialect): Writing => ({ dialect, write: (frame) => unionFrame({ snapshot }, { ...frame, dialect }) }),
    ),
    ...beforeDenials(before, path),
  ];
  for (const writing of writings) {
    const edited = draftsOf(wanted, before, path, writing).reduce<Edited | null>(
      (so, policy) => (so === null ? null : addPolicy(so, policy, `add ${policy.id}: ${path.title}`)),
      before.edited,
    );
    if (edited === null || edited === before.edited) continue;
    const reach = solve(edited.snapshot, profile);
    if (isOpen(reach, path) && wanted.keeps.every((kept) => rank(reach, kept) >= rank(before.reach, kept))) return { edited, reach };
  }
  return null;
}

/**
 * In Calico a rule that denies ends the walk, and nothing in a later policy takes it back: what opens stands before the first of those that deny, in its tier.
 * Only before policies of the very namespace: those of the whole cluster are others' to change.
 */
function beforeDenials({ edited: { snapshot }, reach }: Step, path: NeededPath): readonly Writing[] {
  const { profile } = reach;
  const denying = judgePath(reach, path, (m) => m.name).witnesses.flatMap(({ packet, verdict }) =>
    [verdict.egress, verdict.ingress].filter((s) => s.decision === 'denied').flatMap((s) => blockOf({ snapshot, profile, packet }, s).policies),
  );
  const walked = arrange(
    [...new Set(denying)].filter((p) => p.dialect === 'calico' && p.namespace !== null).map((policy) => ({ policy })),
    profile,
  ).flatMap((tier) => tier.groups.flat().map((h) => h.policy));
  if (walked.length === 0) return [];
  const write: Writing['write'] = (frame) => {
    const first = walked.find((p) => p.namespace === frame.namespace);
    return first === undefined ? null : frameBefore({ snapshot, profile }, first, frame);
  };
  return [{ dialect: 'calico', write }];
}

/** All traffic that the patch changes, beside what the paths ask for. */
export function changesBeside(
  { snapshot, profile }: Pick<Reachability, 'snapshot' | 'profile'>,
  after: Snapshot,
  { job, paths }: Pick<Wanted, 'job' | 'paths'>,
  opens: readonly string[] = paths.map((p) => p.id),
): TrafficChange[] {
  const side = { title: '', profile };
  const wanted = paths.filter((p) => opens.includes(p.id));
  const asked = (from: string, to: string): boolean =>
    wanted.some((p) => p.from.some((w) => w.id === from) && p.ends.some((e) => idOf(e) === to)) || (isMember(job, from) && isMember(job, to));
  const { changes } = diff({ ...side, snapshot }, { ...side, snapshot: after });
  return changes.filter(({ from, to }) => !from.parties.every((a) => to.parties.every((b) => asked(a.id, b.id))));
}

function isMember(job: Wanted['job'], id: string): boolean {
  return job.members.some((m) => m.id === id);
}

function idOf({ endpoint }: PathEnd): string {
  switch (endpoint.kind) {
    case 'pod':
      return endpoint.workload;
    case 'node':
      return endpoint.node ?? '';
    case 'address':
      return endpoint.ip;
    case 'name':
      return endpoint.name;
  }
}
