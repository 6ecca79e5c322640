import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Origin } from '../../kernel/origin.ts';
import { type Diagnostic, failed, ok, type Result } from '../../kernel/result.ts';
import { stableJson } from '../../kernel/stable.ts';
import { type FeedId, feedIds } from '../../model/feed.ts';

/** One file of a bundle: where it came from, and what must be in it. */
interface BundledFile {
  readonly name: string;
  readonly from: string | null;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a bundle has of one provider. `fetched` null: not downloaded by us. */
export interface BundledFeed {
  readonly provider: FeedId;
  readonly fetched: string | null;
  readonly files: readonly BundledFile[];
}

/** The list of contents of a bundle: a folder of feeds that can be carried to where there is no internet. */
export const bundleIndexName = 'bundle.json';

const moment = z.iso.datetime();
const index = z.object({
  kind: z.literal('FeedBundle'),
  apiVersion: z.literal('ringfence.dev/v1alpha1'),
  feeds: z
    .array(
      z.object({
        provider: z.enum(feedIds),
        fetched: moment.nullable(),
        files: z
          .array(
            z.object({
              name: z.string().max(200),
              from: z.string().max(2000).nullable(),
              bytes: z.int().nonnegative(),
              sha256: z.string().regex(/^[0-9a-f]{64}$/),
            }),
          )
          .max(10),
      }),
    )
    .max(100),
});

/** Reads a bundle's list of contents. No name in it is used as a path. */
export function readBundleIndex(text: string, file: string): Result<readonly BundledFeed[]> {
  const origin: Origin = { document: { file, index: 0 }, path: [] };
  const fault = (message: string): Result<never> =>
    failed([{ code: 'not-a-bundle', severity: 'error', message, hint: 'Write the bundle anew with ringfence feeds fetch.', origin }]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fault('This is no JSON; expected the list of contents of a bundle of feeds.');
  }
  const read = index.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    return fault(
      `This is no list of contents of a bundle of feeds: ${issue === undefined || issue.path.length === 0 ? 'it is of another kind' : `${issue.path.join('.')} is not as expected`}.`,
    );
  }
  const providers = read.data.feeds.map((feed) => feed.provider);
  return new Set(providers).size === providers.length ? ok(read.data.feeds) : fault('A provider is listed twice.');
}

/** The list of contents as text, providers in name order. */
export function bundleIndexText(feeds: readonly BundledFeed[]): string {
  const sorted = [...feeds].sort((a, b) => (a.provider < b.provider ? -1 : 1));
  return `${stableJson({ apiVersion: 'ringfence.dev/v1alpha1', kind: 'FeedBundle', feeds: sorted }, 2)}\n`;
}

/** Where a file lies in a bundle. */
export function bundlePath(provider: FeedId, name: string): string {
  return `${provider}/${name}`;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What is wrong with the bytes at a place of a bundle; null when they are what its list of contents says. */
export function bundleFault(bytes: Uint8Array, expected: BundledFile, file: string): Diagnostic | null {
  if (bytes.length === expected.bytes && sha256Of(bytes) === expected.sha256) return null;
  return {
    code: 'wrong-digest',
    severity: 'error',
    message: `This file is not the one that the bundle's list of contents was written for: its SHA-256 is ${sha256Of(bytes)}, expected ${expected.sha256}.`,
    hint: 'It was changed or damaged on the way. Carry the bundle over again; never edit a file in it.',
    origin: { document: { file, index: 0 }, path: [] },
  };
}
