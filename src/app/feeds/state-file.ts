import { z } from 'zod';
import { type FeedState, openOf } from '../../feeds/state.ts';
import type { Origin } from '../../kernel/origin.ts';
import { failed, ok, type Result } from '../../kernel/result.ts';
import { type FeedSource, feedIds } from '../../model/feed.ts';
import { type FeedTarget, feedTargetKinds } from '../../model/feed-report.ts';
import { isLabelKey, isLabelValue, isNamespaceName } from '../../model/label-syntax.ts';
import { type IpSet, ipIntersect, ipIsEmpty, ipUnionAll, parseCidr, toCidrs } from '../../space/ip-set.ts';
import { feedMark } from './target.ts';

/** A folder of feeds: what is written there and how, and what was taken of the feed so far. */
export interface FeedFolder {
  readonly target: FeedTarget;
  readonly state: FeedState;
  /** Blocks that a person added; no feed lists them. In address order. */
  readonly also: readonly string[];
  /** The edition that last changed each shard, by the shard's name. */
  readonly shards: Readonly<Record<string, FeedSource>>;
}

/** Lies beside the manifests. It does not end in .json, so that kubectl apply -f on the folder leaves it alone. */
export const stateFileName = 'feed.state';

const moment = z.iso.datetime();
const cidrs = z
  .array(z.string().max(64))
  .max(1_000_000)
  .transform((list, context): IpSet => {
    const parsed = list.map((text) => parseCidr(text));
    const wrong = parsed.findIndex((cidr, i) => cidr === undefined || cidr.text !== list[i]);
    if (wrong >= 0) context.addIssue({ code: 'custom', message: 'no block', path: [wrong] });
    return ipUnionAll(parsed.flatMap((cidr) => cidr?.set ?? []));
  });
const source = z.strictObject({
  provider: z.enum(feedIds),
  version: z.strictObject({ text: z.string().max(64), order: z.int().nonnegative() }).nullable(),
  date: moment.nullable(),
  fetched: moment.nullable(),
  files: z.array(z.strictObject({ name: z.string().max(200), from: z.string().max(2000).nullable(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })).max(10),
});
const names = z.array(z.string().max(200)).max(1000);
const file = z.strictObject({
  about: z.string(),
  apiVersion: z.literal('ringfence.dev/v1alpha1'),
  kind: z.literal('FeedState'),
  target: z.strictObject({
    kind: z.enum(feedTargetKinds),
    name: z.string().refine(isNamespaceName),
    namespace: z.string().refine(isNamespaceName).nullable(),
    selector: z.array(z.tuple([z.string().refine(isLabelKey), z.string().refine(isLabelValue)])).max(100),
    ports: z.array(z.int().min(1).max(65535)).max(24),
  }),
  filter: z.strictObject({ services: names, regions: names, families: z.enum(['v4', 'v6', 'both']) }),
  latest: source,
  listed: cidrs,
  held: z.array(z.strictObject({ since: moment, cidrs })).max(10_000),
  previous: z.strictObject({ source, open: cidrs }).nullable(),
  rejected: source.nullable(),
  also: cidrs,
  shards: z.record(z.string().regex(/^v[46](?:-[0-9a-f]{1,32}-\d{1,3})?$/), source),
});

/** Reads a state file. One that was damaged or edited is an error: nothing is opened or shut by guessing. */
export function readStateFile(text: string, path: string): Result<FeedFolder> {
  const origin: Origin = { document: { file: path, index: 0 }, path: [] };
  const fault = (what: string): Result<never> =>
    failed([
      {
        code: 'broken-state',
        severity: 'error',
        message: `This is not what ringfence feeds apply wrote: ${what}.`,
        hint: 'Take it back from version control. Without it, apply into an empty folder starts anew, with no hold-down for what was open.',
        origin,
      },
    ]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fault('it is no JSON');
  }
  const read = file.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    return fault(issue === undefined || issue.path.length === 0 ? 'it is of another kind' : `${issue.path.join('.')} is not as expected`);
  }
  const { target, filter, latest, listed, held, previous, rejected, also, shards } = read.data;
  const moments = held.map((h) => h.since);
  if (new Set(moments).size < moments.length) return fault('two entries of held are of one moment');
  const state: FeedState = { filter, latest, listed, held: held.map((h) => ({ since: h.since, set: h.cidrs })), previous, rejected };
  if (state.held.some((h) => !ipIsEmpty(ipIntersect(h.set, listed)))) return fault('an address is both listed and held');
  return ok({ target, state, also: toCidrs(also), shards });
}

/** The state file of a folder: the same folder gives the same bytes. */
export function stateFileText({ target, state, also, shards }: FeedFolder): string {
  const { filter, latest, listed, held, previous, rejected } = state;
  const value = {
    about: `${feedMark}${target.name}. Written by ringfence feeds apply: keep it beside the manifests and do not edit it.`,
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'FeedState',
    target,
    filter,
    latest,
    listed: toCidrs(listed),
    held: held.map((h) => ({ since: h.since, cidrs: toCidrs(h.set) })),
    previous: previous === null ? null : { source: previous.source, open: toCidrs(previous.open) },
    rejected,
    also,
    shards: Object.fromEntries(Object.entries(shards).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return `${JSON.stringify(value, null, 1)}\n`;
}

/** All that a folder's manifests open: what the feed lists or listed, and what was added by hand. */
export function openedBy({ state, also }: Pick<FeedFolder, 'state' | 'also'>): IpSet {
  return ipUnionAll([openOf(state), ...also.flatMap((text) => parseCidr(text)?.set ?? [])]);
}
