import type { DialectId, Policy } from '../../model/policy.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { inDoubt } from '../in-doubt.ts';
import { antreaGates, type Gap, type Gates, gate } from './gates.ts';

const nodesUnknown =
  'What policies for nodes do hangs on the feature gate NodeNetworkPolicy, which is off by default: unknown. Source: antrea docs/feature-gates.md.';

/** The lines of a profile that knows no ConfigMap. */
export const gatesUnknown: readonly string[] = [
  'Whether AdminNetworkPolicy, BaselineAdminNetworkPolicy and the upstream ClusterNetworkPolicy are enforced is unknown: their feature gates are off by default. Source: antrea docs/feature-gates.md.',
  'The feature gate AntreaPolicy is on, as by default. Source: antrea docs/feature-gates.md.',
  nodesUnknown,
];

/** Policies of the network-policy-api as they are taken where nobody says whether their feature gates are on. */
export function perhapsGated(policies: readonly Policy[]): readonly Policy[] {
  const mend = 'give the ConfigMap antrea-config: featureGates in its antrea-controller.conf says it';
  return policies.map((p) => (p.dialect === 'network-policy-api' ? inDoubt(p, [null], `whether the feature gate of ${p.kind} is on in Antrea`, mend) : p));
}

/** The profile of a version of Antrea as the feature gates among the manifests have it; the profile itself where they are not there. */
export function configured(profile: Profile, snapshot: Snapshot): Profile {
  const found = antreaGates(snapshot.objects);
  if (found === null) return profile;
  const told = 'gap' in found ? found : toldBy(profile, found.controller, found.agent);
  return 'gap' in told ? unsettled(profile, told) : settled(profile, told, 'from' in found ? found.from : '');
}

function unsettled(profile: Profile, { gap, mend }: Gap): Profile {
  return {
    ...profile,
    settled: (policies) => policies.map((p) => (profile.enforces.includes(p.dialect) ? inDoubt(p, [null], gap, mend) : p)),
    assumptions: [
      ...profile.assumptions.filter((line) => !gatesUnknown.includes(line)),
      `Not known: ${gap}; ${mend}. Source: ConfigMap antrea-config among the manifests.`,
    ],
  };
}

/** What the feature gates say. */
interface Told {
  /** Kinds of the network-policy-api that are enforced. */
  readonly enforced: readonly string[];
  /** Whether Antrea's own policies are. */
  readonly own: boolean;
  /** Languages of which it is not known. */
  readonly doubted: readonly DialectId[];
  /** Whether policies for nodes do what they say, as far as that is known, or nothing. */
  readonly nodes: boolean;
}

const upstream = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'];

const parted: Gap = {
  gap: 'what Antrea makes of policies where the feature gate AntreaPolicy is not the same in antrea-controller.conf and antrea-agent.conf, or is off beside that of AdminNetworkPolicy',
  mend: 'switch it on in both',
};

/** Source: antrea v2.6.3 and v2.7.0 pkg/features/antrea_features.go, cmd/antrea-controller/options.go complete, validate. */
function toldBy({ id }: Profile, controller: Gates, agent: Gates): Told | Gap {
  const old = id === 'antrea@2.6';
  // Since 2.7 the gate counts as deprecated, which AllAlpha does not switch on.
  const admin = gate(controller, 'AdminNetworkPolicy', old ? 'AllAlpha' : null, false);
  const cluster = !old && gate(controller, 'ClusterNetworkPolicy', 'AllAlpha', false);
  const [own, ownOfAgent] = [controller, agent].map((gates) => gate(gates, 'AntreaPolicy', 'AllBeta', true));
  const notStarting = (why: string): Gap => ({
    gap: `what Antrea enforces: it does not start with the feature gate ${why}`,
    mend: 'mend featureGates in the ConfigMap antrea-config',
  });
  if (old && [controller, agent].some((gates) => gates.has('ClusterNetworkPolicy'))) return notStarting('ClusterNetworkPolicy, which 2.6 does not know');
  if (!old && own === false && (admin || cluster)) return notStarting(`${cluster ? 'ClusterNetworkPolicy' : 'AdminNetworkPolicy'} and without AntreaPolicy`);
  return {
    enforced: upstream.filter((kind) => (kind === 'ClusterNetworkPolicy' ? cluster : admin)),
    own: own === true || ownOfAgent === true,
    doubted: own !== ownOfAgent ? ['antrea', 'network-policy-api'] : own === false ? ['network-policy-api'] : [],
    nodes: gate(agent, 'NodeNetworkPolicy', 'AllAlpha', false),
  };
}

function settled(profile: Profile, told: Told, from: string): Profile {
  const off = upstream.filter((kind) => !told.enforced.includes(kind));
  const source = `Source: ${from} among the manifests; antrea docs/feature-gates.md.`;
  const kept = profile.assumptions.filter((line) => !gatesUnknown.includes(line) || (line === nodesUnknown && told.nodes));
  return {
    ...profile,
    enforces: told.own ? profile.enforces : profile.enforces.filter((dialect) => dialect !== 'antrea'),
    ignoredKinds: [...(profile.ignoredKinds ?? []), ...off.map((kind) => `network-policy-api/${kind}`)],
    settled: (policies) =>
      policies
        .filter((p) => told.nodes || p.subject.kind !== 'nodes')
        .map((p) => (told.doubted.includes(p.dialect) ? inDoubt(p, [null], parted.gap, parted.mend) : p)),
    assumptions: [
      ...kept,
      ...told.enforced.map((kind) => `${kind} is enforced: its feature gate is on. ${source}`),
      ...off.map((kind) => `${kind} has no effect: its feature gate is off. ${source}`),
      told.own ? `The feature gate AntreaPolicy is on. ${source}` : `Antrea's own policies have no effect: the feature gate AntreaPolicy is off. ${source}`,
      ...(told.doubted.length > 0 ? [`Not known: ${parted.gap}; ${parted.mend}. ${source}`] : []),
      ...(told.nodes ? [] : [`Policies for nodes have no effect: the feature gate NodeNetworkPolicy is off. ${source}`]),
    ],
  };
}
