import { finish, Reader, shown } from '../../kernel/reader.ts';
import { type Diagnostic, failed, ok, type Result } from '../../kernel/result.ts';
import { type Plain, Refusals } from '../../model/cannot-say.ts';
import { type ClusterPolicyShape, readClusterRules, readClusterSubject, readNumberRangeOrName } from '../../model/cluster-policy-syntax.ts';
import { writeClusterPolicySpec, writeNumberRangeOrName } from '../../model/cluster-policy-writing.ts';
import { type PodMatch, type Policy, type Tier, tiers } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { checkVersion } from './version.ts';

/** Source: amazon-network-policy-controller-k8s api/v1alpha1/clusternetworkpolicy_types.go and the CRD's validation rules, which take names with Accept alone (commit 8254721). */
const shape: ClusterPolicyShape = {
  actions: { Accept: 'allow', Deny: 'deny', Pass: 'pass' },
  portsField: 'ports',
  readPort: (item) => readNumberRangeOrName(item, true),
  most: 100,
  outside: ['networks', 'domainNames'],
  namedPortsOutside: true,
  namespaceSelectorOptional: false,
};

/** The upstream kind has the same name, so the group is part of the id. */
function idOf(name: string): string {
  return `ClusterNetworkPolicy.networking.k8s.aws ${name}`;
}

/** Lowers a ClusterNetworkPolicy of `networking.k8s.aws`: the tiers of the upstream kind, with `ports` in the older form. */
export function readClusterNetworkPolicy(object: RawObject): Result<readonly Policy[]> {
  const diagnostics: Diagnostic[] = [];
  const body = new Reader(object.body, object.origin, diagnostics);
  body.object(['apiVersion', 'kind', 'metadata', 'spec', 'status'], { subject: 'Put subject under spec.' });
  checkVersion(object, body);
  body.required('spec');
  const namespace = body.field('metadata').field('namespace');
  if (namespace.present)
    namespace.error('cluster-scoped', 'A ClusterNetworkPolicy is for the whole cluster; it has no namespace.', 'Choose namespaces in subject.');
  const spec = body.field('spec');
  const isSpec = spec.object(['tier', 'priority', 'subject', 'ingress', 'egress'], { policyTypes: 'Directions without rules are left alone here.' });
  if (isSpec) for (const field of ['tier', 'priority', 'subject']) spec.required(field);
  const tier = spec.field('tier').oneOf(['Admin', 'Baseline']);
  const order = spec.field('priority').integer(0, 1000);
  const subject = spec.has('subject') ? readClusterSubject(spec.field('subject'), shape) : undefined;
  const rules = readClusterRules(spec, shape);
  return finish(diagnostics, () => [
    {
      id: idOf(object.name),
      dialect: 'eks',
      kind: 'ClusterNetworkPolicy',
      namespace: null,
      name: object.name,
      tier: tierOf(tier),
      order: order as number,
      evaluation: 'first-match',
      subject: { kind: 'pods', match: subject as PodMatch },
      isolates: { ingress: false, egress: false },
      rules,
      origin: object.origin,
    },
  ]);
}

function tierOf(word: 'Admin' | 'Baseline' | undefined): Tier {
  return word === 'Baseline' ? tiers.baseline : tiers.admin;
}

/** A ClusterNetworkPolicy of `networking.k8s.aws` that reads back as this policy. */
export function writeClusterNetworkPolicy(policy: Policy): Result<Plain> {
  const { refuse, diagnostics } = new Refusals('ClusterNetworkPolicy (EKS)');
  if (policy.id !== idOf(policy.name)) refuse(policy.origin, `the id ${shown(policy.id)}.`);
  const spec = writeClusterPolicySpec(policy, shape, writeNumberRangeOrName, refuse);
  if (diagnostics.length > 0) return failed(diagnostics);
  return ok({ apiVersion: 'networking.k8s.aws/v1alpha1', kind: 'ClusterNetworkPolicy', metadata: { name: policy.name }, spec });
}
