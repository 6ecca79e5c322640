import { type Reader, shown } from '../../kernel/reader.ts';
import { isLabelKey } from '../../model/label-syntax.ts';
import { everything } from '../../model/labels.ts';
import type { Direction, NamespaceMatch, Peer } from '../../model/policy.ts';
import { readSelector } from '../../model/selector-syntax.ts';
import type { Surroundings } from '../dialect.ts';
import { readFqdn } from './fqdn.ts';
import { externalEntities, membersOf } from './groups.ts';
import { readIpBlock } from './ip-block.ts';
import { readAccount, readPods } from './selectors.ts';

/** What surrounds a peer. `namespace` is null in a ClusterNetworkPolicy. */
export interface PeerContext {
  readonly direction: Direction;
  readonly namespace: string | null;
  readonly around: Surroundings;
}

/** Peers of a rule. `relative` hang on the subject's namespace; `sameLabels`: by its labels, not by its name. Both empty: nobody. */
export interface Peers {
  readonly absolute: readonly Peer[];
  readonly relative: readonly { readonly peer: Peer; readonly sameLabels: boolean }[];
}

/** Fields in the order in which Antrea looks at them: the first that is there counts. Source: antrea crd_utils.go toAntreaPeerForCRD, splitPeersByScope. */
const precedence = ['namespaces', 'ipBlock', 'group', 'fqdn', 'serviceAccount', 'nodeSelector'] as const;

function fieldsFor({ direction, namespace }: PeerContext): readonly string[] {
  const cluster = namespace === null ? ['namespaces', 'serviceAccount'] : ['externalEntitySelector'];
  return ['podSelector', 'namespaceSelector', 'ipBlock', 'group', 'nodeSelector', ...cluster, ...(direction === 'egress' ? ['fqdn'] : ['scope'])];
}

/** Peers of a list that has some; null when they come down to everybody. Source: antrea CRDs; validate.go validatePeers. */
export function readPeers(items: readonly Reader[], context: PeerContext): Peers | null {
  const absolute: Peer[] = [];
  const relative: { peer: Peer; sameLabels: boolean }[] = [];
  let idle = 0;
  for (const item of items) {
    if (item.absent) item.error('wrong-type', 'A peer is nothing; expected an object.');
    if (!item.object(fieldsFor(context), { cidr: 'Put cidr under ipBlock.', match: 'Put match under namespaces.', except: 'Put except under ipBlock.' }))
      continue;
    checkCombination(item);
    if (item.has('namespaces')) {
      const namespaces = readNamespaces(item.field('namespaces'));
      if (namespaces === null) idle++;
      else if (namespaces !== undefined && namespaces.kind === 'as-subject') {
        const pods = item.has('podSelector') ? readSelector(item.field('podSelector')) : everything;
        relative.push({ peer: { kind: 'pods', match: { namespaces, pods, serviceAccounts: null } }, sameLabels: namespaces.sameLabels !== null });
      }
    } else absolute.push(...readPeer(item, context));
    if (item.field('scope').oneOf(['Cluster', 'ClusterSet']) === 'ClusterSet')
      absolute.push({ kind: 'unknown', gap: 'pods of other clusters of the ClusterSet' });
  }
  return idle > 0 && idle === items.length ? null : { absolute, relative };
}

function checkCombination(item: Reader): void {
  const given = item.keys().filter((key) => item.has(key) && key !== 'scope');
  if (item.has('namespaces') && item.has('namespaceSelector'))
    item.error('one-of', 'This peer has namespaces and namespaceSelector; the API takes one of them.');
  for (const key of ['group', 'serviceAccount', 'nodeSelector'])
    if (item.has(key) && item.keys().some((k) => k !== key && item.has(k)))
      item.error('one-of', `${key} stands beside others in this peer; the API takes it alone.`);
  const counts = precedence.find((key) => item.has(key));
  const ignored = given.filter((key) => key !== counts && !(counts === 'namespaces' && key === 'podSelector'));
  if (counts !== undefined && ignored.length > 0 && !['group', 'serviceAccount', 'nodeSelector'].some((key) => item.has(key)))
    item.warning('ignored-field', `Antrea looks at ${counts} here, and not at ${ignored.join(', ')}.`, 'Make a peer of each.');
}

/** Null where Antrea leaves the peer out. Source: antrea antreaclusternetworkpolicy.go splitPeersByScope. */
function readNamespaces(at: Reader): NamespaceMatch | null | undefined {
  if (!at.object(['match', 'sameLabels'])) return undefined;
  const [match, labels] = [at.field('match'), at.field('sameLabels')];
  if (match.present === labels.present) {
    at.error('one-of', `namespaces has ${match.present ? 'both' : 'neither of'} match and sameLabels; expected exactly one.`);
    return undefined;
  }
  if (match.present) return match.oneOf(['Self']) === undefined ? undefined : { kind: 'as-subject', sameLabels: null };
  const sameLabels = labels.each().flatMap((item) => {
    const key = item.string();
    if (key === undefined || !isLabelKey(key)) item.error('bad-label-key', `${item.describe()} is no label key.`);
    return key === undefined ? [] : [key];
  });
  if (sameLabels.length > 0) return { kind: 'as-subject', sameLabels };
  labels.warning('empty-same-labels', 'sameLabels is empty: Antrea leaves this peer out, and a rule without peers matches everybody.', 'Name the labels.');
  return null;
}

function readPeer(item: Reader, { namespace, around }: PeerContext): readonly Peer[] {
  const at = (key: string): Reader => item.field(key);
  switch (precedence.find((key) => item.has(key))) {
    case 'ipBlock':
      return one(readIpBlock(at('ipBlock')));
    case 'group': {
      const name = at('group').string();
      return name === undefined ? [] : membersOf(name, namespace, around).peers;
    }
    case 'fqdn':
      return one(readFqdn(at('fqdn')));
    case 'serviceAccount': {
      const match = readAccount(at('serviceAccount'));
      return match === undefined ? [] : [{ kind: 'pods', match }];
    }
    case 'nodeSelector':
      return [{ kind: 'nodes', selector: readSelector(at('nodeSelector')) }];
    default: {
      readSelector(at('externalEntitySelector'));
      // Selectors beside it select pods no more.
      if (item.has('externalEntitySelector')) return [{ kind: 'unknown', gap: externalEntities }];
      const match = readPods(item, namespace);
      if (match === null)
        item.warning('selects-nobody', 'This peer matches nobody.', 'For all pods write namespaceSelector: {}; for everybody leave the list out.');
      return match === null ? [] : [{ kind: 'pods', match }];
    }
  }
}

function one(peer: Peer | undefined): readonly Peer[] {
  return peer === undefined ? [] : [peer];
}

/** Services that were dialled. Only the packet's first address would tell; its backends are what can be known. Source: antrea docs/antrea-network-policy.md, toServices. */
export function readToServices(field: Reader, namespace: string | null): readonly Peer[] {
  return field.each().flatMap((item): Peer[] => {
    if (item.absent) item.error('wrong-type', 'A Service is nothing; expected name and namespace.');
    if (!item.object(['name', 'namespace', 'scope'])) return [];
    if (item.field('scope').oneOf(['Cluster', 'ClusterSet']) === 'ClusterSet')
      return [{ kind: 'unknown', gap: `Service ${shown(item.field('name').value)} of other clusters` }];
    item.required('name');
    if (namespace === null) item.required('namespace');
    const name = item.field('name').string();
    const where = item.field('namespace').string() ?? namespace;
    return name === undefined || where === null ? [] : [{ kind: 'services', namespace: where, name, selector: null }];
  });
}
