import type { Direction, Policy } from '../model/policy.ts';
import { enforces, type Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Decision, Endpoint, Gap, Packet, Side, Step, Verdict } from '../model/verdict.ts';
import { workloadTitle } from '../model/workload.ts';
import { parseIp } from '../space/ip-set.ts';
import { directoryOf, podLabels, seenLabels } from './directory.ts';
import { isOwnNode, type Resolved } from './match.ts';
import { no } from './matching.ts';
import { named, primaryNetworksOf } from './network-of.ts';
import { wayBetween } from './primary-networks.ts';
import { dedupe, type SideAnswer, type SideQuestion, walk } from './walk.ts';

/**
 * The definition: what one CNI (`profile`) does in the steady state with the first packet of one connection. Replies need no rule.
 * Obvious code, one packet at a time; `reach` is the fast answer for all packets and must agree with it.
 * Throws RangeError when an endpoint names a workload that the snapshot does not have, or an address that is none.
 */
export function decide(snapshot: Snapshot, profile: Profile, packet: Packet): Verdict {
  const enforced = snapshot.policies.filter((p) => enforces(profile, p));
  const verdict = decideAmong(snapshot, profile, enforced, packet);
  if (profile.foreignPolicies === 'ignored' || enforced.length === snapshot.policies.length) return verdict;
  // A CNI that reads the other languages may be there, or not: the verdict is known when both readings agree.
  const withForeign = decideAmong(snapshot, profile, snapshot.policies, packet);
  if (withForeign.decision === verdict.decision) return verdict;
  const kinds = [...new Set(snapshot.policies.filter((p) => !enforced.includes(p)).map((p) => p.kind))].sort();
  const gap: Gap = profile.foreignGap ?? {
    code: 'foreign-policies',
    text: `whether the CNI enforces ${kinds.join(', ')}`,
    mend: 'name the CNI with --profile',
  };
  return { ...withForeign, decision: 'unknown', gaps: [gap, ...withForeign.gaps] };
}

function decideAmong(snapshot: Snapshot, profile: Profile, policies: readonly Policy[], packet: Packet): Verdict {
  const from = resolve(snapshot, profile, packet.from);
  const to = resolve(snapshot, profile, packet.to);
  const destination = to.kind === 'pod' ? to.workload : null;
  const noOne = [from, to].find((e) => e.kind === 'pod' && e.workload.lifecycle === 'finished');
  const own = samePod(packet.from, packet.to);
  const quick = (decision: Decision, because: string, gaps: readonly Gap[] = []): Verdict => ({
    decision,
    egress: { direction: 'egress', decision, steps: [], because },
    ingress: { direction: 'ingress', decision, steps: [], because },
    gaps,
    qualifiers: [],
    profile: profile.id,
  });
  if (noOne?.kind === 'pod') return quick('denied', `${workloadTitle(noOne.workload)} has finished: it holds no address any more`);
  if (own && packet.via === undefined) return quick('allowed', 'a pod always reaches itself');
  if (own && profile.egressAfterTranslation === 'unknown') {
    const gap = { code: 'hairpin', text: 'whether policies apply to a pod that reaches itself through a Service', mend: 'name the CNI with --profile' };
    return quick('unknown', 'a pod reaching itself through a Service: left to the implementation', [gap]);
  }
  const { protocol, port } = packet;
  const via = packet.via === undefined ? null : (snapshot.services.find((s) => `${s.namespace}/${s.name}` === packet.via) ?? null);
  const way = wayBetween(snapshot, profile, from, to, via);
  if (way.is === 'no') return apart(snapshot, profile, from, to);
  const egress = decideSide(snapshot, profile, policies, { direction: 'egress', subject: from, peer: to, protocol, port, destination, via });
  const ingress = decideSide(snapshot, profile, policies, { direction: 'ingress', subject: to, peer: from, protocol, port, destination, via: null });
  const decision = combine(egress.side.decision, ingress.side.decision);
  const doubted = way.is === 'maybe' && decision !== 'denied';
  return {
    decision: doubted ? 'unknown' : decision,
    egress: egress.side,
    ingress: ingress.side,
    gaps: dedupe([...(doubted ? way.gaps : []), ...egress.gaps, ...ingress.gaps]),
    qualifiers: [...new Set([...egress.qualifiers, ...ingress.qualifiers])].sort(),
    profile: profile.id,
  };
}

/** Two pods whose primary networks have no way to each other: each side says which network shuts it. */
function apart(snapshot: Snapshot, profile: Profile, from: Resolved, to: Resolved): Verdict {
  const because = `${[from, to].map((e) => (e.kind === 'pod' ? `${e.workload.namespace} is on ${named(snapshot, e.workload.namespace)}` : '')).join(', ')}: there is no way between them`;
  const side = (direction: Direction, end: Resolved): Side => {
    const networks = end.kind === 'pod' ? primaryNetworksOf(snapshot, end.workload.namespace).networks : [];
    const steps = networks.flatMap((n): Step[] => (n === null ? [] : [{ tier: 'networks', policy: n.id, outcome: 'deny', origin: n.origin, because }]));
    return { direction, decision: 'denied', steps, because };
  };
  return { decision: 'denied', egress: side('egress', from), ingress: side('ingress', to), gaps: [], qualifiers: [], profile: profile.id };
}

/** A connection needs both sides (corner case 7). */
function combine(a: Decision, b: Decision): Decision {
  for (const worst of ['denied', 'unknown', 'ambiguous'] as const) if (a === worst || b === worst) return worst;
  return 'allowed';
}

function decideSide(snapshot: Snapshot, profile: Profile, policies: readonly Policy[], question: SideQuestion): SideAnswer {
  const answer = decideByPolicies(snapshot, profile, policies, question);
  return profile.podToOwnNode === undefined ? answer : withOwnNode(snapshot, profile.podToOwnNode, question, answer);
}

/** `answer` where policies about nodes are not asked about what a pod exchanges with its own node, and what it sends there has a setting of its own. */
function withOwnNode(
  snapshot: Snapshot,
  fate: NonNullable<Profile['podToOwnNode']>,
  { direction, subject, peer }: SideQuestion,
  answer: SideAnswer,
): SideAnswer {
  const [pod, node] = nodeOf(subject) === undefined ? [subject, nodeOf(peer)] : [peer, nodeOf(subject)];
  if (pod.kind !== 'pod' || pod.workload.hostNetwork || node === undefined) return answer;
  const own = isOwnNode(snapshot, pod, node);
  if (own.is === 'no') return answer;
  if (pod === peer) {
    const open: SideAnswer = {
      side: { direction, decision: 'allowed', steps: [], because: 'policies about nodes are not asked about what a pod exchanges with its own node' },
      gaps: [],
      qualifiers: ['ungoverned'],
    };
    return own.is === 'yes' ? open : answer.side.decision === 'allowed' ? answer : either(answer, own.gaps, 'open if that is its own node');
  }
  if (direction === 'ingress' || fate === 'accepted' || answer.side.decision === 'denied') return answer;
  if (own.is === 'yes' && fate === 'dropped')
    return { ...answer, side: { ...answer.side, decision: 'denied', because: 'what a pod sends to its own node is dropped' } };
  return either(answer, fate === 'unknown' ? [toOwnNodeGap, ...own.gaps] : own.gaps, 'perhaps dropped, as what a pod sends to its own node');
}

const toOwnNodeGap: Gap = {
  code: 'own-node',
  text: 'whether the CNI lets a pod send to its own node',
  mend: 'look at the settings of the CNI',
};

function decideByPolicies(snapshot: Snapshot, profile: Profile, policies: readonly Policy[], question: SideQuestion): SideAnswer {
  const { direction, subject, peer } = question;
  const free = (because: string): SideAnswer => ({ side: { direction, decision: 'allowed', steps: [], because }, gaps: [], qualifiers: [] });
  const walked = (who: Resolved): SideAnswer => walk(snapshot, profile, policies, { ...question, subject: who });
  if (subject.kind === 'address' || subject.kind === 'name') return free('outside the cluster: no policy is about it');
  if (subject.kind === 'pod' && !subject.workload.hostNetwork) {
    const node = direction === 'egress' || profile.ownNodeReachesPod === 'no' ? undefined : nodeOf(peer);
    const own = node === undefined ? no : isOwnNode(snapshot, subject, node);
    if (own.is === 'yes' && profile.ownNodeReachesPod === 'yes') return free('a pod is always open to its own node');
    const answer = walked(subject);
    if (own.is === 'no' || answer.side.decision === 'allowed') return answer;
    if (profile.ownNodeReachesPod === 'unknown') return either(answer, [ownNodeGap, ...own.gaps], ownNodeGap.text);
    const opened = profile.ownNodeReachesPod === 'yes' ? free('') : spared(walk(snapshot, profile, policies, { ...question, subject, spared: true }));
    if (own.is === 'yes' || opened.side.decision === answer.side.decision) return opened;
    return either(answer, [...own.gaps, ...opened.gaps], 'open if that is its own node');
  }

  // Nodes, and hostNetwork pods: host policies apply where there are some, and the pod's own policies perhaps.
  const asNode = underHostPolicies(profile, walked(subject.kind === 'pod' ? { kind: 'node', node: subject.workload.node } : subject));
  const because = asNode.side.steps.length > 0 ? asNode.side.because : `${subject.kind === 'pod' ? 'host network' : 'a node'}: pod policies do not apply to it`;
  const ungoverned: SideAnswer = { ...asNode, side: { ...asNode.side, because }, qualifiers: ['ungoverned', ...asNode.qualifiers] };
  if (subject.kind === 'node' || profile.hostNetworkAsNode === 'yes') return ungoverned;
  const asPod = walked(subject);
  if (asPod.side.decision === ungoverned.side.decision) return ungoverned;
  const gap: Gap = {
    code: 'host-network-subject',
    text: `whether the CNI applies policies to hostNetwork pod ${workloadTitle(subject.workload)}`,
    mend: 'name the CNI with --profile',
  };
  return { side: { ...asPod.side, decision: 'unknown', because: gap.text }, gaps: [gap, ...asPod.gaps], qualifiers: ungoverned.qualifiers };
}

const ownNodeGap: Gap = {
  code: 'own-node',
  text: 'whether the CNI lets the own node of a pod through default deny',
  mend: 'look at the settings of the CNI',
};

function spared(answer: SideAnswer): SideAnswer {
  const named = answer.side.decision !== 'allowed' || answer.side.steps.some((s) => s.outcome === 'allow');
  return named ? answer : { ...answer, side: { ...answer.side, because: 'a pod is open to its own node unless a rule denies that' } };
}

/** Host policies do nothing unless the host firewall is on: where nothing tells, what they deny is not known. */
function underHostPolicies(profile: Profile, answer: SideAnswer): SideAnswer {
  if (profile.hostPolicies === 'in-force' || answer.side.steps.length === 0 || answer.side.decision === 'allowed') return answer;
  const gap: Gap = {
    code: 'host-firewall',
    text: 'whether the host firewall is on (host policies do nothing without it)',
    mend: 'look at the settings of the CNI',
  };
  return { ...answer, side: { ...answer.side, decision: 'unknown', because: `not known: ${gap.text}` }, gaps: [gap, ...answer.gaps] };
}

/** The node that a packet of this endpoint comes from; undefined for ordinary pods and outsiders. */
function nodeOf(endpoint: Resolved): string | null | undefined {
  if (endpoint.kind === 'node') return endpoint.node;
  return endpoint.kind === 'pod' && endpoint.workload.hostNetwork ? endpoint.workload.node : undefined;
}

/** The other reading allows: what was denied is then unknown. */
function either(answer: SideAnswer, gaps: readonly Gap[], because: string): SideAnswer {
  return { ...answer, side: { ...answer.side, decision: 'unknown', because: `${answer.side.because}; ${because}` }, gaps: [...answer.gaps, ...gaps] };
}

function resolve(snapshot: Snapshot, profile: Profile, endpoint: Endpoint): Resolved {
  switch (endpoint.kind) {
    case 'pod': {
      const workload = directoryOf(snapshot).workloads.get(endpoint.workload);
      if (workload === undefined) throw new RangeError(`no workload ${endpoint.workload} in the snapshot`);
      return { kind: 'pod', workload, labels: seenLabels(profile, podLabels(workload, endpoint.replica)) };
    }
    case 'node':
      return endpoint;
    case 'address': {
      const ip = parseIp(endpoint.ip);
      if (ip === undefined) throw new RangeError(`not an IP address: ${endpoint.ip}`);
      return { kind: 'address', ip };
    }
    case 'name':
      return endpoint;
  }
}

function samePod(a: Endpoint, b: Endpoint): boolean {
  return a.kind === 'pod' && b.kind === 'pod' && a.workload === b.workload && a.replica === b.replica;
}
