import { type Reader, shown } from '../../kernel/reader.ts';
import { everything } from '../../model/labels.ts';
import type { Peer, Subject } from '../../model/policy.ts';
import { readSelector } from '../../model/selector-syntax.ts';
import type { Surroundings } from '../dialect.ts';
import { readIpBlock } from './ip-block.ts';
import { group, specOf } from './objects.ts';
import { everyNamespace, readPods } from './selectors.ts';

/** Whom a policy is about; `gap` says what is not known about that, null where it is certain. */
export interface Applied {
  readonly subject: Subject;
  readonly gap: string | null;
}

/** What a group stands for: as peers of a rule, and as those whom a policy is about (blocks are nobody then). */
export interface Members {
  readonly peers: readonly Peer[];
  readonly applied: readonly Applied[];
}

/** Groups in groups: one level. Source: antrea pkg/controller/networkpolicy/crd_utils.go maxGroupNestingLevel. */
const deepest = 2;

const nobody: Members = { peers: [], applied: [] };

/** Members of a ClusterGroup (`namespace` null) or Group by name, nested ones too. What nests deeper than Antrea goes adds nothing. */
export function membersOf(name: string, namespace: string | null, around: Surroundings, level = 1): Members {
  if (level > deepest) return nobody;
  const kind = namespace === null ? 'ClusterGroup' : 'Group';
  const spec = specOf(around, group, kind, namespace, name);
  if (spec === undefined) return notKnown(`who is in ${kind} ${shown(name)}, which the input does not hold`, namespace);
  const children = spec.field('childGroups').each();
  if (children.length > 0) return join(children.flatMap((c) => (typeof c.value === 'string' ? [membersOf(c.value, namespace, around, level + 1)] : [])));
  const blocks = spec.field('ipBlocks').each();
  if (blocks.length > 0) return { peers: blocks.flatMap((b) => readIpBlock(b) ?? []), applied: [] };
  if (spec.has('serviceReference')) return backendsOf(spec.field('serviceReference'), namespace, around);
  if (spec.has('nodeSelector')) {
    const selector = readSelector(spec.field('nodeSelector'));
    return { peers: [{ kind: 'nodes', selector }], applied: [{ subject: { kind: 'nodes', selector }, gap: null }] };
  }
  // Machines outside the cluster, known to Antrea alone.
  if (spec.has('externalEntitySelector')) return { peers: [{ kind: 'unknown', gap: externalEntities }], applied: [] };
  const match = readPods(spec, namespace);
  if (match === null) return nobody;
  // A Group with pods of other namespaces is no subject. Source: antrea ErrNetworkPolicyAppliedToUnsupportedGroup.
  const gap = namespace !== null && spec.has('namespaceSelector') ? 'a Group with a namespaceSelector is not taken in appliedTo' : null;
  return { peers: [{ kind: 'pods', match }], applied: [{ subject: { kind: 'pods', match }, gap }] };
}

export const externalEntities = 'addresses of ExternalEntities, which only Antrea knows';

function join(members: readonly Members[]): Members {
  return { peers: members.flatMap((m) => m.peers), applied: members.flatMap((m) => m.applied) };
}

function notKnown(gap: string, namespace: string | null): Members {
  return { peers: [{ kind: 'unknown', gap }], applied: [{ subject: anyPod(namespace), gap }] };
}

function anyPod(namespace: string | null): Subject {
  const namespaces = namespace === null ? everyNamespace : { kind: 'named' as const, name: namespace };
  return { kind: 'pods', match: { namespaces, pods: everything, serviceAccounts: null } };
}

function backendsOf(reference: Reader, own: string | null, around: Surroundings): Members {
  const name = reference.field('name').value;
  const namespace = reference.field('namespace').value ?? own ?? 'default';
  if (typeof name !== 'string' || typeof namespace !== 'string') return nobody;
  return { peers: [{ kind: 'services', namespace, name, selector: null }], applied: [backends(namespace, name, around)] };
}

/** The pods behind a Service, as subjects. Without the Service, or where its endpoints are kept by hand, any pod of its namespace may be one. */
export function backends(namespace: string, name: string, around: Surroundings): Applied {
  const spec = specOf(around, '', 'Service', namespace, name);
  const labels = spec?.field('selector').value;
  const values = typeof labels === 'object' && labels !== null && !Array.isArray(labels) ? Object.entries(labels) : [];
  const pods = { requirements: values.map(([key, value]) => ({ key, operator: 'In' as const, values: [String(value)] })) };
  const subject: Subject = { kind: 'pods', match: { namespaces: { kind: 'named', name: namespace }, pods, serviceAccounts: null } };
  return { subject, gap: values.length === 0 ? `the pods behind Service ${shown(`${namespace}/${name}`)}` : null };
}

/** Checks a Group or ClusterGroup. Source: antrea pkg/controller/networkpolicy/validate.go groupValidator. */
export function checkGroup(body: Reader, kind: 'Group' | 'ClusterGroup', namespace: string | null, own: string, around: Surroundings): void {
  const spec = body.field('spec');
  const alone = ['serviceReference', 'ipBlocks', 'childGroups', 'externalEntitySelector', ...(kind === 'ClusterGroup' ? ['nodeSelector'] : [])];
  spec.object(['podSelector', 'namespaceSelector', ...alone], { ipBlock: 'Write ipBlocks, a list.' });
  for (const key of ['podSelector', 'namespaceSelector', 'externalEntitySelector', 'nodeSelector']) readSelector(spec.field(key));
  for (const block of spec.field('ipBlocks').each()) readIpBlock(block);
  spec.field('serviceReference').object(['name', 'namespace']);
  const given = ['podSelector', 'namespaceSelector', ...alone].filter((key) => spec.has(key));
  const paired = spec.has('namespaceSelector') && (spec.has('podSelector') || spec.has('externalEntitySelector'));
  if (given.length > 2 || (given.length === 2 && !paired))
    spec.error('one-of', `This group has ${given.join(', ')}; expected one of them, or namespaceSelector beside podSelector or externalEntitySelector.`);
  for (const child of spec.field('childGroups').each()) {
    const name = child.string();
    if (name === undefined) continue;
    const inner = specOf(around, group, kind, namespace, name);
    if (name === own) child.error('group-cycle', `${kind} ${shown(own)} is its own child.`);
    else if (inner === undefined) child.warning('missing-group', `The input has no ${kind} ${shown(name)}, so who is in it is not known.`, `Give the ${kind}.`);
    else if (inner.field('childGroups').each().length > 0)
      child.error('group-nesting', `${kind} ${shown(name)} has children of its own; groups nest one level.`, 'Name its children here.');
  }
}
