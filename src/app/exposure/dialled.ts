import { cidrSet } from '../../engine/addresses.ts';
import { decide } from '../../engine/decide.ts';
import { isOwnNode, matchPods } from '../../engine/match.ts';
import { portSetOf } from '../../engine/port-set-of.ts';
import { believablePort } from '../../engine/witness.ts';
import { kept } from '../../kernel/memo.ts';
import type { ServiceDoor } from '../../model/exposure.ts';
import { type NamespaceMatch, type Peer, type Policy, type Rule, tiers } from '../../model/policy.ts';
import { enforces, mayEnforce } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Gap } from '../../model/verdict.ts';
import { barePod, type Workload } from '../../model/workload.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { hopDecision, type Judge, type Judged, leastOpen, mostOpen } from './judge.ts';

/** What becomes of a dial; `ownNodeOnly`: only the pod's own node keeps it from being denied. */
export interface Dial extends Judged {
  readonly ownNodeOnly?: true;
}

/**
 * Through a node or a load balancer. With externalTrafficPolicy Local the pod sees the client; else it may see a node in its place, its own among them, which
 * no policy shuts out. Source: kubernetes.io, Source IP for Services; NetworkPolicies and rewritten addresses; cilium Documentation/security/policy/caveats.rst.
 */
export function throughNode(judge: Judge, door: ServiceDoor, to: Workload, ports: TransportSet): Dial {
  // Node ports answer everybody, whatever the load balancer takes.
  const limited = door.sourceRanges.length > 0 && !door.nodePorts;
  const ranges = limited ? cidrSet(door.sourceRanges) : judge.everywhere;
  const clients = judge.addresses(ranges, limited ? door.sourceRanges.join() : '*', to, ports);
  if (door.local) return clients;
  const nodes = judge.nodes.map((node) => judge.node(node, to, ports));
  const every = leastOpen(nodes);
  const some = mostOpen(nodes);
  if (clients.decision === 'allowed' && (every === undefined || every.decision === 'allowed')) return clients;
  if (clients.decision === 'denied' && (some === undefined || some.decision === 'denied')) return clients;
  const gap: Gap = {
    code: 'source-translation',
    text: `whether ${door.namespace}/${door.name} shows its pods the client or a node (externalTrafficPolicy Cluster)`,
    mend: 'set externalTrafficPolicy: Local, or dial through a controller',
  };
  return {
    decision: 'unknown',
    because: `as client: ${clients.decision}; as a node: ${some?.decision ?? 'unknown'}`,
    origin: clients.origin,
    gaps: [gap, ...clients.gaps],
  };
}

/** A load balancer outside: it dials from addresses that the input does not tell. */
export function fromCloud(judge: Judge, direct: boolean, to: Workload, ports: TransportSet): Dial {
  const all = judge.addresses(judge.everywhere, '*', to, ports, 'every');
  const any = judge.addresses(judge.everywhere, '*', to, ports);
  const nodes = direct ? [] : judge.nodes.map((node) => judge.node(node, to, ports));
  if (all.decision === 'allowed' && nodes.every((n) => n.decision === 'allowed')) return all;
  if (any.decision === 'denied' && nodes.every((n) => n.decision === 'denied')) return any;
  const gap: Gap = { code: 'balancer-addresses', text: 'from which addresses the load balancer dials', mend: 'query the subnets of the load balancer' };
  return { decision: 'unknown', because: 'some addresses may, others may not', origin: any.origin, gaps: [gap, ...any.gaps] };
}

/** The proxy of the CNI, whose identity no pod has: rules for everybody, for the cluster or for that identity let it in. */
export function fromProxy(judge: Judge, to: Workload, ports: TransportSet): Dial {
  const { snapshot } = judge.matrix;
  const anybody = judge.addresses(judge.everywhere, '*', to, ports, 'every');
  if (!judge.matrix.isolated(to.id, 'ingress') && anybody.decision === 'allowed') return anybody;
  const rules = new IngressRules(judge);
  const rule = rules.of(to, ports).find((r) => r.peers === null || r.peers.some(admitsProxy));
  if (rule !== undefined && rules.surelyAllow(to, ports, holdsProxy))
    return { decision: 'allowed', because: "a rule lets the proxy's identity in", origin: rule.origin, gaps: [] };
  if (rule === undefined && judge.matrix.isolated(to.id, 'ingress'))
    return { decision: 'denied', because: "no rule lets the proxy's identity in (entities ingress, cluster or all)", origin: null, gaps: [] };
  const gap: Gap = {
    code: 'proxy-identity',
    text: `whether rules of ${snapshot.policies.length === 0 ? 'the cluster' : to.namespace} let the identity ingress in`,
    mend: 'look at the entities of the rules',
  };
  return { decision: 'unknown', because: gap.text, origin: rule?.origin ?? null, gaps: [gap] };
}

/** Source: cilium pkg/policy/api/entity.go: the identity ingress is one of the entity cluster. */
function holdsProxy(peer: Peer): boolean {
  return peer.kind === 'entity' && (peer.entity === 'all' || peer.entity === 'cluster' || peer.entity === 'ingress');
}

function admitsProxy(peer: Peer): boolean {
  if (peer.kind === 'entity') return holdsProxy(peer);
  return peer.kind !== 'pods' && peer.kind !== 'cidr' && peer.kind !== 'names' && peer.kind !== 'nodes';
}

/** The name of the namespace in which a controller that is not in the input is taken to run: none of the input's. */
const elsewhere = 'namespace-not-in-the-input';

/**
 * A controller that the input does not show: a pod of another namespace (or of `home`, where it may run) with labels that nobody knows, a node, or an address outside.
 * The answer is never yes; it is no only when policies shut out every one of these. The pod's own node is told apart: no policy shuts it out.
 */
export class Absent {
  readonly #judge: Judge;
  readonly #whole: Snapshot;
  readonly #rules: IngressRules;
  readonly #answers = new Map<string, Dial>();

  constructor(judge: Judge) {
    this.#judge = judge;
    this.#whole = withStranger(judge.matrix.snapshot);
    this.#rules = new IngressRules(judge);
  }

  dials(home: string | null, to: Workload, ports: TransportSet): Dial {
    const beside = home === to.namespace;
    return kept(this.#answers, `${to.id} ${ports.id} ${beside}`, () => this.#dials(beside, to, ports));
  }

  #dials(beside: boolean, to: Workload, ports: TransportSet): Dial {
    const judge = this.#judge;
    const nodes = judge.nodes.map((node) => ({
      answer: judge.node(node, to, ports),
      own: isOwnNode(judge.matrix.snapshot, { kind: 'pod', workload: to, labels: to.labels }, node).is,
    }));
    const others = nodes.filter((n) => n.own === 'no' || (n.own === 'maybe' && n.answer.decision === 'allowed')).map((n) => n.answer);
    const could = mostOpen([this.#stranger(to, ports), judge.addresses(judge.everywhere, '*', to, ports), ...others]);
    if (could !== undefined && could.decision !== 'denied') return { ...could, decision: 'unknown', because: `policies could let it in: ${could.because}` };
    const rule = this.#rules.of(to, ports).find((r) => (r.peers ?? []).some((p) => mayHold(p, beside ? null : to.namespace)));
    if (rule !== undefined) return { decision: 'unknown', because: 'a rule could let it in', origin: rule.origin, gaps: [] };
    const shut = 'policies shut out other pods, other nodes and addresses outside';
    if (nodes.every((n) => n.answer.decision === 'denied')) return { decision: 'denied', because: shut, origin: could?.origin ?? null, gaps: [] };
    const gap: Gap = {
      code: 'own-node',
      text: 'whether the controller runs on the host network of the pod’s own node, which no policy shuts out',
      mend: "give the controller's manifests",
    };
    return { decision: 'unknown', because: `${shut}; only the pod's own node would pass`, origin: could?.origin ?? null, gaps: [gap], ownNodeOnly: true };
  }

  /** A pod of a namespace whose labels nobody knows. */
  #stranger(to: Workload, ports: TransportSet): Judged {
    const { protocol, port } = believablePort(ports, to);
    const packet = { from: { kind: 'pod', workload: stranger.id, replica: 0 }, to: { kind: 'pod', workload: to.id, replica: 0 }, protocol, port } as const;
    const verdict = decide(this.#whole, this.#judge.matrix.profile, packet);
    return { decision: hopDecision(verdict), because: verdict.ingress.because, origin: verdict.ingress.steps.at(-1)?.origin ?? null, gaps: verdict.gaps };
  }
}

const stranger = barePod(elsewhere, 'controller', { document: { file: '', index: 0 }, path: [] });

function withStranger(snapshot: Snapshot): Snapshot {
  return { ...snapshot, workloads: [...snapshot.workloads, stranger] };
}

/** Rules that let somebody in. Policies are put by the namespace whose pods they may select. */
class IngressRules {
  readonly #judge: Judge;
  readonly #byNamespace = new Map<string, readonly Policy[]>();

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** Those that let somebody in to this pod on some of these ports. */
  of(to: Workload, ports: TransportSet): readonly Rule[] {
    return this.#about(to)
      .flatMap(({ policy }) => policy.rules)
      .filter((r) => r.direction === 'ingress' && r.action !== 'deny' && (r.ports === null || !portSetOf(r.ports, to).intersect(ports).isEmpty));
  }

  /**
   * Whether rules for certain let in, on all of these ports, somebody whom `holds` finds in a peer: policies that are about the pod for certain, of one union in
   * which no rule denies, and rules that hang on nothing else.
   */
  surelyAllow(to: Workload, ports: TransportSet, holds: (peer: Peer) => boolean): boolean {
    const about = this.#about(to);
    const plain = about.every(
      ({ policy }) =>
        policy.evaluation === 'deny-wins' && policy.tier.id === tiers.normal.id && policy.rules.every((r) => r.direction !== 'ingress' || r.action === 'allow'),
    );
    if (!plain) return false;
    const rules = about.flatMap(({ policy, certain }) => (certain && enforces(this.#judge.matrix.profile, policy) ? policy.rules : []));
    const letting = rules.filter(
      (r) => r.direction === 'ingress' && r.condition === undefined && r.application === null && (r.peers === null || r.peers.some(holds)),
    );
    return ports.subtract(TransportSet.unionAll(letting.map((r) => (r.ports === null ? TransportSet.full : portSetOf(r.ports, to))))).isEmpty;
  }

  #about(to: Workload): readonly { readonly policy: Policy; readonly certain: boolean }[] {
    const { snapshot } = this.#judge.matrix;
    return kept(this.#byNamespace, to.namespace, () => this.#concerning(to.namespace)).flatMap((policy) => {
      const is = policy.subject.kind === 'pods' ? matchPods(snapshot, policy.subject.match, to, to.labels).is : 'no';
      return is === 'no' ? [] : [{ policy, certain: is === 'yes' }];
    });
  }

  #concerning(namespace: string): readonly Policy[] {
    const { snapshot, profile } = this.#judge.matrix;
    return snapshot.policies.filter((p) => {
      if (p.subject.kind !== 'pods' || !mayEnforce(profile, p)) return false;
      const { namespaces } = p.subject.match;
      return namespaces.kind !== 'named' || namespaces.name === namespace;
    });
  }
}

/** Whether a peer may hold a pod of which nothing is known; `own`: but that it is of another namespace than this. */
function mayHold(peer: Peer, own: string | null): boolean {
  switch (peer.kind) {
    case 'pods':
      return own === null || !ownNamespaceAlone(peer.match.namespaces, own);
    case 'all-of':
      return peer.peers.every((p) => mayHold(p, own));
    case 'cidr':
    case 'names':
    case 'nodes':
      // Asked of nodes and addresses themselves.
      return false;
    default:
      return peer.kind !== 'entity' || peer.entity === 'all' || peer.entity === 'cluster' || peer.entity === 'ingress' || peer.entity === 'other';
  }
}

function ownNamespaceAlone(match: NamespaceMatch, own: string): boolean {
  return (match.kind === 'named' && match.name === own) || (match.kind === 'as-subject' && match.sameLabels === null);
}
