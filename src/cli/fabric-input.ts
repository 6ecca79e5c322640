import { type Evidence, readEvidence } from '../app/infiniband/evidence.ts';
import type { SourceText } from '../kernel/source-text.ts';
import { readBytes } from '../live/files.ts';
import type { Option } from './command.ts';
import { readTexts } from './inputs.ts';
import type { Io } from './io.ts';

/** Dumps of the fabric, for verbs that join planes. */
export const fabricOption: Option = {
  name: 'fabric',
  value: 'DUMP',
  repeats: true,
  completes: 'file',
  help: 'A file that operators export of an InfiniBand fabric, as fabric audit reads it: whom training meets there, where no policy is asked. May be given again.',
};

/** Beside the files: `partitions`, of which the user says that it is the partition file, and texts that were fetched. */
interface MoreFabric {
  readonly partitions?: string | undefined;
  readonly more?: readonly SourceText[];
}

/** Reads dumps, configuration and manifests. Diagnostics of reading the files come first. */
export async function readFabric(paths: readonly string[], io: Io, { partitions, more = [] }: MoreFabric = {}): Promise<Evidence> {
  const dumps = await readTexts(paths, io);
  const named = partitions === undefined ? null : await readTexts([partitions], io);
  const evidence = await asOpenSmReads([...dumps.texts, ...more], named?.texts ?? [], io);
  return { ...evidence, diagnostics: [...dumps.diagnostics, ...(named?.diagnostics ?? []), ...evidence.diagnostics] };
}

/**
 * A partition file with its byte order mark, or byte by byte where it is UTF-16: whoever reads text drops the mark, and for OpenSM it is a part of the first
 * word, so that a comment behind it makes it refuse the file.
 */
async function asOpenSmReads(dumps: readonly SourceText[], named: readonly SourceText[], io: Io): Promise<Evidence> {
  const evidence = readEvidence(dumps, named);
  const file = evidence.partitions?.file;
  if (file === undefined || file === '-') return evidence;
  const bytes = await readBytes(file, { cwd: io.cwd, stdin: () => io.stdin.bytes() });
  if (!(bytes instanceof Uint8Array)) return evidence;
  const marked = [
    [0xef, 0xbb, 0xbf],
    [0xff, 0xfe],
    [0xfe, 0xff],
  ].some((mark) => mark.every((byte, i) => bytes[i] === byte));
  if (!marked) return evidence;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(bytes[0] === 0xef ? 'utf8' : 'latin1');
  const withMark = (texts: readonly SourceText[]): readonly SourceText[] => texts.map((t) => (t.file === file ? { file, text } : t));
  return readEvidence(withMark(dumps), withMark(named));
}
