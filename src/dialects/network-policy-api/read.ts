import { finish, Reader, shown } from '../../kernel/reader.ts';
import type { Diagnostic, Result } from '../../kernel/result.ts';
import { readClusterRules, readClusterSubject } from '../../model/cluster-policy-syntax.ts';
import { type PodMatch, type Policy, type Tier, tiers } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { baselineOrder, type Kind, kinds } from './shapes.ts';

/**
 * Lowers ClusterNetworkPolicy v1alpha2, AdminNetworkPolicy and BaselineAdminNetworkPolicy v1alpha1. Such a policy never isolates: what its rules do not match
 * goes on in the next tier. Source: network-policy-api apis/v1alpha1, apis/v1alpha2, site-src/api-overview.md.
 */
export function read(object: RawObject): Result<readonly Policy[]> {
  const diagnostics: Diagnostic[] = [];
  const kind = Object.hasOwn(kinds, object.kind) ? kinds[object.kind as keyof typeof kinds] : undefined;
  const body = new Reader(object.body, object.origin, diagnostics);
  if (kind === undefined) {
    body.error('unknown-kind', `${shown(object.kind)} is no kind of policy.networking.k8s.io that is read here.`);
    return finish(diagnostics, () => []);
  }
  checkObject(body, object, kind);
  const spec = body.field('spec');
  body.required('spec');
  const own = kind.tier === null ? ['tier', 'priority'] : object.kind === 'AdminNetworkPolicy' ? ['priority'] : [];
  spec.object([...own, 'subject', 'ingress', 'egress'], {
    tier: 'Only ClusterNetworkPolicy has tiers.',
    priority: 'Only one baseline policy can be there, so it has no priority.',
    podSelector: 'Write subject: {pods: {namespaceSelector: …, podSelector: …}}.',
    policyTypes: 'Directions without rules are left alone here; remove policyTypes.',
  });
  const tier = kind.tier ?? readTier(spec);
  const order = own.includes('priority') ? readPriority(spec) : baselineOrder;
  const subject = spec.present && spec.required('subject') ? readClusterSubject(spec.field('subject'), kind.shape) : undefined;
  const rules = readClusterRules(spec, kind.shape);
  return finish(diagnostics, () => [
    {
      id: `${object.kind} ${object.name}`,
      dialect: 'network-policy-api',
      kind: object.kind,
      namespace: null,
      name: object.name,
      tier: tier as Tier,
      order: order as number,
      evaluation: 'first-match',
      subject: { kind: 'pods', match: subject as PodMatch },
      isolates: { ingress: false, egress: false },
      rules,
      origin: object.origin,
    },
  ]);
}

function checkObject(body: Reader, object: RawObject, kind: Kind): void {
  body.object(['apiVersion', 'kind', 'metadata', 'spec', 'status'], {
    subject: 'Put subject under spec.',
    ingress: 'Put ingress under spec.',
    egress: 'Put egress under spec.',
    tier: 'Put tier under spec.',
    priority: 'Put priority under spec.',
  });
  const version = object.apiVersion.split('/')[1] ?? '';
  if (!kind.versions.includes(version))
    body
      .field('apiVersion')
      .error('unknown-version', `${object.kind} has no version ${shown(version)} that is read here; known is ${kind.versions.join(', ')}.`);
  const namespace = body.field('metadata').field('namespace');
  if (namespace.present) namespace.error('cluster-scoped', `${object.kind} is for the whole cluster; it has no namespace.`, 'Choose namespaces in subject.');
  if (object.kind === 'BaselineAdminNetworkPolicy' && object.name !== 'default')
    body
      .field('metadata')
      .field('name')
      .error('bad-name', `The baseline policy is called ${shown(object.name)}; the API takes none but "default".`, 'Call it default.');
}

function readTier(spec: Reader): Tier | undefined {
  if (spec.present) spec.required('tier');
  const word = spec.field('tier').oneOf(['Admin', 'Baseline']);
  return word === undefined ? undefined : word === 'Admin' ? tiers.admin : tiers.baseline;
}

/** 0 to 1000, lower first; 0 is a priority like any other. */
function readPriority(spec: Reader): number | undefined {
  if (spec.present) spec.required('priority');
  return spec.field('priority').integer(0, 1000);
}
