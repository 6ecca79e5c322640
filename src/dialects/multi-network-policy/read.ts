import { finish, Reader, shown } from '../../kernel/reader.ts';
import type { Diagnostic, Result } from '../../kernel/result.ts';
import { addingPolicy, readNetworkPolicySpec } from '../../model/network-policy-syntax.ts';
import type { Policy } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { policyFor, readPolicyFor } from './policy-for.ts';

/** v1beta2 adds endPort, and is not served by the definition that its project ships. Source: k8snetworkplumbingwg/multi-networkpolicy scheme.yml, pkg/apis. */
const versions: readonly string[] = ['v1beta1', 'v1beta2'];

/** Lowers a MultiNetworkPolicy: NetworkPolicy's schema, about the networks of its annotation. Source: k8snetworkplumbingwg/multi-networkpolicy pkg/apis, README. */
export function read(object: RawObject): Result<readonly Policy[]> {
  const diagnostics: Diagnostic[] = [];
  const namespace = object.namespace ?? 'default';
  const body = new Reader(object.body, object.origin, diagnostics);
  const version = object.apiVersion.split('/')[1] ?? '';
  if (!versions.includes(version))
    body.field('apiVersion').error('unknown-version', `MultiNetworkPolicy has no version ${shown(version)}; expected ${versions.join(' or ')}.`);
  body.object(['apiVersion', 'kind', 'metadata', 'spec'], {
    podSelector: 'Put podSelector under spec.',
    ingress: 'Put ingress under spec.',
    egress: 'Put egress under spec.',
  });
  body.required('spec');
  const spec = body.field('spec');
  if (spec.expect('an object')) spec.required('podSelector');
  const networks = readPolicyFor(body.field('metadata').field('annotations').field(policyFor), namespace);
  const says = readNetworkPolicySpec(spec, namespace);
  return finish(diagnostics, () => [{ ...addingPolicy(object, 'multi-network-policy', says), networks }]);
}
