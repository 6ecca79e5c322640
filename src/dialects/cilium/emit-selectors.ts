import type { Origin } from '../../kernel/origin.ts';
import { shown } from '../../kernel/reader.ts';
import { accountsNamed } from '../../model/account-match.ts';
import { type LabelSelector, type Requirement, selectorText } from '../../model/labels.ts';
import { namespaceNameLabel, namespaceSelector } from '../../model/namespace-match.ts';
import type { PodMatch, Policy } from '../../model/policy.ts';
import { writeSelector } from '../../model/selector-syntax.ts';
import { clusterKey, namespaceKey, namespaceLabelPrefix, serviceAccountKey, writeLabelKey } from './label-keys.ts';
import type { Plain, Refuse } from './refuse.ts';

const namespaceWritten = `k8s:${namespaceKey}`;

/** The endpointSelector of a policy. A namespaced one selects in its own namespace by itself. */
export function writeSubject(match: PodMatch, policy: Policy, refuse: Refuse): Plain {
  const { requirements } = namespaceSelector(match.namespaces, policy.origin, refuse);
  const [own, ...rest] = requirements;
  if (policy.namespace === null) return writeMatch(requirements, match, policy.origin, refuse);
  if (own?.key !== namespaceNameLabel || own.operator !== 'In' || own.values.length !== 1 || own.values[0] !== policy.namespace) {
    refuse(policy.origin, 'a subject outside its own namespace.', 'Make it a CiliumClusterwideNetworkPolicy.');
  }
  return writeMatch(rest, match, policy.origin, refuse);
}

/** One item of fromEndpoints or toEndpoints. */
export function writeEndpoints(match: PodMatch, policy: Policy, origin: Origin, refuse: Refuse): Plain {
  const { namespaces } = match;
  if (policy.namespace !== null && namespaces.kind === 'named' && namespaces.name === policy.namespace) return writeMatch([], match, origin, refuse);
  const requirements = namespaceSelector(namespaces, origin, refuse).requirements;
  // A namespaced policy means its own namespace where a selector names none.
  const anywhere: Requirement = { key: namespaceNameLabel, operator: 'Exists', values: [] };
  return writeMatch(requirements.length === 0 && policy.namespace !== null ? [anywhere] : requirements, match, origin, refuse);
}

export function writeNodes(selector: LabelSelector): Plain {
  return writeSelector(selector, writeLabelKey);
}

function writeMatch(namespaces: readonly Requirement[], match: PodMatch, origin: Origin, refuse: Refuse): Plain {
  const { serviceAccounts } = match;
  const named = accountsNamed(serviceAccounts);
  if (serviceAccounts !== null && named.length === 0) refuse(origin, 'pods of no service account at all.');
  if ((match.pods.terms ?? []).length > 0)
    refuse(origin, `the selector ${shown(selectorText(match.pods))}.`, 'Use labels that In, NotIn, Exists and DoesNotExist can choose.');
  const written: Requirement[] = [
    ...namespaces.map((r) => ({ ...r, key: r.key === namespaceNameLabel ? namespaceWritten : `k8s:${namespaceLabelPrefix}${r.key}` })),
    ...(serviceAccounts === null
      ? []
      : [{ key: serviceAccountKey, operator: 'otherThan' in serviceAccounts ? ('NotIn' as const) : ('In' as const), values: named }]),
    ...match.pods.requirements.map((r) => ({ ...r, key: writeLabelKey(r.key) })),
  ];
  for (const { key } of match.pods.requirements) {
    const taken = key === namespaceKey || key === serviceAccountKey || key === clusterKey || key.startsWith(namespaceLabelPrefix);
    if (taken) refuse(origin, `a pod label called ${shown(key)}, which Cilium keeps for itself.`);
  }
  return writeSelector({ requirements: written });
}
