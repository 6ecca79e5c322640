import { arrange } from '../../engine/arrange.ts';
import { type Reachability, reach as solve } from '../../engine/reach.ts';
import { type LabelSelector, selectorText, selects } from '../../model/labels.ts';
import type { Policy, Rule } from '../../model/policy.ts';
import type { PreflightPatch } from '../../model/preflight-report.ts';
import { knownLabels } from '../../model/workload.ts';
import { changeText } from '../advice/advise.ts';
import { addPolicy, type Edited } from '../advice/change.ts';
import { frameBefore, unionFrame, unionLanguages } from '../advice/new-policy.ts';
import { blockOf } from '../advice/opening.ts';
import { changesBeside, overrides } from './beside.ts';
import { draftsOf, isNamedLater, type Writing } from './drafts.ts';
import { judgePath } from './judge-path.ts';
import type { NeededPath } from './needed-path.ts';
import type { Step, Wanted } from './wanted.ts';

/**
 * Policies that open the blocked paths of a job, in the first language of the cluster that can say them. Each is carried out and every path asked again; one that
 * does not open its own, or makes another worse, is dropped. Null where none opens anything.
 */
export function patchFor(wanted: Wanted): PreflightPatch | null {
  const { now, opens } = openPaths(wanted, { edited: { snapshot: wanted.reach.snapshot, edits: [] }, reach: wanted.reach });
  if (now.edited.edits.length === 0) return null;
  const added = now.reach.snapshot.policies.filter((p) => !wanted.reach.snapshot.policies.includes(p));
  const paths = wanted.paths.filter((p) => opens.includes(p.id));
  const patched = { before: wanted.reach, after: now.reach, paths };
  const also = [...changesBeside(patched).map(changeText), ...overrides(patched), ...alsoLater(wanted.job, added)];
  return { edits: now.edited.edits, opens, also };
}

/** What the input cannot show: pods made later that carry the labels by which the patch knows the job, where what names the job is made up as it starts. */
function alsoLater({ namespace, members }: Wanted['job'], added: readonly Policy[]): readonly string[] {
  const later = members.filter(isNamedLater);
  const ends = added.flatMap((p) => [p.subject, ...p.rules.flatMap((r) => r.peers ?? [])]);
  const chosen = ends.flatMap((end) =>
    end.kind === 'pods' && end.match.namespaces.kind === 'named' && end.match.namespaces.name === namespace ? [end.match.pods] : [],
  );
  const named = chosen.filter((pods) => later.some((m) => selects(pods, knownLabels(m))));
  if (named.length === 0) return [];
  // One that asks for more labels than another holds nothing besides.
  const widest = named.filter((pods) => !named.some((wider) => wider.requirements.length < pods.requirements.length && asksAllOf(pods, wider)));
  const texts = [...new Set(widest.map(selectorText))];
  const whom = texts.includes('<everything>')
    ? `every pod of namespace ${namespace}`
    : `every other pod made in namespace ${namespace} with ${texts.map((t) => t.replaceAll(',', ', ')).join(' or with ')}`;
  return [
    `opens the same to ${whom}, such as another run, and isolates it: what names this job is made up as it starts, so give its pod templates a label that no other has`,
  ];
}

function asksAllOf(one: LabelSelector, other: LabelSelector): boolean {
  const asked = one.requirements.map((r) => selectorText({ requirements: [r] }));
  return other.requirements.every((r) => asked.includes(selectorText({ requirements: [r] })));
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
  for (const dialect of unionLanguages({ snapshot, profile }, isolating)) {
    const after = carriedOut(wanted, before, path, { dialect, write: (frame) => unionFrame({ snapshot }, { ...frame, dialect }) });
    if (after !== null && improves(wanted, before, after, path)) return after;
  }
  return openedInOrder(wanted, before, path);
}

/** Times that policies are looked for that deny the path before those that are known to. */
const mostLooks = 4;

/** Packets that are shown tell some of the policies that deny: what still does after an edit is taken in as well, and the edit made again before all of them. */
function openedInOrder(wanted: Wanted, before: Step, path: NeededPath): Step | null {
  let denying = denials(before.reach, path);
  for (let looks = 0; looks < mostLooks && denying.length > 0; looks++) {
    const after = carriedOut(wanted, before, path, beforeAll(before, denying));
    if (after === null) return null;
    if (improves(wanted, before, after, path)) return after;
    const known = denying.map((p) => p.id);
    const more = denials(after.reach, path).filter((p) => !known.includes(p.id) && before.edited.snapshot.policies.includes(p));
    if (more.length === 0) return null;
    denying = [...denying, ...more];
  }
  return null;
}

/** The cluster with what one way to write says for a path; null where it says nothing. */
function carriedOut(wanted: Wanted, before: Step, path: NeededPath, writing: Writing): Step | null {
  const edited = draftsOf(wanted, before, path, writing).reduce<Edited | null>(
    (so, policy) => (so === null ? null : addPolicy(so, policy, `add ${policy.id}: ${path.title}`)),
    before.edited,
  );
  return edited === null || edited === before.edited ? null : { edited, reach: solve(edited.snapshot, wanted.reach.profile) };
}

function improves({ keeps }: Wanted, before: Step, after: Step, path: NeededPath): boolean {
  return isOpen(after.reach, path) && keeps.every((kept) => rank(after.reach, kept) >= rank(before.reach, kept));
}

/** Policies of Calico that deny packets of a path. */
function denials(reach: Reachability, path: NeededPath): readonly Policy[] {
  const { snapshot, profile } = reach;
  const { witnesses } = judgePath(reach, path, (m) => m.name);
  const denying = witnesses.flatMap(({ packet, verdict }) =>
    [verdict.egress, verdict.ingress].filter((s) => s.decision === 'denied').flatMap((s) => blockOf({ snapshot, profile, packet }, s).policies),
  );
  return [...new Set(denying)].filter((p) => p.dialect === 'calico' && p.evaluation === 'first-match');
}

/**
 * In Calico a rule that denies ends the walk, and nothing in a later policy takes it back: what opens stands before the first of those that deny, in its tier. It
 * is a policy of one namespace, also before one of the whole cluster: that one is others' to change.
 */
function beforeAll({ edited: { snapshot }, reach: { profile } }: Step, denying: readonly Policy[]): Writing {
  const walked = arrange(
    denying.map((policy) => ({ policy })),
    profile,
  ).flatMap((tier) => tier.groups.flat().map((h) => h.policy));
  return {
    dialect: 'calico',
    write: ({ rules, ...frame }) => {
      const first = walked.find((p) => p.namespace === null || p.namespace === frame.namespace);
      return first === undefined ? null : frameBefore({ snapshot, profile }, first, { ...frame, rules: rules.flatMap(ofOneProtocol) }, 'own namespace');
    },
  };
}

/** A rule of Calico has one protocol. Source: projectcalico/api v3 Rule.Protocol. */
function ofOneProtocol(rule: Rule): readonly Rule[] {
  const { ports } = rule;
  if (ports === null) return [rule];
  return [...new Set(ports.map((p) => p.protocol))].map((protocol) => ({ ...rule, ports: ports.filter((p) => p.protocol === protocol) }));
}
