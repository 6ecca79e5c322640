import { shown } from '../../kernel/reader.ts';
import type { Profile } from '../../model/profile.ts';
import type { RawObject, Snapshot } from '../../model/snapshot.ts';

const sources = 'projectcalico/calico felix/rules/static.go filterWorkloadToHostChain, felix/config/config_params.go SourcesInDescendingOrder';

/** The line of a profile that knows no settings. */
export const acceptedAtOwnNode =
  'A pod reaches its own node as far as its egress policies let it, whatever policies on host endpoints say: defaultEndpointToHostAction is Accept, as the manifests and the operator set it. Source: projectcalico/calico manifests/calico.yaml, felix/rules/static.go filterWorkloadToHostChain; tigera/operator pkg/render/node.go.';

/** The profile with what Felix does with traffic from a pod to its own node, as its settings among the manifests have it; the profile itself where they are not there. */
export function withOwnNode(profile: Profile, { objects }: Snapshot): Profile {
  const told = settingIn(objects);
  if (told === null) return profile;
  const { fate, line } = told;
  return { ...profile, podToOwnNode: fate, assumptions: profile.assumptions.map((one) => (one === acceptedAtOwnNode ? `${line} Source: ${sources}.` : one)) };
}

interface Told {
  readonly fate: NonNullable<Profile['podToOwnNode']>;
  readonly line: string;
}

/** The environment counts before what the datastore holds; without either Felix drops. Source: felix/config/config_params.go. */
function settingIn(objects: readonly RawObject[]): Told | null {
  const nodes = objects.filter((o) => o.apiVersion === 'apps/v1' && o.kind === 'DaemonSet' && o.name === 'calico-node');
  const given = nodes.map(environmentOf);
  const felix = objects.filter((o) => o.kind === 'FelixConfiguration' && /^(?:crd\.)?projectcalico\.org\//.test(o.apiVersion)).flatMap(actionOf);
  const operated = objects.some((o) => o.apiVersion.startsWith('operator.tigera.io/') && o.kind === 'Installation');
  const inForce = given.length === 0 && operated ? ['ACCEPT'] : given;
  if (inForce.length === 0) {
    // Who installs Calico with its manifests or its operator has Accept in the environment, and nothing shows that here.
    const other = felix.find((action) => fateOf(action) !== 'accepted');
    if (other === undefined) return null;
    return {
      fate: 'unknown',
      line: `Not known: what becomes of what a pod sends to its own node. A FelixConfiguration has defaultEndpointToHostAction ${shown(other)}, which the environment of calico-node, if it says otherwise, overrides: give the DaemonSet calico-node.`,
    };
  }
  const stored = felix.length === 0 ? ['DROP'] : felix;
  const fates = new Set(inForce.flatMap((action) => (action === null ? stored : [action])).map(fateOf));
  const [fate = 'unknown'] = fates;
  if (fates.size > 1 || fate === 'unknown')
    return {
      fate: 'unknown',
      line: 'Not known: what becomes of what a pod sends to its own node, for defaultEndpointToHostAction is Return, or not the same on all nodes.',
    };
  const how =
    fate === 'accepted' ? 'reaches its own node as far as its egress policies let it, whatever policies on host endpoints say' : 'cannot reach its own node';
  return { fate, line: `A pod ${how}: defaultEndpointToHostAction is ${fate === 'accepted' ? 'Accept' : 'Drop'} among the manifests.` };
}

/** Return leaves the packet to the rules of the node itself, which no manifest shows. */
function fateOf(action: string): NonNullable<Profile['podToOwnNode']> {
  return action === 'ACCEPT' ? 'accepted' : action === 'DROP' ? 'dropped' : 'unknown';
}

/** Setting of the environment of a DaemonSet's calico-node, in upper case; null where there is none, and a text that means nothing where it cannot be told. */
function environmentOf({ body }: RawObject): string | null {
  const all = listIn(fieldOf(fieldOf(fieldOf(fieldOf(body, 'spec'), 'template'), 'spec'), 'containers'));
  const containers = all.filter((c) => fieldOf(c, 'name') === 'calico-node');
  const variables = containers.flatMap((c) => listIn(fieldOf(c, 'env')));
  const found = variables.findLast((v) => String(fieldOf(v, 'name')).toUpperCase() === 'FELIX_DEFAULTENDPOINTTOHOSTACTION');
  // What other sources of the environment hold is not seen; the manifests name one that has nothing to do with it.
  const elsewhere = containers
    .flatMap((c) => listIn(fieldOf(c, 'envFrom')))
    .some((e) => fieldOf(fieldOf(e, 'configMapRef'), 'name') !== 'kubernetes-services-endpoint');
  if (found === undefined) return elsewhere ? '' : null;
  const value = fieldOf(found, 'value');
  return typeof value === 'string' ? value.toUpperCase() : '';
}

/** What a FelixConfiguration says: that of one node counts as much as that of all, for a pod's node is not always known. */
function actionOf({ body }: RawObject): readonly string[] {
  const value = fieldOf(fieldOf(body, 'spec'), 'defaultEndpointToHostAction');
  return value === undefined || value === null || value === '' ? [] : [String(value).toUpperCase()];
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
