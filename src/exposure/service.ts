import { finish, Reader, shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { readCidr } from '../model/cidr-syntax.ts';
import { annotationsOf } from '../model/metadata.ts';
import { type IpSet, ipHas, ipUnion, noAddresses, parseCidr, parseIp } from '../space/ip-set.ts';
import type { ExposureReader } from './exposure-reader.ts';

/** Loopback, link-local (multicast too) and the unspecified address. */
const notDialled: IpSet = ['127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/24', '0.0.0.0/32', '::1/128', 'fe80::/10', 'ff02::/16', '::/128'].reduce(
  (all, text) => ipUnion(all, parseCidr(text)?.set ?? noAddresses),
  noAddresses,
);

/**
 * A Service as it is dialled from outside; one that is not is nothing here. What else it says is read with the other objects of the core.
 * Refusals: kubernetes/kubernetes pkg/apis/core/validation ValidateService.
 */
export const reader: ExposureReader = {
  kinds: [{ group: '', kind: 'Service' }],
  read(object) {
    const diagnostics: Diagnostic[] = [];
    const spec = new Reader(object.body, object.origin, diagnostics).field('spec');
    // A value of a wrong type is told where the Service itself is read.
    const type = spec.field('type').value ?? 'ClusterIP';
    const listed = spec.field('externalIPs');
    const externalIps = listed.kind === 'a list' ? listed.each().flatMap(readAddress) : [];
    const dialled = type === 'LoadBalancer' || type === 'NodePort' || externalIps.length > 0;
    const policy = spec.field('externalTrafficPolicy').value === '' ? undefined : spec.field('externalTrafficPolicy').oneOf(['Cluster', 'Local']);
    if (policy !== undefined && !dialled)
      spec.field('externalTrafficPolicy').error('not-dialled', 'externalTrafficPolicy needs type NodePort or LoadBalancer, or externalIPs.', 'Leave it out.');
    for (const field of ['loadBalancerSourceRanges', 'loadBalancerClass'])
      if (spec.has(field) && type !== 'LoadBalancer') spec.field(field).error('not-dialled', `${field} needs type LoadBalancer.`, 'Leave it out.');
    const sourceRanges = spec
      .field('loadBalancerSourceRanges')
      .each()
      .flatMap((item) => readCidr(item)?.text ?? []);
    const nodePorts = type === 'NodePort' || (type === 'LoadBalancer' && spec.field('allocateLoadBalancerNodePorts').boolean() !== false);
    return finish(diagnostics, () => ({
      doors:
        dialled && (type === 'LoadBalancer' || type === 'NodePort' || type === 'ClusterIP')
          ? [
              {
                namespace: object.namespace ?? 'default',
                name: object.name,
                type,
                local: policy === 'Local',
                sourceRanges,
                loadBalancerClass: spec.field('loadBalancerClass').string() ?? null,
                nodePorts,
                externalIps,
                annotations: annotationsOf(object),
                origin: object.origin,
              },
            ]
          : [],
    }));
  },
};

/** Source: kubernetes/kubernetes pkg/apis/core/validation ValidateNonSpecialIP. */
function readAddress(at: Reader): readonly string[] {
  if (typeof at.value !== 'string') return [];
  const text = at.value;
  const ip = parseIp(text);
  if (ip === undefined) at.error('bad-address', `${shown(text)} is no IP address.`);
  else if (ipHas(notDialled, ip)) at.error('bad-address', `${shown(text)} cannot be dialled from outside: it is loopback, link-local or unspecified.`);
  else return [text];
  return [];
}
