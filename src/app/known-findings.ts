import { type Locator, type Origin, within } from '../kernel/origin.ts';
import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic, Result } from '../kernel/result.ts';
import type { SourceText } from '../kernel/source-text.ts';
import { compareText, stableJson } from '../kernel/stable.ts';
import { TextLocator } from '../manifest/locator.ts';
import { parseSource } from '../manifest/parse.ts';
import type { Finding } from '../model/finding.ts';
import type { Ignored } from '../model/ignored.ts';

const apiVersion = 'ringfence.dev/baseline/v1';
const kind = 'Baseline';

/** A finding that was there when the baseline was written. What it says and whom it is about make it the same; where it stands does not. */
interface Known {
  readonly key: string;
  readonly title: string;
  readonly origin: Origin;
}

/** A baseline as it was read: an existing cluster is let in with all that is wrong with it, and only what is new counts. */
export interface Baseline {
  readonly known: readonly Known[];
  readonly locator: Locator;
}

/** Findings that are new, and those that the baseline knows. `gone` are warnings about entries that nothing is found for any more. */
export interface AgainstBaseline {
  readonly fresh: readonly Finding[];
  readonly known: readonly Ignored[];
  readonly gone: readonly Diagnostic[];
}

/** The text of a baseline that knows these findings. The same findings give the same text. */
export function baselineText(findings: readonly Finding[]): string {
  const known = [...new Map(findings.map((f) => [keyOf(f), { check: f.check, subjects: [...f.subjects], message: f.message }])).entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, entry]) => entry);
  return `${JSON.stringify({ apiVersion, kind, known }, null, 2)}\n`;
}

/** Reads a baseline. Every fault is told where it stands; one that cannot be read knows nothing. */
export function readBaseline(source: SourceText): Result<Baseline> {
  const file = parseSource(source);
  const [document, ...others] = file.documents;
  const faults: Diagnostic[] = [...file.diagnostics];
  const at = new Reader(document?.value, { document: document?.ref ?? { file: source.file, index: 0 }, path: [] }, faults);
  if (others.length > 0) at.error('several-documents', 'A baseline is one document.', 'Write it anew with --write-baseline.');
  at.object(['apiVersion', 'kind', 'known']);
  if (at.required('apiVersion')) at.field('apiVersion').oneOf([apiVersion]);
  if (at.required('kind')) at.field('kind').oneOf([kind]);
  const known = at
    .field('known')
    .each()
    .map((entry): Known => {
      entry.object(['check', 'subjects', 'message']);
      const check = entry.required('check') ? (entry.field('check').string() ?? '') : '';
      const message = entry.required('message') ? (entry.field('message').string() ?? '') : '';
      const subjects = entry
        .field('subjects')
        .each()
        .flatMap((s) => s.string() ?? []);
      return { key: keyOf({ check, message, subjects }), title: `${check}: ${message}`, origin: entry.origin };
    });
  return finish(faults, () => ({ known, locator: new TextLocator([file]) }));
}

/** Takes out what the baseline knows. */
export function againstBaseline(findings: readonly Finding[], { known }: Baseline): AgainstBaseline {
  const byKey = new Map(known.map((k) => [k.key, k]));
  const found = new Set<string>();
  const fresh: Finding[] = [];
  const taken: Ignored[] = [];
  for (const finding of findings) {
    const entry = byKey.get(keyOf(finding));
    if (entry === undefined) fresh.push(finding);
    else {
      found.add(entry.key);
      taken.push({ finding, reason: 'known from the baseline', until: null, origin: entry.origin });
    }
  }
  const gone = known.filter((k) => !found.has(k.key));
  return { fresh, known: taken, gone: gone.length === 0 ? [] : [goneWarning(gone)] };
}

function goneWarning(gone: readonly Known[]): Diagnostic {
  const [first] = gone as readonly [Known, ...Known[]];
  return {
    code: 'baseline-gone',
    severity: 'warning',
    message: `${gone.length === 1 ? 'One finding of the baseline is' : `${gone.length} findings of the baseline are`} no longer there, such as this one.`,
    hint: 'Write the baseline anew with --write-baseline, so that they cannot come back unseen.',
    origin: within(first.origin),
  };
}

function keyOf({ check, subjects, message }: Pick<Finding, 'check' | 'subjects' | 'message'>): string {
  return stableJson([check, [...subjects].sort(compareText), message]);
}
