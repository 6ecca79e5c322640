import { type BundledFeed, bundleFault, bundleIndexName, bundlePath, readBundleIndex, sha256Of } from '../app/feeds/bundle.ts';
import { readFeed } from '../app/feeds/read-feed.ts';
import type { Feed } from '../feeds/feed.ts';
import type { FeedProvider } from '../feeds/provider.ts';
import { providers } from '../feeds/registry.gen.ts';
import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { decodeText } from '../live/decode-text.ts';
import { readBytes } from '../live/files.ts';
import { isFolder } from '../live/output.ts';
import type { FeedId, FeedSource } from '../model/feed.ts';
import type { Io } from './io.ts';
import { noteRead } from './own-inputs.ts';
import { placeless } from './placeless.ts';
import { UsageError } from './usage-error.ts';

/** The largest file that is taken for a feed, unpacked: Azure's, the longest, has 4 MB. */
export const mostFeedBytes: number = 64 * 2 ** 20;

/** The content of one file of a feed, where it lies (as the user wrote it) and where it is from. */
export interface FeedBytes {
  readonly path: string;
  readonly from: string | null;
  readonly bytes: Uint8Array;
}

/** A feed as it was found, read and understood. */
export interface FeedInput {
  readonly provider: FeedProvider;
  readonly feed: Feed;
  readonly source: FeedSource;
  readonly files: readonly FeedBytes[];
}

/** A feed, or null where it has faults. */
export interface FeedInputRead {
  readonly input: FeedInput | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly locator: Locator;
}

export function providerNamed(id: FeedId): FeedProvider {
  const found = providers.find((p) => p.id === id);
  if (found === undefined) throw new Error(`no provider ${id}`);
  return found;
}

/** Understands the bytes of a feed, in the order of the provider's files. */
export function understood(provider: FeedProvider, files: readonly FeedBytes[], fetched: string | null): FeedInputRead {
  const diagnostics: Diagnostic[] = [];
  const texts = files.flatMap(({ path, bytes }) => {
    const decoded = decodeText(bytes);
    if ('text' in decoded) return [{ file: path, text: decoded.text }];
    const message = `This is no text: line ${decoded.line}, byte ${decoded.byte} is not ${decoded.encoding}.`;
    diagnostics.push({ code: 'not-text', severity: 'error', message, origin: { document: { file: path, index: 0 }, path: [] } });
    return [];
  });
  if (texts.length < files.length) return { input: null, diagnostics, locator: placeless };
  const { result, locator } = readFeed(
    provider,
    texts,
    files.map(({ path, from }) => from ?? path),
  );
  if (!result.ok) return { input: null, diagnostics: result.diagnostics, locator };
  const feed = result.value;
  const source: FeedSource = {
    provider: provider.id,
    version: feed.version,
    date: feed.date,
    fetched,
    files: files.map(({ from, bytes }, i) => ({ name: provider.files[i]?.name ?? '', from, sha256: sha256Of(bytes) })),
  };
  return { input: { provider, feed, source, files }, diagnostics: result.diagnostics, locator };
}

/** Reads the feed at `paths`: a bundle's folder, or the files of the provider. `wanted` is whose it is; null: the bundle must tell. */
export async function readFeedInput(paths: readonly string[], wanted: FeedId | null, io: Io): Promise<FeedInputRead> {
  const [first] = paths;
  if (paths.length === 1 && first !== undefined && first !== '-' && isFolder(io.cwd, first)) return fromBundle(first, wanted, io);
  if (wanted === null)
    throw new UsageError([
      { message: 'whose feed this is cannot be told from a file', hint: `give --provider, one of ${providers.map((p) => p.id).join(', ')}` },
    ]);
  const provider = providerNamed(wanted);
  const read = await bytesOf(inOrder(paths, provider), io);
  if (read.diagnostics.length > 0) return { input: null, diagnostics: read.diagnostics, locator: placeless };
  return understood(
    provider,
    read.files.map((file) => ({ ...file, from: file.path === '-' ? null : (file.path.replaceAll('\\', '/').split('/').at(-1) ?? null) })),
    null,
  );
}

/** The list of contents of a bundle's folder; null where the folder has none. */
export async function readBundle(
  folder: string,
  io: Io,
): Promise<{ readonly feeds: readonly BundledFeed[] | null; readonly diagnostics: readonly Diagnostic[] }> {
  const path = below(folder, bundleIndexName);
  const bytes = await readBytes(path, source(io));
  if (!(bytes instanceof Uint8Array)) return { feeds: null, diagnostics: bytes.code === 'no-such-file' ? [] : [bytes] };
  noteRead(io, [path]);
  const decoded = decodeText(bytes);
  const index = readBundleIndex('text' in decoded ? decoded.text : '', path);
  return index.ok ? { feeds: index.value, diagnostics: [] } : { feeds: null, diagnostics: index.diagnostics };
}

async function fromBundle(folder: string, wanted: FeedId | null, io: Io): Promise<FeedInputRead> {
  const { feeds, diagnostics } = await readBundle(folder, io);
  if (diagnostics.length > 0) return { input: null, diagnostics, locator: placeless };
  if (feeds === null)
    throw new UsageError([{ message: `${folder} holds no ${bundleIndexName}: it is no bundle of feeds`, hint: 'write one with ringfence feeds fetch' }]);
  const ids = feeds.map((f) => f.provider);
  const chosen = wanted ?? (ids.length === 1 ? (ids[0] ?? null) : null);
  if (chosen === null) throw new UsageError([{ message: `${folder} holds feeds of ${ids.join(', ')}`, hint: 'say which with --provider' }]);
  const bundled = feeds.find((f) => f.provider === chosen);
  const provider = providerNamed(chosen);
  if (bundled === undefined || bundled.files.length !== provider.files.length)
    throw new UsageError([
      {
        message: `${folder} holds no feed of ${chosen}${ids.length > 0 ? `, only of ${ids.join(', ')}` : ''}`,
        hint: `fetch it with ringfence feeds fetch ${chosen}`,
      },
    ]);
  const read = await bytesOf(
    provider.files.map(({ name }) => below(folder, bundlePath(chosen, name))),
    io,
  );
  const faults = [
    ...read.diagnostics,
    ...read.files.flatMap(({ path, bytes }, i) => {
      const expected = bundled.files[i];
      return expected === undefined ? [] : (bundleFault(bytes, expected, path) ?? []);
    }),
  ];
  if (faults.length > 0) return { input: null, diagnostics: faults, locator: placeless };
  return understood(
    provider,
    read.files.map((file, i) => ({ ...file, from: bundled.files[i]?.from ?? null })),
    bundled.fetched,
  );
}

async function bytesOf(
  paths: readonly string[],
  io: Io,
): Promise<{ readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[]; readonly diagnostics: readonly Diagnostic[] }> {
  const files: { path: string; bytes: Uint8Array }[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    const bytes = await readBytes(path, source(io));
    if (bytes instanceof Uint8Array) files.push({ path, bytes });
    else diagnostics.push(bytes);
  }
  noteRead(io, paths);
  return { files, diagnostics };
}

/** The paths in the order of the provider's files, by the start of their names where that tells; else as they were given. */
function inOrder(paths: readonly string[], { id, files }: FeedProvider): readonly string[] {
  if (paths.length !== files.length)
    throw new UsageError([
      { message: `the feed of ${id} is ${files.length === 1 ? 'one file' : files.map((f) => f.name).join(' and ')}; ${paths.length} were given` },
    ]);
  const stems = files.map(({ name }) => name.replace(/\.json$/, ''));
  const sorted = stems.map((stem) => paths.filter((path) => path.split('/').at(-1)?.startsWith(stem) === true));
  return sorted.every((found) => found.length === 1) ? sorted.flat() : paths;
}

function source(io: Io): Parameters<typeof readBytes>[1] {
  return { cwd: io.cwd, stdin: () => io.stdin.bytes(), largest: mostFeedBytes };
}

function below(folder: string, path: string): string {
  return `${folder.replace(/\/+$/, '')}/${path}`;
}
