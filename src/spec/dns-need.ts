import type { Path } from '../kernel/origin.ts';
import { intentText, type NameIntent } from '../model/name-intent.ts';
import { hostCidr } from '../space/ip-set.ts';
import { seesNodes } from './cni.ts';
import type { Need, NeedTarget } from './need.ts';
import type { Platform } from './zone.ts';

/** GKE Cloud DNS answers at the metadata address, off the node. Source: GKE documentation, Cloud DNS for GKE. */
const offNodeResolver = '169.254.169.254';

/** The DNS need of a workload with these other needs, and the names it has to resolve. */
export function dnsNeed(platform: Platform, others: readonly Need[], path: Path): { readonly need: Need; readonly names: readonly NameIntent[] } {
  const { dns } = platform;
  const targets: NeedTarget[] = [{ kind: 'pods', namespace: dns.namespace, selector: dns.selector }];
  if (dns.nodeLocal !== null) {
    const onNode = seesNodes(platform.cni) && dns.nodeLocal !== offNodeResolver;
    targets.push(onNode ? { kind: 'own-node' } : { kind: 'addresses', cidrs: [hostCidr(dns.nodeLocal)], except: [] });
  }
  return {
    need: {
      id: 'dns',
      purpose: 'dns',
      title: 'cluster DNS',
      targets,
      ports: [
        { protocol: 'UDP', port: 53, endPort: null },
        { protocol: 'TCP', port: 53, endPort: null },
      ],
      tenancy: 'not-data',
      control: null,
      whenShut: 'look-ups time out: “Temporary failure in name resolution”',
      notes: [
        'A resolver that forwards to the internet is a way out: data can be spelled into the names that are asked for.',
        ...(targets.some((target) => target.kind === 'own-node')
          ? ['Cilium counts the node-local resolver as the node itself, so port 53 of the own node is open, whatever listens there.']
          : []),
      ],
      addressesField: null,
      path,
    },
    names: wantedNames(platform, others),
  };
}

/**
 * The outside hosts exactly, and everything under the cluster's domain and the search domains. A resolver with the usual ndots:5 tries each short name
 * under every search domain first, and some stop at the first refusal; names under those domains are answered inside and lead nowhere else.
 * Source: resolv.conf(5) ndots and search; kubernetes/kubernetes pkg/kubelet/network/dns.
 */
function wantedNames(platform: Platform, needs: readonly Need[]): readonly NameIntent[] {
  const hosts = needs.flatMap((need) => [
    ...need.targets.flatMap((target) => (target.kind === 'names' ? target.hosts.map((host) => host.intent) : [])),
    ...(need.resolves ?? []).map((name) => ({ kind: 'exact', name }) as const),
  ]);
  const inside = [platform.dns.domain, ...(platform.dns.searchDomains ?? derivedSearchDomains(platform))];
  return [
    ...new Map(hosts.map((intent) => [intentText(intent), intent])).values(),
    ...[...new Set(inside)].map((domain) => ({ kind: 'any-depth-under', domain }) as const),
  ];
}

/**
 * What nodes of each cloud hand down by DHCP. `internal` is reserved for private use; Azure's suffix is answered by Azure's own resolver.
 * Source: Amazon VPC user guide, DHCP option sets; Compute Engine documentation, internal DNS; Azure virtual network documentation, name resolution.
 */
export function derivedSearchDomains(platform: Pick<Platform, 'cloud' | 'region'>): readonly string[] {
  switch (platform.cloud) {
    case 'aws':
      return platform.region === null ? [] : [platform.region === 'us-east-1' ? 'ec2.internal' : `${platform.region}.compute.internal`];
    case 'gcp':
      return ['internal'];
    case 'azure':
      return ['internal.cloudapp.net'];
    // Subnets of OCI hand down names that hold the VCN's own label, which the zone does not tell.
    case 'oci':
    case 'none':
      return [];
  }
}
