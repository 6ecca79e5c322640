import { everything } from '../../model/labels.ts';
import type { Action, Peer, Tier } from '../../model/policy.ts';

/**
 * Where an EgressFirewall takes part: before all else, since what it allows must still pass every other policy, and what it denies no other policy
 * opens. OVN-Kubernetes walks it in the to-lport pipeline, and egress rules of all other policies in the from-lport one: both must let a packet pass.
 * Source: ovn-kubernetes go-controller/pkg/ovn/controller/egressfirewall/egressfirewall.go addEgressFirewallRules (LportIngress),
 * go-controller/pkg/libovsdb/util/acl.go.
 */
export const firewallTier: Tier = { id: 'egress-firewall', order: 500, end: 'pass' };

/** The only name an EgressFirewall may have. Source: egressfirewall.go egressFirewallName; docs.redhat.com, EgressFirewall. */
export const firewallName = 'default';

/** Rules that fit. Source: egressfirewall.go buildEgressFirewallConstruct: EgressFirewallStartPriority 10000 − MinimumReservedEgressFirewallPriority 2000, and one more. */
export const mostRules = 8001;

const anyPod: Peer = { kind: 'pods', match: { namespaces: { kind: 'labelled', selector: everything }, pods: everything, serviceAccounts: null } };

/** A block without the cluster's pods: their subnets are left out of every rule with a cidrSelector. Source: egressfirewall.go getV4ClusterSubnetsExclusion. */
export function outsideBlock(cidr: string): Peer {
  return {
    kind: 'all-of',
    peers: [
      { kind: 'cidr', cidr, except: [] },
      { kind: 'not', peer: anyPod },
    ],
  };
}

/** The inverse: the block of such a peer. */
export function blockOf(peer: Peer): string | undefined {
  if (peer.kind !== 'all-of') return undefined;
  const [block] = peer.peers;
  return block?.kind === 'cidr' && JSON.stringify(peer) === JSON.stringify(outsideBlock(block.cidr)) ? block.cidr : undefined;
}

/**
 * Why a rule that denies does so only perhaps, if it does. `peers` are those of all rules of the object: without the DNSNameResolver, which no manifest shows,
 * an EgressFirewall with a star in some name is not applied at all. Source: ovn-kubernetes go-controller/pkg/util/egressfirewall.go.
 */
export function doubtOf(action: Action, own: Peer, peers: readonly Peer[]): string | undefined {
  if (action !== 'deny') return undefined;
  if (own.kind === 'names') return ownAnswers;
  return peers.some((p) => p.kind === 'names' && p.names.some((n) => n.kind === 'pattern')) ? noResolver : undefined;
}

const noResolver = 'whether the DNSNameResolver is on: without it an EgressFirewall with a star in a name is not applied';

/** The addresses that OVN-Kubernetes has for a name need not be those that a pod has: what such a rule denies is denied perhaps. */
const ownAnswers = 'whether the addresses that OVN-Kubernetes learned for a name are those that the pod uses';
