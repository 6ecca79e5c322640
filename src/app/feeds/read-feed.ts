import type { Feed } from '../../feeds/feed.ts';
import type { FeedProvider } from '../../feeds/provider.ts';
import type { Location, Locator, Origin } from '../../kernel/origin.ts';
import { finish, Reader, shown } from '../../kernel/reader.ts';
import { type Diagnostic, failed, type Result } from '../../kernel/result.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import { TextLocator } from '../../manifest/locator.ts';
import { mostTelling } from '../../manifest/most-told.ts';
import { type ParsedFile, parseSource } from '../../manifest/parse.ts';

/** A feed, or its faults, and what finds their places. */
export interface FeedRead {
  readonly result: Result<Feed>;
  readonly locator: Locator;
}

/**
 * Reads the files of a provider's feed, in the order of `provider.files`; `names` are what they were called where they came from. JSON is one document, a map, in which no key stands twice. Throws when there are
 * more or fewer texts than the provider has files: that is the caller's to see to.
 */
export function readFeed(provider: FeedProvider, texts: readonly SourceText[], names: readonly string[] = texts.map((t) => t.file)): FeedRead {
  if (texts.length !== provider.files.length) throw new Error(`${provider.id} has ${provider.files.length} files, not ${texts.length}`);
  const diagnostics: Diagnostic[] = [];
  const parsed: ParsedFile[] = [];
  const contents = texts.flatMap((source, i) => {
    const name = names[i] ?? source.file;
    const origin: Origin = { document: { file: source.file, index: 0 }, path: [] };
    if (provider.files[i]?.format === 'lines') return { at: new Reader(linesOf(source.text), origin, diagnostics), file: name };
    const file = parseSource(source);
    parsed.push(file);
    diagnostics.push(...file.diagnostics);
    const [document, second] = file.documents;
    if (document !== undefined && document.value !== null && second === undefined) return { at: new Reader(document.value, origin, diagnostics), file: name };
    if (file.diagnostics.every((d) => d.severity !== 'error'))
      diagnostics.push({
        code: 'not-a-feed',
        severity: 'error',
        message: `${shown(source.file)} holds ${second === undefined ? 'nothing' : 'several documents'}; expected ${provider.files[i]?.name} of ${provider.title}.`,
        origin,
      });
    return [];
  });
  const locator = new FeedLocator(
    new TextLocator(parsed),
    texts.filter((_, i) => provider.files[i]?.format === 'lines'),
  );
  if (contents.length < texts.length) return { result: failed(diagnostics), locator };
  const feed = provider.read(contents);
  return { result: finish(mostTelling(diagnostics), () => feed), locator };
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/);
}

/** Finds places in JSON, and in plain lists, whose origins count lines from 0. */
class FeedLocator implements Locator {
  readonly #json: Locator;
  readonly #lists: ReadonlyMap<string, readonly string[]>;

  constructor(json: Locator, lists: readonly SourceText[]) {
    this.#json = json;
    this.#lists = new Map(lists.map(({ file, text }) => [file, linesOf(text)]));
  }

  locate(origin: Origin, what?: 'key' | 'value'): Location {
    const { file } = origin.document;
    const lines = this.#lists.get(file);
    if (lines === undefined) return this.#json.locate(origin, what);
    const [step] = origin.path;
    const line = typeof step === 'number' ? step + 1 : 1;
    return { file, line, column: 1, endLine: line, endColumn: (lines[line - 1]?.length ?? 0) + 1 };
  }

  line(file: string, line: number): string | undefined {
    const lines = this.#lists.get(file);
    return lines === undefined ? this.#json.line(file, line) : lines[line - 1];
  }
}
