import type { FeedSource } from '../../model/feed.ts';
import type { FeedTarget } from '../../model/feed-report.ts';
import type { PackFile } from '../../model/pack.ts';
import { type Shard, shardsOf } from './shards.ts';
import { type FeedFolder, openedBy, stateFileName, stateFileText } from './state-file.ts';
import { blockBytes, kustomizationText, liesInNamespace, mostObjectBytes, policyOf, shardFile, shardText } from './target.ts';

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
  const policy = policyOf(target);
  const resources = policy === null ? manifests : [...manifests, policy];
  return [
    ...resources,
    {
      path: 'kustomization.yaml',
      text: kustomizationText(
        target,
        resources.map((m) => m.path),
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
  const { kind, namespace, selector } = target;
  return [
    ...(liesInNamespace(kind) && namespace === null
      ? [{ message: `a ${kind} lies in a namespace, and none is given`, hint: 'give --namespace, or a zone with -f' }]
      : []),
    ...(!liesInNamespace(kind) && namespace === null && selector.length > 0
      ? [
          {
            message: `a ${kind} selects no pods, and without a namespace no policy is written that does`,
            hint: 'give --namespace, or a zone with -f; or leave --selector out and write the policy yourself',
          },
        ]
      : []),
  ];
}
