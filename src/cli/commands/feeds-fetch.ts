import { type BundledFeed, bundleIndexName, bundleIndexText, bundlePath } from '../../app/feeds/bundle.ts';
import { prefixCount } from '../../feeds/feed.ts';
import type { FeedProvider } from '../../feeds/provider.ts';
import { olderThan } from '../../feeds/refusals.ts';
import { providers } from '../../feeds/registry.gen.ts';
import { isOlder } from '../../feeds/source-order.ts';
import { download, downloadUrl, internet } from '../../live/download.ts';
import { isTaken, writeFolder } from '../../live/output.ts';
import { UnfinishedError } from '../../live/unfinished-error.ts';
import type { FeedId } from '../../model/feed.ts';
import type { FeedFetchReport, FetchedFeed } from '../../model/feed-report.ts';
import type { Finding } from '../../model/finding.ts';
import { feedFetchJson, feedFetchText } from '../../report/feed-fetch.ts';
import { jsonText } from '../../report/json.ts';
import type { CliContext, Command, Invocation } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { type FeedBytes, type FeedInput, type FeedInputRead, mostFeedBytes, providerNamed, readBundle, readFeedInput, understood } from '../feed-input.ts';
import { joinedLocator, printDiagnostics } from '../inputs.ts';
import type { Io } from '../io.ts';
import { formatOf, formatOption } from '../present.ts';
import { progressOn } from '../progress.ts';
import { penOf } from '../stream-pen.ts';
import { UsageError } from '../usage-error.ts';

/** Of one file. Azure's 4 MB take some seconds on a slow line. */
const seconds = 60;

export const command: Command = {
  name: 'feeds fetch',
  summary: 'fetch lists of addresses that clouds publish, into a bundle',
  description: [
    'Downloads the feeds and writes them into a folder, byte for byte, with a list of contents that holds where and when each was fetched and its SHA-256. The folder is what feeds diff and feeds apply read; carried over to where there is no internet it is an offline bundle. A feed that cannot be read in full is not stored, and none of the others then.',
    `Downloads are made over HTTPS only, to addresses of the internet only (the one that was looked at is the one that is connected to), follow no redirect, and end after ${seconds} seconds or ${mostFeedBytes / 2 ** 20} MiB a file. No proxy is used: where one is needed, download by other means and give the file with --from.`,
    'Exits with 1 when the bundle holds a newer edition than what was fetched; that one stays. Exits with 3 when a download fails.',
  ],
  operands: {
    name: 'PROVIDER',
    min: 1,
    max: null,
    choices: providers.map((p) => p.id),
    help: 'Whose feeds. google-apis is what is Google’s and no customer’s, from two files of one moment.',
  },
  options: [
    {
      name: 'output',
      short: 'o',
      value: 'FOLDER',
      completes: 'folder',
      help: 'The bundle; made when it does not exist. Feeds in it that are not asked for stay as they are.',
    },
    {
      name: 'url',
      value: 'URL',
      repeats: true,
      help: 'Where to download from in place of the provider’s own address, once for each file of the feed. Azure needs it: each of its editions has an address of its own.',
    },
    { name: 'from', value: 'PATH', repeats: true, completes: 'file', help: 'Take the feed from these files, or from another bundle, and download nothing.' },
    formatOption(['text', 'json'], { sarif: 'feeds fetch has no findings in files to write as SARIF', markdown: 'feeds fetch writes text or json' }),
  ],
  examples: [
    { line: 'ringfence feeds fetch aws google-apis -o feeds/', note: 'download two feeds' },
    { line: 'ringfence feeds fetch azure --from ServiceTags_Public_20261123.json -o feeds/', note: 'a file that was downloaded by hand' },
  ],
  sections: () => [{ title: 'Providers', rows: providers.map((p) => [p.id, `${p.title}; ${p.source}`] as const) }],
  run: fetchFeeds,
};

async function fetchFeeds(invocation: Invocation, { io, version }: CliContext): ReturnType<Command['run']> {
  const wanted = [...new Set(invocation.operands)] as FeedId[];
  const folder = invocation.text('output');
  if (folder === undefined) throw new UsageError([{ message: 'feeds fetch needs the folder of the bundle: -o FOLDER' }]);
  const sources = sourcesOf(invocation, wanted.map(providerNamed));
  const { feeds: there, diagnostics: faults } = await readBundle(folder, io);
  const reads: FeedInputRead[] = [];
  const progress = progressOn(io);
  for (const { provider, read } of sources) {
    progress.say(`fetching ${provider.id}`);
    reads.push(await read(io, `ringfence/${version}`));
  }
  progress.done();
  const diagnostics = [...faults, ...reads.flatMap((r) => r.diagnostics)];
  const locator = joinedLocator(...reads.map((r) => r.locator));
  const failed = printDiagnostics(diagnostics, locator, io);
  if (failed) return exitCodes.badInput;
  const report = await store(
    folder,
    there ?? [],
    reads.flatMap((r) => r.input ?? []),
    io,
  );
  io.stdout.write(
    formatOf(invocation) === 'json' ? jsonText(feedFetchJson(report, { locator, diagnostics })) : feedFetchText(report, { pen: penOf(io.stdout, io), locator }),
  );
  return report.findings.length > 0 ? exitCodes.findings : exitCodes.clean;
}

interface Source {
  readonly provider: FeedProvider;
  read(io: Io, agent: string): Promise<FeedInputRead>;
}

/** Where each feed is to come from; everything wrong with that is a usage error, before anything is asked. */
function sourcesOf(invocation: Invocation, asked: readonly FeedProvider[]): readonly Source[] {
  const urls = invocation.texts('url');
  const from = invocation.texts('from');
  if (urls.length > 0 && from.length > 0) throw new UsageError([{ message: '--url and --from do not go together' }]);
  if (from.length > 0) return asked.map((provider) => ({ provider, read: (io) => readFeedInput(from, provider.id, io) }));
  if (urls.length > 0 && asked.length > 1) throw new UsageError([{ message: '--url is for one provider at a time' }]);
  return asked.map((provider) => {
    const addresses = urls.length > 0 ? urls : provider.files.flatMap((f) => f.url ?? []);
    if (addresses.length !== provider.files.length) {
      const needs = provider.files.map((f) => f.name).join(' and ');
      throw new UsageError([
        urls.length > 0
          ? { message: `${provider.id} needs ${provider.files.length === 1 ? 'one --url' : `${provider.files.length} times --url`}, for ${needs}` }
          : { message: `${provider.id} has an address of its own for each edition`, hint: `find it at ${provider.source} and give it with --url` },
      ]);
    }
    const parsed = addresses.map(downloadUrl);
    const wrong = parsed.filter((url) => typeof url === 'string');
    if (wrong.length > 0) throw new UsageError(wrong.map((message) => ({ message })));
    return { provider, read: (io, agent) => downloaded(provider, parsed as readonly URL[], io, agent) };
  });
}

const again = 'Try again later, or download the file by other means and give it with --from.';

async function downloaded(provider: FeedProvider, urls: readonly URL[], io: Io, agent: string): Promise<FeedInputRead> {
  const files: FeedBytes[] = [];
  for (const url of urls) {
    const bytes = await download(url, { mostBytes: mostFeedBytes, seconds }, { agent, what: 'feed', mend: again }, io.downloads ?? internet).catch(
      (error: unknown) => Promise.reject(error instanceof UnfinishedError ? withoutProxy(error, io) : error),
    );
    files.push({ path: url.href, from: url.href, bytes });
  }
  return understood(provider, files, io.now);
}

/** A proxy looks names up by itself: nobody here would see which address is connected to, so none is used. Whoever has one set is told. */
function withoutProxy(error: UnfinishedError, { env }: Io): UnfinishedError {
  const name = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'].find((one) => (env[one] ?? '') !== '');
  if (name === undefined) return error;
  return new UnfinishedError(error.message, `${name} is set, and feeds fetch uses no proxy: download the file through it (curl -O), and give it with --from.`);
}

/** Writes the bundle with what is new in it, whole or not at all. */
async function store(folder: string, there: readonly BundledFeed[], inputs: readonly FeedInput[], io: Io): Promise<FeedFetchReport> {
  const fetched: FetchedFeed[] = [];
  const findings: Finding[] = [];
  const index = new Map(there.map((feed) => [feed.provider, feed]));
  const files: { path: string; text: string | Uint8Array }[] = [];
  for (const input of inputs) {
    const { provider, feed, source } = input;
    const known = index.get(provider.id);
    const before = known === undefined ? null : (await readFeedInput([folder], provider.id, io)).input;
    const older = before !== null && isOlder(source, before.source);
    const same = before !== null && source.files.every(({ sha256 }, i) => sha256 === before.source.files[i]?.sha256);
    const state = older ? 'kept' : known === undefined ? 'created' : same ? 'unchanged' : 'changed';
    if (older) findings.push(olderThan(source, before.source));
    fetched.push({
      source,
      state,
      prefixes: feed.groups.reduce((sum, group) => sum + prefixCount(group), 0),
      services: new Set(feed.groups.map((group) => group.service)).size,
    });
    if (older) continue;
    const bundled = provider.files.map(({ name }, i) => ({ name, bytes: input.files[i]?.bytes ?? new Uint8Array() }));
    // A file in the way that no list of contents names is somebody else's.
    const foreign = known === undefined ? bundled.filter(({ name }) => isTaken(io.cwd, `${folder}/${bundlePath(provider.id, name)}`)) : [];
    if (foreign.length > 0)
      throw new UsageError(
        foreign.map(({ name }) => ({
          message: `${folder} holds ${bundlePath(provider.id, name)}, which no bundle names; nothing was written`,
          hint: 'move the file away',
        })),
      );
    if (!same) files.push(...bundled.map(({ name, bytes }) => ({ path: bundlePath(provider.id, name), text: bytes })));
    index.set(provider.id, {
      provider: provider.id,
      // A copy of the same bytes that nobody dated does not make a dated one undated.
      fetched: source.fetched ?? (same ? before.source.fetched : null),
      files: bundled.map(({ name, bytes }, i) => ({ name, from: source.files[i]?.from ?? null, bytes: bytes.length, sha256: source.files[i]?.sha256 ?? '' })),
    });
  }
  const contents = bundleIndexText([...index.values()]);
  if (files.length > 0 || contents !== bundleIndexText(there)) writeFolder(io.cwd, folder, [...files, { path: bundleIndexName, text: contents }]);
  return { folder, feeds: fetched, findings };
}
