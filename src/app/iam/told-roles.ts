import { isMap } from '../../kernel/map.ts';
import type { Reader } from '../../kernel/reader.ts';

/** Which roles pods come to without an annotation, as far as the input says. */
export interface ToldRoles {
  /** What EKS Pod Identity gives to a ServiceAccount (`namespace/name`); the role is null where the output does not name it. */
  readonly associations: readonly { readonly serviceAccount: string; readonly role: string | null }[];
  /** Roles of node groups, which the metadata service hands out. */
  readonly nodes: readonly string[];
}

/**
 * The roles in one document; null: it is about none. Read are `aws eks describe-pod-identity-association`, `list-pod-identity-associations` (which prints no
 * role), `describe-nodegroup`, and the objects that the EKS controller of ACK makes them from.
 * Source: AWS CLI reference, eks; aws-controllers-k8s/eks-controller, apis/v1alpha1/pod_identity_association.go (`roleARN`, or `roleRef`, which names an
 * object; no second role there yet: by the rule of ACK's names it would be `targetRoleARN`) and nodegroup.go (`nodeRole`, or `nodeRoleRef`).
 */
export function toldRoles(at: Reader): ToldRoles | null {
  if (!isMap(at.value)) return null;
  const ofAck = /^eks\.services\.k8s\.aws\//.test(textOf(at.field('apiVersion')) ?? '');
  const kind = textOf(at.field('kind'));
  if (at.has('association')) return { associations: [association(at.field('association'), 'roleArn')], nodes: [] };
  if (at.has('associations'))
    return {
      associations: at
        .field('associations')
        .each()
        .map((one) => association(one, 'roleArn')),
      nodes: [],
    };
  if (at.has('nodegroup')) return { associations: [], nodes: roleOf(at.field('nodegroup').field('nodeRole')) };
  if (ofAck && kind === 'PodIdentityAssociation') return { associations: [association(at.field('spec'), 'roleARN')], nodes: [] };
  if (ofAck && kind === 'Nodegroup') return { associations: [], nodes: roleOf(at.field('spec').field('nodeRole')) };
  return null;
}

/** Where a second role is named, pods get the credentials of that one. Source: EKS API reference, PodIdentityAssociation: targetRoleArn. */
function association(at: Reader, key: 'roleArn' | 'roleARN'): ToldRoles['associations'][number] {
  const text = (name: string): string => at.field(name).string() ?? '';
  at.required('namespace');
  at.required('serviceAccount');
  const target = key === 'roleArn' ? 'targetRoleArn' : 'targetRoleARN';
  return { serviceAccount: `${text('namespace')}/${text('serviceAccount')}`, role: textOf(at.field(target)) ?? textOf(at.field(key)) };
}

/** What several documents tell, once: one that names the role of an association fills in one that does not. */
export function together(told: readonly ToldRoles[]): ToldRoles {
  const associations = new Map(told.flatMap((t) => t.associations).map((a) => [`${a.serviceAccount} ${a.role}`, a]));
  const named = new Set([...associations.values()].flatMap((a) => (a.role === null ? [] : [a.serviceAccount])));
  return {
    associations: [...associations.values()].filter((a) => a.role !== null || !named.has(a.serviceAccount)),
    nodes: [...new Set(told.flatMap((t) => t.nodes))],
  };
}

function roleOf(at: Reader): readonly string[] {
  const role = textOf(at);
  return role === null ? [] : [role];
}

function textOf(at: Reader): string | null {
  return typeof at.value === 'string' && at.value !== '' ? at.value : null;
}
