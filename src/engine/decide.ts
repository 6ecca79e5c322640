import type { Direction, Policy, Rule } from '../model/policy.ts';
import { tiers } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Decision, Endpoint, Gap, Packet, Qualifier, Side, Step, Verdict } from '../model/verdict.ts';
import type { Workload } from '../model/workload.ts';
import { workloadTitle } from '../model/workload.ts';
import { parseIp } from '../space/ip-set.ts';
import type { Protocol } from '../space/transport-set.ts';
import { directoryOf, podLabels } from './directory.ts';
import { and, isOwnNode, type Match, type MatchContext, matchesName, matchPods, matchRule, no, type Resolved, selectsNode } from './match.ts';

/**
 * The definition: what one CNI (`profile`) does in the steady state with the first packet of one connection. Replies need no rule.
 * Obvious code, one packet at a time; `reach` is the fast answer for all packets and must agree with it.
 * Throws RangeError when an endpoint names a workload that the snapshot does not have, or an address that is none.
 */
export function decide(snapshot: Snapshot, profile: Profile, packet: Packet): Verdict {
  const enforced = snapshot.policies.filter((p) => profile.enforces.includes(p.dialect));
  const verdict = decideAmong(snapshot, profile, enforced, packet);
  if (profile.foreignPolicies === 'ignored' || enforced.length === snapshot.policies.length) return verdict;
  // A CNI that reads the other languages may be there, or not: the verdict is known when both readings agree.
  const withForeign = decideAmong(snapshot, profile, snapshot.policies, packet);
  if (withForeign.decision === verdict.decision) return verdict;
  const kinds = [...new Set(snapshot.policies.filter((p) => !enforced.includes(p)).map((p) => p.kind))].sort();
  const gap: Gap = { code: 'foreign-policies', text: `whether the CNI enforces ${kinds.join(', ')}`, mend: 'name the CNI with --profile' };
  return { ...withForeign, decision: 'unknown', gaps: [gap, ...withForeign.gaps] };
}

function decideAmong(snapshot: Snapshot, profile: Profile, policies: readonly Policy[], packet: Packet): Verdict {
  const from = resolve(snapshot, packet.from);
  const to = resolve(snapshot, packet.to);
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
  if (own && profile.id === 'kubernetes') {
    const gap = { code: 'hairpin', text: 'whether policies apply to a pod that reaches itself through a Service', mend: 'name the CNI with --profile' };
    return quick('unknown', 'a pod reaching itself through a Service: left to the implementation', [gap]);
  }
  const egress = decideSide(snapshot, profile, policies, 'egress', from, to, packet.protocol, packet.port, destination);
  const ingress = decideSide(snapshot, profile, policies, 'ingress', to, from, packet.protocol, packet.port, destination);
  return {
    decision: combine(egress.side.decision, ingress.side.decision),
    egress: egress.side,
    ingress: ingress.side,
    gaps: dedupe([...egress.gaps, ...ingress.gaps]),
    qualifiers: [...new Set([...egress.qualifiers, ...ingress.qualifiers])].sort(),
    profile: profile.id,
  };
}

/** A connection needs both sides (corner case 7). */
function combine(a: Decision, b: Decision): Decision {
  for (const worst of ['denied', 'unknown', 'ambiguous'] as const) if (a === worst || b === worst) return worst;
  return 'allowed';
}

interface SideAnswer {
  readonly side: Side;
  readonly gaps: readonly Gap[];
  readonly qualifiers: readonly Qualifier[];
}

function decideSide(
  snapshot: Snapshot,
  profile: Profile,
  policies: readonly Policy[],
  direction: Direction,
  subject: Resolved,
  peer: Resolved,
  protocol: Protocol,
  port: number,
  destination: Workload | null,
): SideAnswer {
  const free = (because: string, qualifiers: readonly Qualifier[] = []): SideAnswer => ({
    side: { direction, decision: 'allowed', steps: [], because },
    gaps: [],
    qualifiers,
  });
  if (subject.kind === 'address' || subject.kind === 'name') return free('outside the cluster: no policy is about it');
  if (subject.kind === 'pod' && direction === 'ingress' && !subject.workload.hostNetwork) {
    const node = peer.kind === 'node' ? peer.node : peer.kind === 'pod' && peer.workload.hostNetwork ? peer.workload.node : undefined;
    const ownNode = node === undefined || profile.ownNodeReachesPod === 'no' ? no : isOwnNode(snapshot, subject, node);
    if (ownNode.is === 'yes') return free('a pod is always open to its own node');
    if (ownNode.is === 'maybe') {
      const walked = walk(snapshot, profile, policies, direction, subject, peer, protocol, port, destination);
      return walked.side.decision === 'allowed' ? walked : either(walked, ownNode.gaps, 'open if that is its own node');
    }
  }
  if (subject.kind === 'pod' && !subject.workload.hostNetwork) return walk(snapshot, profile, policies, direction, subject, peer, protocol, port, destination);

  // Nodes, and hostNetwork pods: host policies apply where there are some, and the pod's own policies perhaps.
  const node = subject.kind === 'pod' ? { kind: 'node' as const, node: subject.workload.node } : subject;
  const asNode = walk(snapshot, profile, policies, direction, node, peer, protocol, port, destination);
  const ungoverned: SideAnswer = {
    ...asNode,
    side: {
      ...asNode.side,
      because:
        asNode.side.steps.length > 0
          ? asNode.side.because
          : subject.kind === 'pod'
            ? 'host network: pod policies do not apply to it'
            : 'a node: pod policies do not apply to it',
    },
    qualifiers: ['ungoverned', ...asNode.qualifiers],
  };
  if (subject.kind === 'node' || profile.hostNetworkAsNode === 'yes') return ungoverned;
  const asPod = walk(snapshot, profile, policies, direction, subject, peer, protocol, port, destination);
  if (asPod.side.decision === ungoverned.side.decision) return ungoverned;
  const gap: Gap = {
    code: 'host-network-subject',
    text: `whether the CNI applies policies to hostNetwork pod ${workloadTitle(subject.workload)}`,
    mend: 'name the CNI with --profile',
  };
  return { side: { ...asPod.side, decision: 'unknown', because: gap.text }, gaps: [gap, ...asPod.gaps], qualifiers: ungoverned.qualifiers };
}

/** The other reading allows: what was denied is then unknown. */
function either(answer: SideAnswer, gaps: readonly Gap[], because: string): SideAnswer {
  return { ...answer, side: { ...answer.side, decision: 'unknown', because: `${answer.side.because}; ${because}` }, gaps: [...answer.gaps, ...gaps] };
}

/** One rule of one policy that selects the subject, with what it makes of the packet. */
interface Candidate {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly match: Match;
}

/**
 * The tier walk. Tiers in order; in a tier, rules by rank. A certain match ends the walk (`pass` goes on in the next tier); an uncertain one adds its
 * outcome to those that are possible and the walk goes on. At a tier's end, a policy that isolates the subject denies what is left.
 */
function walk(
  snapshot: Snapshot,
  profile: Profile,
  policies: readonly Policy[],
  direction: Direction,
  subject: Resolved,
  peer: Resolved,
  protocol: Protocol,
  port: number,
  destination: Workload | null,
): SideAnswer {
  const selecting = policies.map((policy) => ({ policy, selected: selectsSubject(snapshot, policy, subject) })).filter(({ selected }) => selected.is !== 'no');
  const context: MatchContext = {
    snapshot,
    profile,
    subject,
    resolvable: (name) =>
      asksDnsFor(
        selecting.map((s) => s.policy),
        name,
      ),
  };
  const possible = new Set<'allow' | 'deny'>();
  const gaps: Gap[] = [];
  const steps: Step[] = [];
  const qualifiers = new Set<Qualifier>();
  let because = selecting.length === 0 ? `no policy selects it for ${direction}` : `no policy that selects it isolates ${direction}`;
  let conflict = false;
  let arrives = true;

  for (const tier of Object.values(tiers).sort((a, b) => a.order - b.order)) {
    if (!arrives) break;
    const here = selecting.filter(({ policy }) => policy.tier === tier.id);
    const candidates: Candidate[] = here.flatMap(({ policy, selected }) =>
      policy.rules
        .filter((r) => r.direction === direction)
        .map((rule) => ({ policy, rule, match: and(selected, matchRule(context, rule, peer, protocol, port, destination)) })),
    );
    let decided = false;
    let passes = false;
    for (const rank of [...new Set(candidates.map((c) => c.rule.rank))].sort((a, b) => a - b)) {
      const matching = candidates.filter((c) => c.rule.rank === rank && c.match.is !== 'no');
      for (const { policy, rule, match } of matching) {
        if (rule.action === 'pass') passes = true;
        else possible.add(rule.action);
        gaps.push(...match.gaps);
        steps.push({
          tier: tier.id,
          policy: policy.id,
          outcome: match.is === 'maybe' ? 'maybe' : rule.action,
          origin: rule.origin,
          because: `${match.is === 'maybe' ? 'may ' : ''}${rule.action}`,
        });
        if (rule.action === 'allow') for (const q of qualifiersOf(rule, peer)) qualifiers.add(q);
      }
      const certain = new Set(matching.filter((c) => c.match.is === 'yes').map((c) => c.rule.action));
      if (certain.size > 1) conflict = true;
      if (certain.size > 0) {
        decided = true;
        break;
      }
    }
    const sectioned = here.filter(({ policy }) => policy.isolates[direction]);
    for (const { policy } of sectioned.filter(({ policy }) => !steps.some((s) => s.policy === policy.id))) {
      steps.push({ tier: tier.id, policy: policy.id, outcome: 'no-match', origin: policy.origin, because: 'selects it, and no rule matches' });
    }
    if (!decided && sectioned.length > 0) {
      possible.add('deny');
      because = `default deny: selected by ${sectioned.map(({ policy }) => policy.id).join(', ')}, and no rule allows it`;
      const unsure = (protocol === 'ICMP' || protocol === 'OTHER') && profile.otherProtocolsByRule === 'unknown';
      const certainly = sectioned.some(({ selected }) => selected.is === 'yes');
      for (const { selected } of sectioned) gaps.push(...selected.gaps);
      if (unsure) gaps.push({ code: 'other-protocols', text: `whether the CNI judges ${protocol} by the rules`, mend: 'name the CNI with --profile' });
      decided = certainly && !unsure;
    }
    if (decided && steps.length > 0 && possible.size === 1 && !because.startsWith('default deny')) because = steps.at(-1)?.because ?? because;
    arrives = !decided || passes;
    if (decided && passes) because = 'passed on to the next tier';
  }
  if (arrives) possible.add('allow');

  const decision: Decision = possible.size > 1 ? (conflict && gaps.length === 0 ? 'ambiguous' : 'unknown') : possible.has('allow') ? 'allowed' : 'denied';
  const deciding = [...steps].reverse().find((s) => s.outcome === 'allow' || s.outcome === 'deny');
  const text = deciding !== undefined && decision !== 'unknown' ? `${deciding.outcome === 'allow' ? 'allowed' : 'denied'} by ${deciding.policy}` : because;
  return {
    side: { direction, decision, steps, because: text },
    gaps: decision === 'unknown' ? dedupe(gaps) : [],
    qualifiers: decision === 'denied' ? [] : [...qualifiers],
  };
}

function selectsSubject(snapshot: Snapshot, policy: Policy, subject: Resolved): Match {
  if (policy.subject.kind === 'nodes') {
    if (subject.kind !== 'node') return no;
    const selected = selectsNode(snapshot, policy.subject.selector, subject.node);
    const firewall: Gap = {
      code: 'host-firewall',
      text: 'whether the host firewall is on (host policies do nothing without it)',
      mend: 'turn it on, and say so in the zone',
    };
    return selected.is === 'no' ? no : { is: 'maybe', gaps: [...selected.gaps, firewall] };
  }
  return subject.kind === 'pod' ? matchPods(snapshot, policy.subject.match, subject.workload, subject.labels) : no;
}

/** Is there an egress rule through which the subject may ask DNS for this name? */
function asksDnsFor(policies: readonly Policy[], name: string): boolean {
  return policies.some((p) =>
    p.rules.some((r) => r.direction === 'egress' && r.action === 'allow' && (r.application?.dns ?? []).some((n) => matchesName(n, name))),
  );
}

/** What stands between an L3/L4 allow and traffic that really passes, or beside it. */
function qualifiersOf(rule: Rule, peer: Resolved): Qualifier[] {
  const out: Qualifier[] = [];
  if (peer.kind === 'name') out.push('modulo-dns');
  if ((rule.peers ?? []).some((p) => p.kind === 'names') && rule.application?.serverNames == null) out.push('shared-ip');
  if (rule.application !== null && (rule.application.otherL7 || rule.application.dns !== null || rule.application.serverNames !== null)) out.push('l7-only');
  return out;
}

function resolve(snapshot: Snapshot, endpoint: Endpoint): Resolved {
  switch (endpoint.kind) {
    case 'pod': {
      const workload = directoryOf(snapshot).workloads.get(endpoint.workload);
      if (workload === undefined) throw new RangeError(`no workload ${endpoint.workload} in the snapshot`);
      return { kind: 'pod', workload, labels: podLabels(workload, endpoint.replica) };
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

function dedupe(gaps: readonly Gap[]): Gap[] {
  return [...new Map(gaps.map((g) => [`${g.code} ${g.text}`, g])).values()];
}
