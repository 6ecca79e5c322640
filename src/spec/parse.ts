import { type Locator, type Origin, within } from '../kernel/origin.ts';
import { type Diagnostic, failed, ok, type Result } from '../kernel/result.ts';
import type { SourceText } from '../kernel/source-text.ts';
import { TextLocator } from '../manifest/locator.ts';
import { parseSource } from '../manifest/parse.ts';
import type { RawObject } from '../model/snapshot.ts';
import { zoneFaults } from './consistency.ts';
import { fieldFaults } from './issues.ts';
import { zoneSchema } from './schema.ts';
import { shown } from './text.ts';
import type { LoadedZone } from './zone.ts';

/** All zones of some files. `zones` holds those without errors; `locator` finds positions in every file, broken ones included. */
export interface ZonesRead {
  readonly zones: readonly LoadedZone[];
  readonly diagnostics: readonly Diagnostic[];
  readonly locator: Locator;
}

/** Reads the zones of every file. All faults are reported at their exact path; a broken zone hides no other. Files without a zone are faults. */
export function readZones(sources: readonly SourceText[]): ZonesRead {
  const files = sources.map(parseSource);
  const zones: LoadedZone[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    diagnostics.push(...file.diagnostics);
    const documents = file.documents.filter((document) => document.value !== null && document.value !== undefined);
    if (documents.length === 0 && file.diagnostics.length === 0) diagnostics.push(noZone({ document: { file: file.file, index: 0 }, path: [] }));
    for (const document of documents) {
      const read = readZone(document.value, { document: document.ref, path: [] });
      diagnostics.push(...read.diagnostics);
      if (read.ok) zones.push(read.value);
    }
  }
  diagnostics.push(...sharedFaults(zones));
  return { zones, diagnostics, locator: new TextLocator(files) };
}

/** Reads a text that holds exactly one zone. */
export function parseZone(text: string, file: string): Result<LoadedZone> {
  const { zones, diagnostics } = readZones([{ file, text }]);
  const [zone, second] = zones;
  if (diagnostics.some((one) => one.severity === 'error') || zone === undefined) return failed(diagnostics);
  if (second !== undefined)
    return failed([
      ...diagnostics,
      { code: 'several-zones', severity: 'error', message: 'One TrainingZone was expected and there are several.', origin: second.origin },
    ]);
  return ok(zone, diagnostics);
}

/** The zones among objects that were read as manifests. One with faults is left out, with a warning: nothing rests on it here. */
export function zonesAmong(objects: readonly Pick<RawObject, 'kind' | 'body' | 'origin'>[]): Pick<ZonesRead, 'zones' | 'diagnostics'> {
  const read = objects.filter((o) => o.kind === 'TrainingZone').map(({ body, origin }) => ({ origin, zone: readZone(body, origin) }));
  return {
    zones: read.flatMap(({ zone }) => (zone.ok ? [zone.value] : [])),
    diagnostics: read.flatMap(({ origin, zone }) =>
      zone.ok
        ? []
        : [
            {
              code: 'zone-not-read',
              severity: 'warning' as const,
              message: `This zone has faults, so nothing is marked as meant by it: ${zone.diagnostics.find((d) => d.severity === 'error')?.message ?? ''}`,
              hint: 'Mend it; ringfence verify -f names every fault at its place.',
              origin,
            },
          ],
    ),
  };
}

/** Reads one document as a zone: first each field by itself, then (when all are fine) what they say together. */
function readZone(value: unknown, origin: Origin): Result<LoadedZone> {
  const found = typeof value === 'object' && value !== null && Object.hasOwn(value, 'kind') ? (value as Readonly<Record<string, unknown>>).kind : undefined;
  if (typeof found === 'string' && found !== 'TrainingZone' && !/^training-?zone$/i.test(found)) {
    return failed([
      {
        code: 'not-a-zone',
        severity: 'error',
        message: `A TrainingZone was expected here, found kind ${shown(found)}.`,
        hint: 'Give manifests as paths, zones with -f.',
        origin: within(origin, 'kind'),
      },
    ]);
  }
  const hostile: Diagnostic[] = [];
  const document = withoutNothing(value, origin, hostile);
  if (hostile.length > 0) return failed(hostile);
  const parsed = zoneSchema.safeParse(document);
  if (!parsed.success) {
    const faults = parsed.error.issues.flatMap((issue) => fieldFaults(issue, document));
    return failed(
      faults.map(({ code, path, message, hint }) => ({
        code,
        severity: 'error',
        message,
        ...(hint === null ? {} : { hint }),
        origin: within(origin, ...path),
      })),
    );
  }
  const zone: LoadedZone = { zone: parsed.data, origin };
  const diagnostics = zoneFaults(zone);
  return diagnostics.some((one) => one.severity === 'error') ? failed(diagnostics) : ok(zone, diagnostics);
}

/** A copy in which members without a value are absent, as the Kubernetes API has it. `__proto__` as a key is refused: no copy of it is safe. Nests 200 levels at most. */
function withoutNothing(value: unknown, origin: Origin, faults: Diagnostic[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => withoutNothing(item, within(origin, index), faults));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  for (const [key] of members)
    if (key === '__proto__')
      faults.push({
        code: 'wrong-key',
        severity: 'error',
        message: 'The key __proto__ cannot stand in a zone.',
        hint: 'Remove it.',
        origin: within(origin, key),
      });
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNothing(member, within(origin, key), faults)]));
}

/** Faults between zones: each needs a name and a namespace of its own. */
function sharedFaults(zones: readonly LoadedZone[]): readonly Diagnostic[] {
  return zones.flatMap((loaded, index) => {
    const before = zones.slice(0, index);
    const { metadata, spec } = loaded.zone;
    const faults: Diagnostic[] = [];
    if (before.some((other) => other.zone.metadata.name === metadata.name))
      faults.push({
        code: 'zone-twice',
        severity: 'error',
        message: `There is another zone named ${metadata.name}.`,
        hint: 'Give each zone a name of its own.',
        origin: within(loaded.origin, 'metadata', 'name'),
      });
    const sharing = before.find((other) => other.zone.spec.namespace.name === spec.namespace.name);
    if (sharing !== undefined)
      faults.push({
        code: 'zones-share-namespace',
        severity: 'error',
        message: `The namespace ${spec.namespace.name} already belongs to zone ${sharing.zone.metadata.name}.`,
        hint: 'Give each zone a namespace of its own, or put the workloads into one zone.',
        origin: within(loaded.origin, 'spec', 'namespace', 'name'),
      });
    return faults;
  });
}

function noZone(origin: Origin): Diagnostic {
  return { code: 'no-zone', severity: 'error', message: 'There is no TrainingZone in this file.', hint: 'Write one with: ringfence init', origin };
}
