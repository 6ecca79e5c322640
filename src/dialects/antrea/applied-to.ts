import type { Reader } from '../../kernel/reader.ts';
import { everything } from '../../model/labels.ts';
import type { Subject } from '../../model/policy.ts';
import { readSelector } from '../../model/selector-syntax.ts';
import type { Surroundings } from '../dialect.ts';
import { type Applied, backends, membersOf } from './groups.ts';
import { everyNamespace, readAccount, readPods, readReference } from './selectors.ts';

/** Where an appliedTo stands: in the spec (with or without egress rules), or in a rule. */
export interface Place {
  readonly namespace: string | null;
  readonly at: 'spec' | 'ingress' | 'egress';
  readonly egressRules: boolean;
  readonly around: Surroundings;
}

/**
 * One item of an appliedTo. `own` is whom its rules are about. `relative` is whom those of its rules are about whose peers hang on the subject's namespace:
 * for groups and nodes, Antrea then takes all pods of every namespace concerned, which is not what they say.
 * Source: antrea pkg/controller/networkpolicy/antreaclusternetworkpolicy.go getAffectedNamespacesForAppliedTo.
 */
export interface AppliedItem {
  readonly own: readonly Applied[];
  readonly relative: readonly Applied[];
  readonly isService: boolean;
}

const namespacedFields = ['podSelector', 'group', 'externalEntitySelector'];
const clusterFields = ['podSelector', 'namespaceSelector', 'group', 'serviceAccount', 'service', 'nodeSelector'];
const alone = ['group', 'serviceAccount', 'service', 'nodeSelector'] as const;

/** Source: antrea CRDs networkpolicies and clusternetworkpolicies; pkg/controller/networkpolicy/validate.go validateAppliedTo. */
export function readAppliedTo(field: Reader, place: Place): readonly AppliedItem[] {
  const items = field.each();
  const read = items.map((item) => readItem(item, place));
  if (read.some((i) => i.isService) && read.some((i) => !i.isService))
    field.error('mixed-subjects', 'This appliedTo has Services beside others; the API takes Services alone.', 'Make two policies.');
  return read;
}

function fieldsAt({ namespace, at }: Place): readonly string[] {
  if (namespace !== null) return namespacedFields;
  return clusterFields.filter((key) => at === 'spec' || (key !== 'nodeSelector' && (key !== 'service' || at === 'ingress')));
}

function readItem(item: Reader, place: Place): AppliedItem {
  const { namespace, around } = place;
  const known = fieldsAt(place);
  const certain = (own: readonly Subject[]): AppliedItem => {
    const applied = own.map((subject): Applied => ({ subject, gap: null }));
    return { own: applied, relative: applied, isService: false };
  };
  if (item.absent) item.error('wrong-type', 'An item of appliedTo is nothing; expected an object.');
  if (!item.object(known, { ipBlock: 'Policies are about pods, nodes and Services, not about addresses.', namespaces: 'That is for peers.' }))
    return certain([]);
  const given = item.keys().filter((key) => item.has(key));
  const single = alone.find((key) => item.has(key));
  if (single !== undefined && given.length > 1)
    item.error('one-of', `${single} stands beside ${given.filter((k) => k !== single).join(', ')}; the API takes it alone.`);
  switch (single) {
    case 'group': {
      const name = item.field('group').string();
      if (name === undefined) return certain([]);
      const { applied } = membersOf(name, namespace, around);
      return { own: applied, relative: widened(applied), isService: false };
    }
    case 'serviceAccount': {
      const match = readAccount(item.field('serviceAccount'));
      return certain(match === undefined ? [] : [{ kind: 'pods', match }]);
    }
    case 'service': {
      const service = readReference(item.field('service'));
      if (place.at === 'spec' && place.egressRules)
        item.field('service').error('service-egress', 'Egress rules cannot be about Services.', 'Make a policy of the ingress rules alone.');
      if (service === undefined) return { own: [], relative: [], isService: true };
      const { subject } = backends(service.namespace, service.name, around);
      const own = [{ subject, gap: `whether the packet came through a node port of Service ${service.namespace}/${service.name}` }];
      return { own, relative: own, isService: true };
    }
    case 'nodeSelector': {
      const own: Applied[] = [{ subject: { kind: 'nodes', selector: readSelector(item.field('nodeSelector')) }, gap: null }];
      return { own, relative: widened(own), isService: false };
    }
    default: {
      readSelector(item.field('externalEntitySelector'));
      // Machines outside the cluster are no pods.
      if (item.has('externalEntitySelector') && !item.has('podSelector')) return certain([]);
      const match = readPods(item, namespace);
      if (match === null) item.warning('selects-nobody', 'This item selects nobody.', 'To select all pods, write namespaceSelector: {}.');
      return certain(match === null ? [] : [{ kind: 'pods', match }]);
    }
  }
}

/** Whether its namespaces' other pods are meant too nobody should count on. */
function widened(applied: readonly Applied[]): readonly Applied[] {
  const gap = 'Antrea takes all pods of the namespaces of a group, or of nodes, for rules on the same namespace or the same labels';
  const all: Applied = { subject: { kind: 'pods', match: { namespaces: everyNamespace, pods: everything, serviceAccounts: null } }, gap };
  return [...applied.map((a) => ({ ...a, gap: a.gap ?? gap })), all];
}
