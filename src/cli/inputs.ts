import { type PoliciesRead, readPolicyFiles } from '../app/iam/read-policies.ts';
import { type Loaded, loadSnapshot } from '../app/load.ts';
import { profileOf, profiles } from '../engine/profiles.ts';
import { type Seen, seenBy } from '../engine/seen-by.ts';
import type { Locator, Origin } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { SourceText } from '../kernel/source-text.ts';
import { type FilesRead, readPaths } from '../live/files.ts';
import type { Profile } from '../model/profile.ts';
import type { ClusterRanges } from '../model/snapshot.ts';
import { diagnosticsText } from '../report/diagnostic-text.ts';
import { readZones, type ZonesRead } from '../spec/parse.ts';
import type { LoadedZone } from '../spec/zone.ts';
import type { Operands, Option } from './command.ts';
import type { Io } from './io.ts';
import { noteRead } from './own-inputs.ts';
import type { Progress } from './progress.ts';
import { penOf } from './stream-pen.ts';
import { UsageError } from './usage-error.ts';

export const manifestOperands: Operands = {
  name: 'PATH',
  min: 1,
  max: null,
  help: 'Manifests: a file, a folder (every .yaml, .yml and .json below), or - for standard input. Output of kubectl get -o yaml|json, kustomize and Helm is fine.',
};

export const zoneOption: Option = { name: 'file', short: 'f', value: 'ZONE', repeats: true, completes: 'file', help: 'A TrainingZone; - is standard input.' };

/** `--profile` for verbs that decide. Not a list of choices: a name may leave its version out. */
export function profileOption(otherwise: string): Option {
  return {
    name: 'profile',
    value: 'NAME[@VERSION]',
    help: `The CNI whose behaviour counts: ${profiles.map((p) => p.id).join(', ')}. ${otherwise} when left out.`,
  };
}

/** `--strict`: one meaning for all verbs that judge. */
export const strictOption: Option = {
  name: 'strict',
  help: 'What is not known counts as reachable: where nothing may pass, an unknown verdict refutes, with its packet, and nothing that should be shut is left undecided.',
};

/** The profile that the user named, or the default. An unknown name is a usage error. */
export function namedProfile(text: string | undefined, otherwise: string): Profile {
  const result = profileOf(text ?? otherwise);
  if (result.ok) return result.value;
  throw new UsageError(result.diagnostics.map(({ message, hint }) => ({ message, ...(hint === undefined ? {} : { hint }) })));
}

/** The one profile that all zones' platforms name. Zones on different platforms need the user's word. */
export function profileOfZones(text: string | undefined, zones: readonly LoadedZone[]): Profile {
  const named = [...new Set(zones.map((z) => z.zone.spec.platform.cni))].map((cni) => namedProfile(undefined, cni));
  const ids = [...new Set(named.map((p) => p.id))];
  if (text === undefined && ids.length > 1)
    throw new UsageError([{ message: `the zones are for different platforms: ${ids.join(', ')}`, hint: 'give the one to judge by with --profile' }]);
  return namedProfile(text, ids[0] ?? 'kubernetes');
}

/** What was read, with the texts that it was read from. */
type WithTexts<T> = T & { readonly texts: readonly SourceText[] };

/** Reads files as they are. */
export async function readTexts(paths: readonly string[], io: Io): Promise<FilesRead> {
  const read = await readPaths(paths, { cwd: io.cwd, stdin: () => io.stdin.bytes() });
  noteRead(io, [...paths, ...read.texts.map((t) => t.file)]);
  return read;
}

/** Files that were to be read and could not be. */
function unreadIn(diagnostics: readonly Diagnostic[]): readonly Origin[] {
  return diagnostics.flatMap((d) => (d.severity === 'error' && d.origin !== null ? [d.origin] : []));
}

/** Reads manifests into a snapshot. Diagnostics of reading the files come first. */
export async function readCluster(paths: readonly string[], io: Io, progress: Progress, ranges: Partial<ClusterRanges> = {}): Promise<WithTexts<Loaded>> {
  progress.say(`reading ${paths.join(' ')}`);
  const { texts, diagnostics } = await readTexts(paths, io);
  progress.say(`understanding ${texts.length} files`);
  const loaded = loadSnapshot(texts, { ranges, unreadFiles: unreadIn(diagnostics) });
  return { ...loaded, texts, diagnostics: [...diagnostics, ...loaded.diagnostics] };
}

/** The cluster as the profile's CNI sees it: with the settings of the CNI that are among the manifests, and policies as its version reads them. */
export function seen<T extends Loaded>(cluster: T, profile: Profile): T & Seen {
  return { ...cluster, ...seenBy(cluster.snapshot, profile) };
}

/** Reads the zones given with `-f`. */
export async function readZoneFiles(paths: readonly string[], io: Io): Promise<WithTexts<ZonesRead>> {
  const { texts, diagnostics } = await readTexts(paths, io);
  const read = readZones(texts);
  return { ...read, texts, diagnostics: [...diagnostics, ...read.diagnostics] };
}

/** Reads policies of clouds. Diagnostics of reading the files come first. */
export async function readPolicies(paths: readonly string[], io: Io): Promise<WithTexts<PoliciesRead>> {
  const { texts, diagnostics } = await readTexts(paths, io);
  const read = readPolicyFiles(texts, unreadIn(diagnostics));
  return { ...read, texts, diagnostics: [...diagnostics, ...read.diagnostics] };
}

/** Refuses a command line in which two inputs would be standard input: it is read once. */
export function refuseStandardInputTwice(paths: readonly string[], message: string): void {
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError([{ message }]);
}

/** Finds places in several inputs: a file is located by the first that knows it. */
export function joinedLocator(...locators: readonly Locator[]): Locator {
  const knowing = (file: string): Locator | undefined => locators.find((l) => l.line(file, 1) !== undefined) ?? locators[0];
  return {
    locate: (origin, what) =>
      knowing(origin.document.file)?.locate(origin, what) ?? { file: origin.document.file, line: 1, column: 1, endLine: 1, endColumn: 1 },
    line: (file, line) => knowing(file)?.line(file, line),
  };
}

/** Prints diagnostics on standard error. Returns whether any is an error. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], locator: Locator, io: Io): boolean {
  io.stderr.write(diagnosticsText(diagnostics, { pen: penOf(io.stderr, io), locator }));
  return diagnostics.some((d) => d.severity === 'error');
}
