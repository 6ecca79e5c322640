import type { FeedSource } from '../../model/feed.ts';
import type { FeedTarget } from '../../model/feed-report.ts';
import type { PackFile } from '../../model/pack.ts';
import { type Shard, shardsOf } from './shards.ts';
import { type FeedFolder, openedBy, stateFileName, stateFileText } from './state-file.ts';
import { blockBytes, kustomizationText, mostObjectBytes, shardFile, shardText } from './target.ts';

/** The shards of what a folder opens. */
export function shardsIn({ target, state, also }: Omit<FeedFolder, 'shards'>): readonly Shard[] {
  return shardsOf(openedBy({ state, also }), (cidr) => blockBytes(target.kind, cidr), mostObjectBytes);
}

/** The folder as it is to be, where `before` is what it is: each shard keeps the edition that last changed it. */
export function nextFolder(before: FeedFolder | null, next: Omit<FeedFolder, 'shards'>, source: FeedSource): FeedFolder {
  const was = new Map(before === null ? [] : shardsIn(before).map((shard) => [shard.name, shard]));
  const shards = shardsIn(next).map((shard) => {
    const known = before !== null && Object.hasOwn(before.shards, shard.name) ? before.shards[shard.name] : undefined;
    const old = was.get(shard.name);
    const same = old !== undefined && old.cidrs.length === shard.cidrs.length && old.cidrs.every((cidr, i) => cidr === shard.cidrs[i]);
    return [shard.name, same ? (known ?? source) : source] as const;
  });
  return { ...next, shards: Object.fromEntries(shards) };
}

/** Every file of a folder, byte for byte a function of it. */
export function filesOf(folder: FeedFolder): readonly PackFile[] {
  const { target, state, also, shards } = folder;
  const manifests = shardsIn(folder).map((shard) => ({
    path: shardFile(target, shard),
    text: shardText(target, shard, shards[shard.name] ?? state.latest, whatText(folder), also),
  }));
  return [
    ...manifests,
    {
      path: 'kustomization.yaml',
      text: kustomizationText(
        target,
        manifests.map((m) => m.path),
      ),
    },
    { path: stateFileName, text: stateFileText(folder) },
  ];
}

/** What is taken of the feed, in words: `S3 of aws in us-east-1, IPv4`. */
export function whatText({ state }: Pick<FeedFolder, 'state'>): string {
  const { filter, latest } = state;
  const services = filter.services.length === 0 ? 'All' : filter.services.join(', ');
  const regions = filter.regions.length === 0 ? '' : ` in ${filter.regions.join(', ')}`;
  return `${services} of ${latest.provider}${regions}${filter.families === 'both' ? '' : `, IP${filter.families} only`}`;
}

/** What cannot be written so; sentences, with the way to mend it. */
export function targetFaults(target: FeedTarget): readonly { readonly message: string; readonly hint: string }[] {
  const namespaced = target.kind === 'NetworkPolicy' || target.kind === 'NetworkSet';
  return [
    ...(namespaced && target.namespace === null
      ? [{ message: `a ${target.kind} lies in a namespace, and none is given`, hint: 'give --namespace, or a zone with -f' }]
      : []),
    ...(!namespaced && target.namespace !== null
      ? [{ message: `a ${target.kind} lies in no namespace`, hint: 'leave --namespace out, or choose another --kind' }]
      : []),
    ...(target.kind !== 'NetworkPolicy' && target.selector.length > 0
      ? [{ message: `a ${target.kind} selects no pods: --selector is for NetworkPolicy`, hint: 'the policy that uses the set selects them' }]
      : []),
  ];
}
