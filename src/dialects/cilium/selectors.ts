import { type Reader, shown } from '../../kernel/reader.ts';
import { isExcludedLabel, isExcludedSince119 } from '../../model/identity-labels.ts';
import type { LabelSelector, Requirement } from '../../model/labels.ts';
import { namespaceNameLabel, namespacesBy } from '../../model/namespace-match.ts';
import type { Peer, PodMatch } from '../../model/policy.ts';
import { readRequirements } from '../../model/selector-syntax.ts';
import { clusterKey, entityOf, type LabelKey, labelKey, namespaceKey, namespaceLabelPrefix, serviceAccountKey } from './label-keys.ts';
import type { Reading } from './version.ts';

/** An endpoint selector taken apart. */
interface Parts {
  readonly pods: readonly Requirement[];
  readonly namespaces: readonly Requirement[];
  /** Whether the selector says which namespaces, so that none is added. */
  readonly namesNamespaces: boolean;
  readonly serviceAccounts: readonly string[] | null;
  /** Requirements on `reserved:` labels, keys without the source. */
  readonly reserved: readonly Requirement[];
  /** Requirements on labels of sources that pods do not have (`cidr:`, `fqdn:`, `container:` …). */
  readonly foreign: readonly Requirement[];
  /** Why it cannot be known what is selected, or null. */
  readonly gap: string | null;
}

const positive = (r: Requirement): boolean => r.operator === 'In' || r.operator === 'Exists';

const opposite: Readonly<Record<Requirement['operator'], Requirement['operator']>> = {
  In: 'NotIn',
  NotIn: 'In',
  Exists: 'DoesNotExist',
  DoesNotExist: 'Exists',
};

/** A requirement that nothing meets, told by what the user wrote: the requirement and its opposite. */
function impossible(r: Requirement): readonly Requirement[] {
  return [r, { ...r, operator: opposite[r.operator] }];
}

/** Key, operator and values of a requirement without its label source. */
function bare(requirement: Requirement, key: LabelKey): Requirement {
  return { ...requirement, key: key.key };
}

/**
 * How a version splits keys of labels. Since 1.20 `reserved.host` is a label like any other, and a policy with `$host` or `:app` is refused.
 * Source: cilium 1.19 and 1.20 pkg/labels/labels.go parseSource, 1.20 pkg/policy/api/selector.go Sanitize.
 */
function keysOf(reading: Reading): (text: string, at?: Reader) => LabelKey {
  return (text, at) => {
    if (/^reserved\.[^:]*$/.test(text)) {
      const instead = shown(`reserved:${text.slice('reserved.'.length)}`);
      at?.warning('reserved-with-dot', `${shown(text)} is ${instead} up to Cilium 1.19, and since then a label that pods do not have.`, `Write ${instead}.`);
      return labelKey(text, !reading.since('1.20'));
    }
    if (/^[$:]/.test(text)) {
      const instead = shown(text.startsWith('$') ? `reserved:${text.slice(1)}` : text.slice(1));
      at?.warning(
        'key-refused',
        `${shown(text)} is ${instead} up to Cilium 1.19; since then it is no key of a label, and Cilium refuses this whole policy.`,
        `Write ${instead}.`,
      );
      if (reading.since('1.20')) reading.refuse();
    }
    return labelKey(text);
  };
}

function takeApart(
  selector: Reader,
  reading: Reading,
  overwritten: (key: LabelKey, inMatchLabels: boolean, at: Reader, requirement: Requirement) => boolean,
): Parts {
  const split = keysOf(reading);
  const pods: Requirement[] = [];
  const namespaces: Requirement[] = [];
  const reserved: Requirement[] = [];
  const foreign: Requirement[] = [];
  let namesNamespaces = false;
  let serviceAccounts: readonly string[] | null = null;
  let gap: string | null = null;
  for (const { requirement: raw, at } of readRequirements(selector, (text) => split(text).key)) {
    const key = split(raw.key, at);
    const requirement = bare(raw, key);
    if (overwritten(key, at.origin.path.at(-2) === 'matchLabels', at, requirement)) continue;
    if (key.source === 'reserved') reserved.push(requirement);
    else if (key.source === 'other') foreign.push(raw);
    else if (key.key === namespaceKey) {
      namesNamespaces = true;
      if (requirement.operator !== 'Exists') namespaces.push({ ...requirement, key: namespaceNameLabel });
    } else if (key.key === clusterKey) {
      // `Exists` is how one asks for pods of every cluster since 1.19. Source: cilium upgrade guide, policy-default-local-cluster.
      gap = requirement.operator === 'Exists' ? 'pods of other clusters are not in the picture' : 'the name of the local cluster is not known';
    } else if (key.key === serviceAccountKey) {
      if (requirement.operator === 'In') serviceAccounts = intersect(serviceAccounts, requirement.values);
      else if (requirement.operator !== 'Exists') gap = 'service accounts are excluded rather than named';
    } else if (key.key.startsWith(namespaceLabelPrefix)) {
      if (isExcludedLabel(key.key)) {
        warnExcluded(at, requirement);
        if (positive(requirement)) pods.push(...impossible(requirement));
        continue;
      }
      namesNamespaces = true;
      namespaces.push({ ...requirement, key: key.key.slice(namespaceLabelPrefix.length) });
    } else {
      // What a version and its settings leave out is the profile's to say; here is only the warning.
      if (isExcludedLabel(key.key)) warnExcluded(at, requirement);
      pods.push(requirement);
    }
  }
  return { pods, namespaces, namesNamespaces, serviceAccounts, reserved, foreign, gap };
}

function intersect(known: readonly string[] | null, values: readonly string[]): readonly string[] {
  return known === null ? values : known.filter((name) => values.includes(name));
}

function warnExcluded(at: Reader, r: Requirement): void {
  const effect = positive(r) ? 'so this selects nothing' : 'so this excludes nothing';
  at.warning(
    'label-not-in-identity',
    `Cilium ${isExcludedSince119(r.key) ? '1.19 and later leave' : 'leaves'} ${shown(r.key)} out of identities by default, ${effect}.`,
    'Select another label, or include it with the labels option of Cilium.',
  );
}

/**
 * Whom a rule applies to. A namespaced policy (`namespace` not null) only ever selects its own namespace: a `k8s:` namespace among its matchLabels is
 * overwritten, any other one narrows. Source: cilium pkg/k8s/apis/cilium.io/utils/utils.go ParseToCiliumRule.
 */
export function readSubject(selector: Reader, namespace: string | null, reading: Reading): PodMatch {
  const parts = takeApart(selector, reading, (key, inMatchLabels, at, requirement) => {
    if (namespace === null || !inMatchLabels || key.source !== 'k8s' || key.key !== namespaceKey) return false;
    if (requirement.values[0] !== namespace)
      at.warning(
        'namespace-overwritten',
        `This policy lives in ${shown(namespace)} and selects only there; the namespace ${shown(requirement.values[0])} is ignored.`,
        'Remove it, or move the policy.',
      );
    return true;
  });
  if (parts.gap !== null)
    selector.error(
      'unsupported-selector',
      `It cannot be known whom this selects: ${parts.gap}.`,
      'Select pods by labels, namespace or named service accounts.',
    );
  // No pod of a workload has reserved or foreign labels.
  const absent = [...parts.reserved, ...parts.foreign].filter(positive).flatMap(impossible);
  const within = namespace === null ? parts.namespaces : ownNamespace(namespace, parts.namespaces, selector);
  return { namespaces: namespacesBy({ requirements: within }), pods: { requirements: [...parts.pods, ...absent] }, serviceAccounts: parts.serviceAccounts };
}

function ownNamespace(namespace: string, given: readonly Requirement[], selector: Reader): readonly Requirement[] {
  const rest = given.filter((r) => r.key !== namespaceNameLabel || !admits(r, namespace));
  if (rest.some((r) => r.key === namespaceNameLabel))
    selector.warning(
      'selects-nothing',
      `This policy selects only pods of ${shown(namespace)}, and its selector leaves that namespace out: it selects nothing.`,
    );
  return [{ key: namespaceNameLabel, operator: 'In', values: [namespace] }, ...rest];
}

function admits(r: Requirement, value: string): boolean {
  return r.operator === 'Exists' || (r.operator === 'In' && r.values.includes(value)) || (r.operator === 'NotIn' && !r.values.includes(value));
}

/**
 * Whom one item of fromEndpoints or toEndpoints matches. Without a word about namespaces it is the policy's own, or all of them in a clusterwide policy;
 * pods of other clusters never match. Source: cilium 1.19 pkg/k8s/apis/cilium.io/utils/utils.go getEndpointSelector.
 */
export function readEndpoints(selector: Reader, namespace: string | null, reading: Reading): Peer {
  if (selector.absent) selector.error('wrong-type', 'A selector is nothing; expected an object.', 'Write {} for every pod.');
  const parts = takeApart(selector, reading, () => false);
  const unknown = (gap: string): Peer => ({ kind: 'unknown', gap });
  if (parts.reserved.length > 0) {
    const [only] = parts.reserved;
    const alone =
      parts.reserved.length + parts.pods.length + parts.namespaces.length + parts.foreign.length === 1 && parts.serviceAccounts === null && parts.gap === null;
    const entity = alone && only !== undefined && isPlain(only) ? entityOf(only.key) : undefined;
    return entity === undefined ? unknown('a selector on reserved labels that is no entity') : { kind: 'entity', entity };
  }
  const [stranger] = parts.foreign;
  if (stranger !== undefined) return unknown(`a selector on ${shown(stranger.key)}, which is no label of pods`);
  if (parts.gap !== null) return unknown(parts.gap);
  const own: Requirement = { key: namespaceNameLabel, operator: 'In', values: [namespace ?? ''] };
  const within: LabelSelector = { requirements: namespace === null || parts.namesNamespaces ? parts.namespaces : [own] };
  return { kind: 'pods', match: { namespaces: namespacesBy(within), pods: { requirements: parts.pods }, serviceAccounts: parts.serviceAccounts } };
}

/** `reserved:host: ""`, or the same as an expression. */
function isPlain(r: Requirement): boolean {
  return r.operator === 'Exists' || (r.operator === 'In' && r.values.length === 1 && r.values[0] === '');
}

/** Labels of nodes or of Services; undefined, with an error, for labels that neither has. */
export function readPlainSelector(selector: Reader, what: 'node' | 'Service'): LabelSelector | undefined {
  if (selector.absent) selector.error('wrong-type', 'A selector is nothing; expected an object.', `Write {} for every ${what}.`);
  const requirements: Requirement[] = [];
  let known = true;
  for (const { requirement, at } of readRequirements(selector, (text) => labelKey(text).key)) {
    const key = labelKey(requirement.key);
    if (key.source === 'reserved' || (key.source === 'other' && !requirement.key.startsWith('node:'))) {
      at.error(
        'unsupported-selector',
        `${shown(requirement.key)} is no label of a node; it cannot be known what this selects.`,
        'Select nodes by their Kubernetes labels.',
      );
      known = false;
    } else requirements.push(bare(requirement, key));
  }
  return known ? { requirements } : undefined;
}
