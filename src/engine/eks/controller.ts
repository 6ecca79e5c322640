import { shown } from '../../kernel/reader.ts';
import type { Profile } from '../../model/profile.ts';
import type { RawObject, Snapshot } from '../../model/snapshot.ts';
import { inDoubt } from '../in-doubt.ts';

const key = 'enable-network-policy-controller';

/** The line of a profile that knows no ConfigMap. Source: amazon-network-policy-controller-k8s pkg/utils/configmap/configmap.go, cmd/main.go. */
export const controllerIsOn = `The network policy controller is on: ${key} is "true" in ConfigMap kube-system/amazon-vpc-cni. Source: amazon-network-policy-controller-k8s pkg/utils/configmap/configmap.go.`;

/** `off`: no policy of any kind is enforced. `unknown`: `gap` is not known, and `mend` makes it so. */
type Controller = { readonly is: 'on' | 'off'; readonly value: string } | { readonly is: 'unknown'; readonly gap: string; readonly mend: string };

/** The profile as the ConfigMap of the VPC CNI among the manifests has it; the profile itself where it is not there. */
export function configured(profile: Profile, snapshot: Snapshot): Profile {
  const controller = controllerIn(snapshot.objects);
  if (controller === null) return profile;
  const source = 'Source: ConfigMap kube-system/amazon-vpc-cni among the manifests; amazon-network-policy-controller-k8s pkg/utils/configmap/configmap.go.';
  const saying = (line: string): readonly string[] => profile.assumptions.map((one) => (one === controllerIsOn ? line : one));
  switch (controller.is) {
    case 'on':
      return { ...profile, assumptions: saying(`The network policy controller is on. ${source}`) };
    case 'off':
      return {
        ...profile,
        enforces: [],
        assumptions: saying(
          `The network policy controller is off, so that no policy has any effect: ${key} is ${controller.value}, and only "true" switches it on. NETWORK_POLICY_ENFORCING_MODE is standard, as by default. ${source}`,
        ),
      };
    case 'unknown':
      return {
        ...profile,
        settled: (policies) => policies.map((p) => (profile.enforces.includes(p.dialect) ? inDoubt(p, [null], controller.gap, controller.mend) : p)),
        assumptions: saying(`Not known: ${controller.gap}; ${controller.mend}. ${source}`),
      };
  }
}

function controllerIn(objects: readonly RawObject[]): Controller | null {
  const all = objects.filter((o) => o.apiVersion === 'v1' && o.kind === 'ConfigMap' && o.name === 'amazon-vpc-cni');
  const read = all.filter((o) => o.namespace === 'kube-system');
  const values = new Set((read.length > 0 ? read : all).map((o) => valueIn(o.body)));
  const [value] = values;
  if (values.size === 0) return null;
  const unknown = (gap: string, mend: string): Controller => ({ is: 'unknown', gap: `whether the network policy controller of EKS is on: ${gap}`, mend });
  if (values.size > 1) return unknown(`ConfigMaps amazon-vpc-cni differ in ${key}`, 'leave the one of namespace kube-system that the cluster has');
  // The controller looks into kube-system alone, and where the object is meant to go nobody says.
  if (read.length === 0)
    return value === 'true'
      ? null
      : unknown(
          `ConfigMap amazon-vpc-cni stands in namespace ${shown(all[0]?.namespace ?? '')}, where it is not read`,
          'give the one of namespace kube-system',
        );
  if (value !== undefined && typeof value !== 'string')
    return unknown(`${key} is ${shown(String(value))} without quotes, which the API server refuses in a ConfigMap`, 'write "true" or "false" in quotes');
  const leftover = objects.find((o) => o.apiVersion.startsWith('networking.k8s.aws/') && /^(?:Cluster)?PolicyEndpoint$/.test(o.kind));
  if (value !== 'true' && leftover !== undefined)
    return unknown(
      `ConfigMap kube-system/amazon-vpc-cni switches it off, and nodes enforce ${leftover.kind} ${shown(leftover.name)} that it left`,
      'remove it, or switch it on',
    );
  return { is: value === 'true' ? 'on' : 'off', value: value === undefined ? 'left out' : shown(value) };
}

/** Source: the comparison in configmap.go is of text with text: "True" and "1" do not switch it on. */
function valueIn(body: Readonly<Record<string, unknown>>): unknown {
  const data = Object.hasOwn(body, 'data') ? body.data : undefined;
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, key)) return undefined;
  return (data as Readonly<Record<string, unknown>>)[key];
}
