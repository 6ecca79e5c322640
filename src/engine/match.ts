import { isAmongAccounts } from '../model/account-match.ts';
import type { Service } from '../model/cluster.ts';
import { type LabelSelector, type Labels, labelOf, selects } from '../model/labels.ts';
import type { Action, Entity, NameMatch, Peer, PodMatch, Policy, PortMatch, Rule } from '../model/policy.ts';
import type { Profile, Tri } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { hostCidr, type IpAddress, ipHas, ipIntersect, ipIsEmpty, ipSetOf, ipSubtract, parseIp } from '../space/ip-set.ts';
import type { Protocol } from '../space/transport-set.ts';
import { assumedClusterRanges, blockSet, cidrSet, inBlock, nodeAddresses, publicAddresses } from './addresses.ts';
import { directoryOf, nodeName } from './directory.ts';
import { and, anyOf, type Match, maybe, no, yes } from './matching.ts';
import { matchNamespace } from './namespaces.ts';
import { whereabouts } from './whereabouts.ts';

/** An endpoint of a packet, looked up. `pod` covers hostNetwork pods as well; `node` null is a node that no input names. */
export type Resolved =
  | { readonly kind: 'pod'; readonly workload: Workload; readonly labels: Labels }
  | { readonly kind: 'node'; readonly node: string | null }
  | { readonly kind: 'address'; readonly ip: IpAddress }
  | { readonly kind: 'name'; readonly name: string };

/** What the matchers look at: the cluster, the CNI's reading of the API, and the pod (or node) that the rule is about. */
export interface MatchContext {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  readonly subject: Resolved;
  /** The Service that the subject dialled, where it is the source. */
  readonly via: Service | null;
  /** Names that a DNS rule lets the subject ask for: without one, rules on names learn no address. Source: cilium layer3.rst, DNS based. */
  readonly resolvable: (name: string) => Match;
}

/** Does the rule match this peer and port? `destination` is the pod that named ports resolve on, when the destination is a pod. */
export function matchRule(context: MatchContext, rule: Rule, peer: Resolved, protocol: Protocol, port: number, destination: Workload | null): Match {
  const ports = matchPorts(context.profile, rule.ports, protocol, port, destination);
  const dialled = context.via !== null && context.profile.egressAfterTranslation === 'no';
  const seen = dialled && rule.peers !== null ? { ...rule, peers: rule.peers.filter((p) => p.kind !== 'cidr') } : rule;
  const translated = ports.is === 'no' ? no : and(ports, matchRulePeers(context, seen, peer));
  return translated.is === 'yes' ? translated : anyOf([translated, and(beforeTranslation(context, rule, protocol), conditionOf(rule))]);
}

/** Whether ipBlocks see a packet before or after Service translation is left to the implementation (corner case 46): the dialled address may match. */
function beforeTranslation(context: MatchContext, rule: Rule, protocol: Protocol): Match {
  const { via, profile, snapshot } = context;
  if (via === null || profile.egressAfterTranslation === 'yes') return no;
  const known = cidrSet([...via.clusterIps, ...via.externalIps].map(hostCidr));
  const dialled = ipIsEmpty(known) ? (snapshot.ranges.services.length > 0 ? cidrSet(snapshot.ranges.services) : assumedClusterRanges) : known;
  const inside = (rule.peers ?? []).some((p) => p.kind === 'cidr' && !ipIsEmpty(ipIntersect(blockSet(p.cidr, p.except), dialled)));
  const onPort = via.ports.some((p) => p.protocol === protocol && matchPorts(profile, rule.ports, protocol, p.port, null).is !== 'no');
  if (!inside || !onPort) return no;
  return maybe(
    'before-translation',
    `whether an ipBlock sees the address of Service ${via.namespace}/${via.name} or that of its pod`,
    'name the CNI with --profile',
  );
}

function conditionOf(rule: Rule): Match {
  return rule.condition === undefined
    ? yes
    : maybe('rule-condition', rule.condition, rule.mend ?? 'remove that condition from the rule, or read the verdict as possible');
}

/**
 * May the subject ask DNS for this name through these policies? A rule counts as far as its policy is certain to select the subject, and when it has
 * anybody to ask.
 */
export function resolvableThrough(selecting: readonly { readonly policy: Policy; readonly selected: Match }[], name: string): Match {
  return anyOf(
    selecting
      .filter(({ policy }) =>
        policy.rules.some(
          (r) => r.direction === 'egress' && r.action === 'allow' && r.peers?.length !== 0 && (r.application?.dns ?? []).some((n) => matchesName(n, name)),
        ),
      )
      .map(({ selected }) => selected),
  );
}

/** Does the rule's peer list hold this endpoint, ports aside? */
export function matchRulePeers(context: MatchContext, rule: Rule, peer: Resolved): Match {
  const acting = { ...context, action: rule.action };
  const any = rule.peers === null ? yes : anyOf(rule.peers.map((p) => matchPeer(acting, p, peer)));
  return and(conditionOf(rule), any.is === 'maybe' && peer.kind === 'name' && holdsInternet(rule.peers ?? []) ? yes : any);
}

/** Blocks of one rule that together hold every public address hold whatever a name stands for. */
function holdsInternet(peers: readonly Peer[]): boolean {
  const blocks = peers.flatMap((p) => (p.kind === 'cidr' ? [blockSet(p.cidr, p.except)] : []));
  return ipIsEmpty(blocks.reduce(ipSubtract, publicAddresses));
}

/** Is this a pod of the match (hostNetwork aside: the caller decides)? `own` is the namespace of the pod that the policy is about, where the match is a peer. */
export function matchPods(snapshot: Snapshot, match: PodMatch, workload: Workload, labels: Labels, own: string | null = null): Match {
  if (!isAmongAccounts(match.serviceAccounts, workload.serviceAccount)) return no;
  if (match.unowned === true && workload.unowned !== true) return no;
  // The cheap question first: most policies are of another namespace.
  if (match.namespaces.kind === 'named' && match.namespaces.name !== workload.namespace) return no;
  if (!selects(match.pods, labels)) return no;
  return matchNamespace(snapshot, match.namespaces, workload.namespace, own);
}

/** A context with what the rule does. */
type Acting = MatchContext & { readonly action: Action };

function ownNamespace({ subject }: MatchContext): string | null {
  return subject.kind === 'pod' ? subject.workload.namespace : null;
}

function matchPeer(context: Acting, peer: Peer, endpoint: Resolved): Match {
  switch (peer.kind) {
    case 'pods':
      return endpoint.kind === 'pod'
        ? asPod(context, endpoint, matchPods(context.snapshot, peer.match, endpoint.workload, endpoint.labels, ownNamespace(context)))
        : no;
    case 'cidr':
      return matchBlock(context, peer.cidr, peer.except, endpoint);
    case 'entity':
      return matchEntity(context, peer.entity, endpoint);
    case 'names':
      if (endpoint.kind === 'name')
        return peer.names.some((n) => matchesName(n, endpoint.name)) ? (peer.withoutDnsRule === true ? yes : context.resolvable(endpoint.name)) : no;
      return endpoint.kind === 'address' && peer.names.some((n) => n.kind === 'pattern') ? learnedAddress : no;
    case 'nodes':
      return matchNode(context, peer.selector, endpoint);
    case 'services':
      return matchServices(context, peer, endpoint);
    case 'all-of':
      return peer.peers.map((p) => matchPeer(context, p, endpoint)).reduce(and, yes);
    case 'not': {
      const match = matchPeer(context, peer.peer, endpoint);
      return match.is === 'maybe' ? match : match.is === 'yes' ? no : yes;
    }
    case 'unknown':
      return maybe('unresolved-peer', peer.gap, peer.mend ?? 'replace it by labels, CIDRs or names that can be read from files');
  }
}

/** Backends of the Services that a peer names. A rule whose Services do not exist is read as a rule for every peer by Cilium, as long as they do not. */
function matchServices(context: MatchContext, peer: Extract<Peer, { kind: 'services' }>, endpoint: Resolved): Match {
  const services = context.snapshot.services.filter(
    (s) =>
      (peer.namespace === null || s.namespace === peer.namespace) &&
      (peer.name === null || s.name === peer.name) &&
      (peer.selector === null || selects(peer.selector, s.labels)),
  );
  if (services.length === 0)
    return maybe('service-absent', `Service ${peer.namespace ?? 'any namespace'}/${peer.name ?? 'by labels'}, which a rule names`, 'give the Service');
  return anyOf(
    services.map((s) => {
      if (s.selector === null)
        return maybe(
          'service-endpoints',
          `endpoints of Service ${s.namespace}/${s.name}, which has no selector`,
          'give it a selector, or name the addresses with toCIDR in place of the Service',
        );
      if (endpoint.kind !== 'pod' || endpoint.workload.namespace !== s.namespace) return no;
      return asPod(context, endpoint, selects(s.selector, endpoint.labels) ? yes : no);
    }),
  );
}

/**
 * Who answers for a name decides its addresses, and a pattern admits names of anybody: any address may be learned. Exact names are taken to be
 * answered for by those they belong to.
 */
const learnedAddress: Match = maybe('learned-address', 'which addresses the names of a pattern resolve to', 'list exact names');

/** A hostNetwork pod has its node's address: whether rules on pods see it as a pod is left to the implementation (corner case 47). */
function asPod(context: MatchContext, endpoint: Extract<Resolved, { kind: 'pod' }>, match: Match): Match {
  if (!endpoint.workload.hostNetwork || match.is === 'no') return match;
  if (context.profile.hostNetworkAsNode === 'yes') return no;
  return maybe(
    'host-network-peer',
    `whether the CNI sees hostNetwork pod ${endpoint.workload.namespace}/${endpoint.workload.name} as a pod or as its node`,
    'name the CNI with --profile',
  );
}

function matchBlock(context: Acting, cidr: string, except: readonly string[], endpoint: Resolved): Match {
  const block = blockSet(cidr, except);
  switch (endpoint.kind) {
    case 'address':
      return ipHas(block, endpoint.ip) ? yes : no;
    case 'name':
      return nameInBlock(block, cidr, endpoint.name, context.action);
    case 'node':
      return nodeInBlock(context, block, cidr, endpoint.node);
    case 'pod': {
      const { workload } = endpoint;
      const node = workload.hostNetwork ? nodeInBlock(context, block, cidr, workload.node) : no;
      if (workload.hostNetwork && (context.profile.hostNetworkAsNode === 'yes' || node.is === 'no')) return node;
      const { addresses, exact, mend } = whereabouts(context.snapshot, context.profile, workload);
      const pod = byProfile(
        context.profile.cidrMatchesPods,
        inBlock(addresses, exact, block),
        'cidr-matches-pods',
        `whether the CNI lets ${cidr} match the pod ${workload.namespace}/${workload.name}`,
        'pod-addresses',
        `addresses of ${workload.namespace}/${workload.name}`,
        mend,
      );
      if (!workload.hostNetwork || (node.is === 'yes' && pod.is === 'yes')) return pod;
      return { is: 'maybe', gaps: [...node.gaps, ...pod.gaps] };
    }
  }
}

function nodeInBlock(context: MatchContext, block: ReturnType<typeof blockSet>, cidr: string, node: string | null): Match {
  const known = node === null ? undefined : directoryOf(context.snapshot).nodes.get(node);
  const own = node === null ? undefined : parseIp(node);
  // A word that is an address names a node by it, unless some node has that word for its name.
  const exact = known === undefined ? own !== undefined : known.addresses.length > 0;
  const candidates = known === undefined && own !== undefined ? ipSetOf(own) : nodeAddresses(context.snapshot, known ?? null);
  return byProfile(
    context.profile.cidrMatchesNodes,
    inBlock(candidates, exact, block),
    'cidr-matches-nodes',
    `whether the CNI lets ${cidr} match nodes`,
    'node-addresses',
    `addresses of ${node === null ? 'the nodes' : `node ${node}`}`,
    'give the Node objects, or platform.ranges.nodes',
  );
}

function byProfile(
  allows: Tri,
  inside: 'yes' | 'no' | 'maybe',
  unsureCode: string,
  unsure: string,
  addressCode: string,
  addresses: string,
  mend: string,
): Match {
  if (inside === 'no' || allows === 'no') return no;
  if (allows === 'unknown') return maybe(unsureCode, unsure, 'name the CNI with --profile');
  return inside === 'yes' ? yes : maybe(addressCode, addresses, mend);
}

/**
 * A name outside the cluster has public addresses that nobody knows here. A block that holds the whole public internet of one family opens it (names are
 * taken to have an address in it); to shut it, the block must hold both families.
 */
function nameInBlock(block: ReturnType<typeof blockSet>, cidr: string, name: string, action: Action): Match {
  const missing = ipSubtract(publicAddresses, block);
  if (ipIsEmpty(missing) || (action === 'allow' && (missing.v4.length === 0 || missing.v6.length === 0))) return yes;
  if (ipIsEmpty(ipIntersect(publicAddresses, block))) return no;
  return maybe('dns-answers', `addresses of ${name} (whether they lie in ${cidr})`, 'ask about the address instead of the name');
}

function matchEntity(context: MatchContext, entity: Entity, endpoint: Resolved): Match {
  const outside = endpoint.kind === 'address' || endpoint.kind === 'name';
  switch (entity) {
    case 'all':
      return yes;
    case 'world':
      return outside ? yes : no;
    case 'cluster':
      return outside ? no : yes;
    case 'host':
    case 'remote-node': {
      const node = endpoint.kind === 'node' ? endpoint.node : endpoint.kind === 'pod' && endpoint.workload.hostNetwork ? endpoint.workload.node : undefined;
      if (node === undefined) return no;
      const own = isOwnNode(context.snapshot, context.subject, node);
      return entity === 'host' || own.is === 'maybe' ? own : own.is === 'yes' ? no : yes;
    }
    case 'kube-apiserver':
      return isControlPlane(context.snapshot, endpoint);
    case 'none':
      return no;
    case 'ingress':
    case 'other':
      return maybe(
        'unseen-identity',
        'who carries the identities ingress, health, init or unmanaged',
        'leave these entities out, or read the verdict as possible',
      );
  }
}

/** The API server's endpoints are nodes that carry the control-plane role, where the cluster shows such nodes; managed control planes are outside. */
function isControlPlane(snapshot: Snapshot, endpoint: Resolved): Match {
  if (endpoint.kind === 'address')
    return maybe('api-server-address', 'whether that is an address of the API server', 'name the endpoints of the API server instead of the entity');
  const node = endpoint.kind === 'node' ? endpoint.node : endpoint.kind === 'pod' && endpoint.workload.hostNetwork ? endpoint.workload.node : undefined;
  if (node === undefined) return no;
  const found = node === null ? undefined : directoryOf(snapshot).nodes.get(node);
  if (found === undefined || found.origin === null)
    return maybe('control-plane-nodes', `whether ${node === null ? 'the node' : `node ${node}`} runs the API server`, 'give the Node objects');
  return ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'].some((key) => labelOf(found.labels, key) !== undefined) ? yes : no;
}

/** Does this pod run on that node? A subject that is itself a node is its own node. */
export function isOwnNode(snapshot: Snapshot, subject: Resolved, node: string | null): Match {
  const directory = directoryOf(snapshot);
  const home = subject.kind === 'pod' ? nodeName(directory, subject.workload.node) : subject.kind === 'node' ? nodeName(directory, subject.node) : undefined;
  if (home === undefined) return no;
  const other = nodeName(directory, node);
  if (home === null || other === null)
    return maybe('node-placement', 'which node the pod runs on', 'give running pods (kubectl get pods -o yaml), or spec.nodeName');
  return home === other ? yes : no;
}

function matchNode(context: MatchContext, selector: LabelSelector, endpoint: Resolved): Match {
  const node = endpoint.kind === 'node' ? endpoint.node : endpoint.kind === 'pod' && endpoint.workload.hostNetwork ? endpoint.workload.node : undefined;
  if (node === undefined) return no;
  return selectsNode(context.snapshot, selector, node);
}

/** Is a policy about nodes about this one? */
export function isSubjectNode(snapshot: Snapshot, subject: Extract<Policy['subject'], { kind: 'nodes' }>, node: string | null): Match {
  if (subject.node === undefined) return selectsNode(snapshot, subject.selector, node);
  const directory = directoryOf(snapshot);
  const named = nodeName(directory, node);
  if (named === null) return maybe('node-placement', 'which node it is', 'give running pods (kubectl get pods -o yaml), or spec.nodeName');
  return named === nodeName(directory, subject.node) ? selectsNode(snapshot, subject.selector, node) : no;
}

/** Does the selector choose this node? The labels of a node that no input shows are not known. */
export function selectsNode(snapshot: Snapshot, selector: LabelSelector, node: string | null): Match {
  if (selector.requirements.length === 0) return yes;
  const found = node === null ? undefined : directoryOf(snapshot).nodes.get(node);
  if (found === undefined || found.origin === null)
    return maybe('node-labels', `labels of ${node === null ? 'the node' : `node ${node}`}`, 'give the Node objects');
  return selects(selector, found.labels) ? yes : no;
}

/** Lower-case, without the trailing dot: the form in which names are compared. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

export function matchesName(match: NameMatch, name: string): boolean {
  const asked = canonicalName(name);
  return match.kind === 'exact' ? canonicalName(match.name) === asked : asked.length <= 255 && new RegExp(match.source).test(asked);
}

function matchPorts(profile: Profile, items: readonly PortMatch[] | null, protocol: Protocol, port: number, destination: Workload | null): Match {
  if (items === null) {
    if ((protocol === 'ICMP' || protocol === 'OTHER') && profile.otherProtocolsByRule === 'unknown')
      return maybe('other-protocols', `whether the CNI judges ${protocol} by the rules`, 'name the CNI with --profile');
    return yes;
  }
  return items.some((item) => matchPort(item, protocol, port, destination)) ? yes : no;
}

/** Whether a port list holds a port by number. */
export function coversPort(items: readonly PortMatch[] | null, protocol: Protocol, port: number): boolean {
  return items === null || items.some((item) => matchPort(item, protocol, port, null));
}

function matchPort(item: PortMatch, protocol: Protocol, port: number, destination: Workload | null): boolean {
  if (item.protocol === 'ANY' ? protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP' : item.protocol !== protocol) return false;
  if (item.port === null) return true;
  if (typeof item.port === 'number') return item.port <= port && port <= (item.endPort ?? item.port);
  const name = item.port;
  return destination?.ports.find((p) => p.name === name && p.protocol === protocol)?.port === port;
}
