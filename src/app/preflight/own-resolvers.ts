import { cidrSet, publicAddresses } from '../../engine/addresses.ts';
import type { Reachability } from '../../engine/reach.ts';
import { kept } from '../../kernel/memo.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';
import { formatIp, ipHas, parseIp } from '../../space/ip-set.ts';
import { dnsPort, dnsPortsAt, nodeLocalFaults, overEachProtocol, resolversAt, type WithDns } from './dns-path.ts';
import { selectedBy } from './inside-names.ts';
import { judgePath } from './judge-path.ts';
import { membersTitle } from './member-title.ts';
import { addressEnd, type NeededPath, podEnd } from './needed-path.ts';
import { isLoopback } from './plain-hosts.ts';

/** Nameservers that a resolver knows; further ones are not asked, and the API server refuses them. Sources: resolv.conf(5), MAXNS; kubernetes/kubernetes pkg/apis/core/validation MaxDNSNameservers. */
const mostAsked = 3;

/**
 * The nameservers of pods that have none of the cluster's (dnsPolicy None). The resolver asks them in turn: one that can be reached is enough, and those that are
 * shut before it make each question wait. Sources: kubernetes/api core/v1 DNSPolicy; resolv.conf(5).
 */
export function ownResolverPaths(reach: Reachability, dns: WithDns, job: TrainingJob): readonly NeededPath[] {
  const alike = new Map<string, Workload[]>();
  for (const member of job.members) if (member.pod.dnsPolicy === 'None') kept(alike, nameserversOf(member).join(), () => []).push(member);
  return [...alike.values()].flatMap((from) => inTurn(reach, dns, job, from));
}

function nameserversOf({ pod }: Workload): readonly string[] {
  return [...new Set(pod.dnsConfig?.nameservers ?? [])].slice(0, mostAsked);
}

function inTurn(reach: Reachability, dns: WithDns, job: TrainingJob, from: readonly Workload[]): readonly NeededPath[] {
  const [first] = from;
  if (first === undefined) return [];
  const paths = nameserversOf(first).map((ip) => {
    const path = pathTo(reach, dns, job, from, ip);
    const parts = overEachProtocol(reach, path);
    return { path, parts, status: statusOf(reach, parts[0] ?? path) };
  });
  const needed = paths.find((p) => p.status === 'open') ?? paths.find((p) => p.status === 'unknown') ?? paths[0];
  return paths
    .slice(0, needed?.status === 'open' ? paths.indexOf(needed) + 1 : paths.length)
    .flatMap((one) =>
      one === needed
        ? one.parts
        : [{ ...one.path, required: false, because: 'the nameservers of dnsConfig are asked in turn: one that is shut makes each question wait for the next' }],
    );
}

function formatOf(ip: string): string | null {
  const address = parseIp(ip);
  return address === undefined ? null : formatIp(address);
}

function statusOf(reach: Reachability, path: NeededPath): 'open' | 'blocked' | 'unknown' {
  return judgePath(reach, path, (m) => m.name).status;
}

function pathTo(reach: Reachability, dns: WithDns, job: TrainingJob, from: readonly Workload[], ip: string): NeededPath {
  const path = {
    id: `dns/${ip}`,
    title: `nameserver ${ip}`,
    from,
    fromTitle: membersTitle(job, from),
    toTitle: `nameserver ${ip}`,
    ends: [],
    picked: false,
    required: true,
    because: 'its pods have dnsPolicy None, and dnsConfig names it',
    source: 'kubernetes.io, DNS for Services and Pods; RFC 7766: answers too long for UDP come over TCP',
    origin: job.origin,
    missing: [],
  } satisfies NeededPath;
  if (isLoopback(ip)) return { ...path, missing: [`nameserver ${ip} is in the pod itself: whom it asks is not known`] };
  const { snapshot } = dns;
  const address = parseIp(ip);
  const isSame = (other: string): boolean => address !== undefined && formatOf(other) === formatIp(address);
  const service = snapshot.services.find((s) => s.clusterIps.some(isSame));
  if (service !== undefined) {
    const pods = selectedBy(snapshot, service, null).map((b) => b.workload);
    const ends = pods.map((w) => podEnd(w, dnsPortsAt(snapshot, w), workloadTitle(w))).filter((end) => !end.ports.isEmpty);
    const title = `Service ${service.namespace}/${service.name}`;
    return { ...path, ends, missing: [...(ends.length > 0 ? [] : [`${title} leads to no pod of the input on port 53`]), ...nodeLocalFaults(reach, dns, from)] };
  }
  const direct = { ...path, ends: [addressEnd(ip, dnsPort)] };
  const unknown = (why: string): NeededPath => ({ ...path, missing: [why] });
  if (address !== undefined && ipHas(linkLocal, address))
    // Such an address is on the node. Source: kubernetes.io, Using NodeLocal DNSCache.
    return reach.profile.cidrMatchesNodes === 'no' && statusOf(reach, direct) === 'blocked' && nodesOpen(reach, from)
      ? unknown(`${ip} is on the node, and whether a rule for nodes or one for the address counts there is not known`)
      : direct;
  if (address === undefined || ipHas(publicAddresses, address) || snapshot.services.some((s) => s.namespace === dns.place.namespace && isDns(s))) return direct;
  // Where nobody says what the address of the cluster's DNS is, it may be this one.
  const either = { ...direct, ends: [...direct.ends, ...resolversAt(snapshot, dns.place).map((w) => podEnd(w, dnsPortsAt(snapshot, w), workloadTitle(w)))] };
  return statusOf(reach, either) === 'open' ? direct : unknown(`${ip} may be the address of the cluster's DNS: give its Service, with its clusterIP`);
}

const linkLocal = cidrSet(['169.254.0.0/16', 'fe80::/10']);

function isDns({ clusterIps, ports }: { readonly clusterIps: readonly string[]; readonly ports: readonly { readonly port: number }[] }): boolean {
  return clusterIps.length > 0 && ports.some((p) => p.port === 53);
}

function nodesOpen(reach: Reachability, from: readonly Workload[]): boolean {
  const nodes = reach.parties.filter((p) => p.kind === 'node');
  return from.every((pod) =>
    nodes.some((node) => {
      const flow = reach.between({ kind: 'workload', id: pod.id }, node);
      return !flow.allowed.union(flow.unknown).intersect(dnsPort).isEmpty;
    }),
  );
}
