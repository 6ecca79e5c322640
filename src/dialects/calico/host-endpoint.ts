import { type Reader, shown } from '../../kernel/reader.ts';
import { type Labels, labelOf } from '../../model/labels.ts';
import { labelsOf } from '../../model/metadata.ts';
import type { Direction, Policy, Rule, Tier } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { parseIp } from '../../space/ip-set.ts';
import type { Surroundings } from '../dialect.ts';
import { groups } from './facts.ts';
import { type Expression, evaluate } from './selector.ts';

/** Whom a cluster-wide policy is about, and in which directions. */
export type Aimed = (policy: RawObject) => { readonly subject: Expression | null; readonly types: Policy['isolates'] };

/** Before all that policies say; what it may not deny goes on. */
const foremost: Tier = { id: 'host endpoints', order: Number.NEGATIVE_INFINITY, end: 'pass' };

/** The profile that lets pass what no policy settles. Source: projectcalico/calico kube-controllers/pkg/controllers/node/hostendpoints.go DefaultAllowProfile. */
const allowing = 'projectcalico-default-allow';

/**
 * Checks a HostEndpoint, and gives what stands for it: rules that may deny what its node receives or sends, where policies are about it, or where it has no
 * profile that lets pass what they leave. Which interface traffic takes, and what its failsafe ports leave open, is not judged.
 * Source: projectcalico/api v3 hostendpoint.go; projectcalico/calico felix/rules/endpoints.go HostEndpointToFilterChains.
 */
export function readHostEndpoint(object: RawObject, spec: Reader, around: Surroundings, aimed: Aimed): readonly Policy[] {
  checkHostEndpoint(spec);
  const node = spec.field('node').value;
  if (typeof node !== 'string') return [];
  const { name, origin } = object;
  const open = spec
    .field('profiles')
    .each()
    .some((p) => p.value === allowing);
  const directions = open ? governedBy(labelsOf(object), around, aimed) : (['ingress', 'egress'] as const);
  if (directions.length === 0) return [];
  const deny = (direction: Direction): Rule => ({
    direction,
    action: 'deny',
    peers: null,
    ports: null,
    application: null,
    condition: `what policies, profiles and failsafe ports of host endpoint ${name} leave open of node ${node}`,
    mend: 'look it up in Calico: Ringfence does not judge host endpoints',
    origin,
  });
  return [
    {
      id: `HostEndpoint.projectcalico.org ${name}`,
      dialect: 'calico',
      kind: 'HostEndpoint',
      namespace: null,
      name,
      tier: foremost,
      order: 0,
      evaluation: 'first-match',
      subject: { kind: 'nodes', selector: { requirements: [] }, node },
      isolates: { ingress: false, egress: false },
      rules: directions.map(deny),
      origin,
    },
  ];
}

/** The directions in which cluster-wide policies of the input are about an endpoint with these labels, or may be. */
function governedBy(labels: Labels, around: Surroundings, aimed: Aimed): readonly Direction[] {
  const policies = groups.flatMap((group) => around.of(group, 'GlobalNetworkPolicy')).map(aimed);
  const about = policies.filter(({ subject }) => evaluate(subject ?? { kind: 'all' }, (label) => ({ value: labelOf(labels, label) })) !== 'no');
  return (['ingress', 'egress'] as const).filter((direction) => about.some(({ types }) => types[direction]));
}

function checkHostEndpoint(spec: Reader): void {
  spec.object(['node', 'interfaceName', 'expectedIPs', 'profiles', 'ports']);
  spec.required('node');
  if (!spec.has('interfaceName') && spec.field('expectedIPs').each().length === 0)
    spec.error('missing-field', 'A HostEndpoint needs interfaceName or expectedIPs.', 'To cover every interface, write interfaceName: "*".');
  for (const profile of spec.field('profiles').each()) {
    if (profile.value === null) profile.error('wrong-type', 'A profile must be a name, not null.', 'Name a profile, or leave the entry out.');
    else profile.string();
  }
  for (const ip of spec.field('expectedIPs').each()) {
    const text = ip.string();
    if (text !== undefined && parseIp(text) === undefined) ip.error('bad-address', `${shown(text)} is no IP address.`);
  }
}
