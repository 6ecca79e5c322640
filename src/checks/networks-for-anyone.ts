import { isMap, memberOf } from '../kernel/map.ts';
import { within } from '../kernel/origin.ts';
import { groupOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Check } from './check.ts';
import { documents } from './example-parts.ts';

const role = (verbs: string): string => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: researcher}
rules:
- {apiGroups: [k8s.cni.cncf.io], resources: [network-attachment-definitions], verbs: ${verbs}}`;
const binding = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: researchers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: researcher}
subjects: [{kind: Group, name: researchers, apiGroup: rbac.authorization.k8s.io}]`;

const attachments = 'network-attachment-definitions';
const writing: readonly string[] = ['create', 'update', 'patch', '*'];

export const check: Check = {
  slug: 'networks-for-anyone',
  title: 'Users may define networks of the fabric',
  severity: 'high',
  plane: 'fabric',
  why: 'A NetworkAttachmentDefinition says which VLAN or partition key the interface of a pod gets, and Multus, the SR-IOV plugin and ib-kubernetes do as it says. Whoever may write one can give their pods the key of any other team.',
  fix: 'Let only those who run the fabric write NetworkAttachmentDefinitions; users need `get` and `list`, if that.',
  sources: [
    'Mellanox/ib-kubernetes pkg/daemon/daemon.go: the pkey of the attachment is asked of the subnet manager',
    'k8snetworkplumbingwg/sriov-cni docs: vlan comes from the configuration of the attachment',
  ],
  example: { bad: documents(role('[get, create]'), binding), good: documents(role('[get, list]'), binding) },
  *run({ snapshot }) {
    const { objects } = snapshot;
    const bindings = objects.filter((o) => isRbac(o) && (o.kind === 'RoleBinding' || o.kind === 'ClusterRoleBinding'));
    for (const object of objects) {
      if (!isRbac(object) || (object.kind !== 'Role' && object.kind !== 'ClusterRole')) continue;
      const at = listOf(object.body.rules).findIndex(grants);
      if (at < 0) continue;
      const users = bindings.filter((b) => isOf(b, object)).flatMap((b) => listOf(b.body.subjects).flatMap((s) => personOf(s)));
      const [first] = users;
      if (first === undefined) continue;
      yield {
        severity: 'high',
        confidence: 'likely',
        message: `${object.kind} ${object.name} lets ${first}${users.length > 1 ? ` and ${users.length - 1} more` : ''} write NetworkAttachmentDefinitions${object.kind === 'ClusterRole' ? '' : ` of namespace ${object.namespace}`}: VLAN and partition key of a pod's interface are then theirs to choose.`,
        primary: within(object.origin, 'rules', at),
        related: [],
        fix: 'Take create, update and patch out of the rule.',
        subjects: [object.namespace === null ? object.name : `${object.namespace}/${object.name}`],
      };
    }
  },
};

function isRbac({ apiVersion }: RawObject): boolean {
  return groupOf(apiVersion) === 'rbac.authorization.k8s.io';
}

/** A rule that names these objects; one that grants everything is for administrators, and no news. */
function grants(rule: unknown): boolean {
  const named = listOf(memberOf(rule, 'resources')).includes(attachments) || listOf(memberOf(rule, 'apiGroups')).includes('k8s.cni.cncf.io');
  const about = listOf(memberOf(rule, 'resources')).some((r) => r === attachments || r === '*');
  return named && about && listOf(memberOf(rule, 'verbs')).some((v) => typeof v === 'string' && writing.includes(v));
}

function isOf({ namespace, body }: RawObject, role: RawObject): boolean {
  const [kind, name] = [memberOf(body.roleRef, 'kind'), memberOf(body.roleRef, 'name')];
  return kind === role.kind && name === role.name && (role.kind === 'ClusterRole' || namespace === role.namespace);
}

/** People, and service accounts outside of where operators live. */
function personOf(subject: unknown): readonly string[] {
  if (!isMap(subject) || typeof subject.name !== 'string' || typeof subject.kind !== 'string') return [];
  if (subject.name.startsWith('system:') && subject.name !== 'system:authenticated' && !subject.name.startsWith('system:serviceaccounts')) return [];
  if (subject.kind === 'ServiceAccount')
    return /operator|system|multus|sriov/.test(`${String(subject.namespace)} ${subject.name}`)
      ? []
      : [`service account ${String(subject.namespace)}/${subject.name}`];
  return [`${subject.kind.toLowerCase()} ${subject.name}`];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
