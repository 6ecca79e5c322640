import { finish, Reader, shown } from '../../kernel/reader.ts';
import type { Diagnostic, Result } from '../../kernel/result.ts';
import { labelOf } from '../../model/labels.ts';
import { annotationsOf } from '../../model/metadata.ts';
import { addingPolicy, readNetworkPolicySpec } from '../../model/network-policy-syntax.ts';
import type { Policy } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';

/** Source: cloud.google.com, GKE documentation, about-multi-networking-policies; `default` is the pod network. */
export const gkeNetworkAnnotation = 'networking.gke.io/network';

/**
 * Lowers a NetworkPolicy, with the API server's defaults filled in and its validation applied.
 * Source: kubernetes/api networking/v1 types.go, kubernetes pkg/apis/networking/validation.
 */
export function read(object: RawObject): Result<readonly Policy[]> {
  const diagnostics: Diagnostic[] = [];
  const namespace = object.namespace ?? 'default';
  const body = new Reader(object.body, object.origin, diagnostics);
  body.object(['apiVersion', 'kind', 'metadata', 'spec', 'status'], {
    podSelector: 'Put podSelector under spec.',
    ingress: 'Put ingress under spec.',
    egress: 'Put egress under spec.',
    policyTypes: 'Put policyTypes under spec.',
  });
  const version = object.apiVersion.split('/')[1] ?? '';
  if (version !== 'v1')
    body
      .field('apiVersion')
      .error('unknown-version', `NetworkPolicy has no version ${shown(version)}; expected v1.`, 'Write apiVersion: networking.k8s.io/v1.');
  const spec = body.field('spec');
  if (spec.absent)
    spec.warning(
      'no-spec',
      'This policy has no spec: it selects every pod of its namespace and lets nothing in.',
      'Write the spec, or say so: spec: {podSelector: {}, policyTypes: [Ingress]}.',
    );
  const says = readNetworkPolicySpec(spec, namespace);
  const network = labelOf(annotationsOf(object), gkeNetworkAnnotation) ?? '';
  const policy = addingPolicy(object, 'kubernetes', says);
  return finish(diagnostics, () => [network === '' || network === 'default' ? policy : { ...policy, gkeNetwork: network }]);
}
