import type { Service } from '../../model/cluster.ts';
import type { Peer, Policy, Rule } from '../../model/policy.ts';
import { hostCidr, ipHas, parseIp } from '../../space/ip-set.ts';
import { blockSet } from '../addresses.ts';

/** Outside addresses that lead to Services of the cluster, each with the name of one. */
export type FrontEnds = ReadonlyMap<string, string>;

/** Addresses of load balancers, and external addresses, of the Services of a cluster. */
export function frontEndsOf(services: readonly Service[]): FrontEnds {
  return new Map(services.flatMap((s) => s.externalIps.filter((ip) => parseIp(ip) !== undefined).map((ip) => [ip, `${s.namespace}/${s.name}`])));
}

/**
 * Egress rules see the pod that such an address leads to, so that a block with the address in it does not match for that. On ports that no Service has
 * the address stays what it is: what these rules let through there, and what they stop, is not known. The same when asked again.
 * Source: cilium pkg/loadbalancer/reflectors/conversions.go convertService, bpf/bpf_lxc.c __per_packet_lb_svc_xlate_4; kubermatic/kubermatic#15939.
 */
export function translated(policies: readonly Policy[], frontEnds: FrontEnds): readonly Policy[] {
  return policies.map((policy) => {
    const rules = policy.rules.flatMap((rule) => translatedRule(rule, frontEnds));
    return rules.length === policy.rules.length && rules.every((rule, i) => rule === policy.rules[i]) ? policy : { ...policy, rules };
  });
}

function translatedRule(rule: Rule, frontEnds: FrontEnds): readonly Rule[] {
  if (rule.direction === 'ingress' || rule.peers === null || rule.condition !== undefined) return [rule];
  const dialled = new Set<string>();
  const peers = rule.peers.flatMap((peer): Peer[] => {
    if (peer.kind !== 'cidr') return [peer];
    const block = blockSet(peer.cidr, peer.except);
    const inside = [...frontEnds.keys()].filter((text) => {
      const ip = parseIp(text);
      return ip !== undefined && ipHas(block, ip);
    });
    if (inside.length === 0) return [peer];
    for (const ip of inside) dialled.add(ip);
    return [{ ...peer, except: [...peer.except, ...inside.map(hostCidr)] }];
  });
  const [first] = dialled;
  if (first === undefined) return [rule];
  const others = dialled.size === 1 ? '' : ` and ${dialled.size - 1} more such`;
  const condition = `whether rules see ${first}${others}: it is an address of Service ${frontEnds.get(first)}, and Cilium turns it into one of its pods first`;
  return [
    { ...rule, peers },
    { ...rule, peers: [...dialled].map((ip): Peer => ({ kind: 'cidr', cidr: hostCidr(ip), except: [] })), condition },
  ];
}

/** The line of a profile about such addresses. */
export function addressesOfServices(translates: boolean, source: string): string {
  return translates
    ? `Addresses of load balancers and external addresses of Services are turned into pods before rules see them: what a CIDR or ipBlock does there is unknown. ${source}`
    : `Addresses of load balancers and external addresses of Services are seen as they are dialled: kube-proxy replacement is off. ${source}`;
}

const behind = 'its own rules see the pod behind, and the rules of that pod see it';
const between = 'its own rules see that node and the node port, and the rules of the pod behind see a node or world';

/**
 * The line of a profile about node ports that pods dial. `replaced`: Cilium stands in for kube-proxy; `socketLb`: it does so in sockets of pods; null: not told.
 * Source: cilium 1.20 Documentation/operations/upgrade.rst, Changes to Features; cilium/cilium#44507; pkg/kpr/kpr.go.
 */
export function nodePorts(newest: boolean, told: { readonly replaced: boolean; readonly socketLb: boolean } | null, source: string): string {
  const condition = newest ? 'Cilium stands in for kube-proxy' : 'Cilium stands in for kube-proxy, in sockets of pods too';
  if (told === null)
    return `Of a node port that a pod dials, ${behind}, where ${condition}, as verdicts have it; elsewhere ${between}, which verdicts do not show. ${source}`;
  return told.replaced && (newest || told.socketLb)
    ? `Of a node port that a pod dials, ${behind}. ${source}`
    : `Of a node port that a pod dials, ${between}: verdicts on node ports do not show it. ${source}`;
}
