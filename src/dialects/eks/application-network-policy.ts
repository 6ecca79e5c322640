import { finish, Reader } from '../../kernel/reader.ts';
import { type Diagnostic, failed, ok, type Result } from '../../kernel/result.ts';
import { type Plain, Refusals } from '../../model/cannot-say.ts';
import { readDomainNames, writeDomainNames } from '../../model/domain-name-syntax.ts';
import { type AddedPeer, addingPolicy, readNetworkPolicySpec } from '../../model/network-policy-syntax.ts';
import { writeNetworkPolicySpec } from '../../model/network-policy-writing.ts';
import type { Policy } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { checkVersion } from './version.ts';

/** The API does not cap the names of a peer. */
const domainNames: AddedPeer = { field: 'domainNames', direction: 'egress', read: (field) => readDomainNames(field, Number.POSITIVE_INFINITY) };

/**
 * Lowers an ApplicationNetworkPolicy: NetworkPolicy's schema, and `domainNames` as egress peers. It adds up with NetworkPolicies.
 * Source: amazon-network-policy-controller-k8s api/v1alpha1/applicationnetworkpolicy_types.go.
 */
export function readApplicationNetworkPolicy(object: RawObject): Result<readonly Policy[]> {
  const diagnostics: Diagnostic[] = [];
  const namespace = object.namespace ?? 'default';
  const body = new Reader(object.body, object.origin, diagnostics);
  body.object(['apiVersion', 'kind', 'metadata', 'spec', 'status'], { podSelector: 'Put podSelector under spec.', egress: 'Put egress under spec.' });
  checkVersion(object, body);
  const spec = body.field('spec');
  if (body.required('spec')) spec.required('podSelector');
  const says = readNetworkPolicySpec(spec, namespace, domainNames);
  return finish(diagnostics, () => [addingPolicy(object, 'eks', says)]);
}

/** An ApplicationNetworkPolicy that reads back as this policy. */
export function writeApplicationNetworkPolicy(policy: Policy): Result<Plain> {
  const { refuse, diagnostics } = new Refusals('ApplicationNetworkPolicy');
  const spec = writeNetworkPolicySpec(policy, refuse, (peer, rule) =>
    peer.kind === 'names' && rule.direction === 'egress' ? writeDomainNames(peer.names, rule, refuse) : undefined,
  );
  if (diagnostics.length > 0) return failed(diagnostics);
  return ok({
    apiVersion: 'networking.k8s.aws/v1alpha1',
    kind: 'ApplicationNetworkPolicy',
    metadata: { name: policy.name, namespace: policy.namespace },
    spec,
  });
}
