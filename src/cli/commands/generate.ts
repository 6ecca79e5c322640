import { filesBeside } from '../../app/generate/monitoring/settings.ts';
import { compileAll } from '../../app/generate.ts';
import { type FolderState, inspectFolder, writeFolder } from '../../live/output.ts';
import { madeByUs } from '../../model/made-by.ts';
import type { Pack, PackFile } from '../../model/pack.ts';
import { diagnosticsJson, jsonText } from '../../report/json.ts';
import { type GenerateJson, type PackFileState, reportApiVersion } from '../../report/json-types.ts';
import type { Pen } from '../../report/pen.ts';
import { visible } from '../../report/visible.ts';
import { counted } from '../../report/words.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { printDiagnostics, readTexts, readZoneFiles, zoneOption } from '../inputs.ts';
import { formatOf, formatOption } from '../present.ts';
import { penOf } from '../stream-pen.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'generate',
  summary: 'write the policies that a zone needs, as a kustomize-ready pack',
  description: [
    'Writes everything that makes the zone true for its platform: namespace, quota, default deny, communication inside a job, DNS, storage, credentials, service accounts, what pod templates must contain, and a README that says what each file is for and what is not covered. The same zone gives the same bytes. What the platform cannot express is refused, never widened.',
    'A folder is updated whole or not at all. Only files of the pack are replaced, and only in a folder that holds a pack; files of an earlier pack that are no longer part of it are named and left alone. Without -o the manifests go to standard output. Several zones become a folder each.',
  ],
  operands: { name: 'ZONE', min: 0, max: null, help: 'A TrainingZone, the same as -f ZONE.' },
  options: [
    zoneOption,
    { name: 'output', short: 'o', value: 'FOLDER', completes: 'folder', help: 'The folder of the pack; made when it does not exist.' },
    { name: 'check', help: 'Write nothing; exit with 1 when the folder of -o differs from what would be written.' },
    formatOption(['text', 'json'], {
      sarif: 'generate writes manifests and has no findings to write as SARIF',
      markdown: 'generate writes manifests; the pack holds a README.md',
    }),
  ],
  examples: [
    { line: 'ringfence generate -f zone.yaml -o pack/', note: 'write the pack' },
    { line: 'ringfence generate -f zone.yaml -o pack/ --check', note: 'in CI: is the pack up to date?' },
    { line: 'ringfence generate -f zone.yaml | kubectl apply --dry-run=server -f -', note: 'would the API server take it?' },
  ],
  async run(invocation, { io }) {
    const files = [...invocation.texts('file'), ...invocation.operands];
    const output = invocation.text('output');
    const checked = invocation.flag('check');
    if (files.length === 0) throw new UsageError([{ message: 'generate needs a zone: -f ZONE', hint: 'write one with: ringfence init' }]);
    if (checked && output === undefined) throw new UsageError([{ message: '--check needs the folder to compare with: -o FOLDER' }]);
    const { zones, diagnostics: faults, locator } = await readZoneFiles(files, io);
    const readable = !faults.some((d) => d.severity === 'error');
    const beside = await readTexts(readable ? zones.flatMap(filesBeside) : [], io);
    const compiled = readable ? compileAll(zones, beside.texts) : null;
    const diagnostics = [...faults, ...beside.diagnostics, ...(compiled?.diagnostics ?? [])];
    printDiagnostics(diagnostics, locator, io);
    if (compiled === null || !compiled.ok) return exitCodes.badInput;
    const packFiles = allFiles(compiled.value);
    const report = (states: GenerateJson['files'], clean: boolean): GenerateJson => ({
      $schema: 'https://ringfence.dev/schemas/generate.v1.json',
      apiVersion: reportApiVersion,
      kind: 'GenerateReport',
      folder: output ?? null,
      checked,
      clean,
      zones: compiled.value.map((pack) => pack.zone),
      files: states,
      diagnostics: diagnosticsJson(diagnostics, locator),
    });
    const json = formatOf(invocation) === 'json';
    if (output === undefined) {
      io.stdout.write(
        json
          ? jsonText(
              report(
                packFiles.map((f) => ({ path: f.path, state: 'computed', text: f.text })),
                false,
              ),
            )
          : manifestStream(packFiles),
      );
      return exitCodes.clean;
    }
    const state = inspectFolder(io.cwd, output, packFiles, (head) => head.includes(madeByUs));
    const clean = state.stale.length === 0 && state.files.every((f) => f.state === 'unchanged');
    if (!checked) {
      refuseForeign(output, state);
      const fresh = new Set(state.files.filter((f) => f.state !== 'unchanged').map((f) => f.path));
      if (fresh.size > 0) {
        writeFolder(
          io.cwd,
          output,
          packFiles.filter((f) => fresh.has(f.path)),
        );
      }
    }
    const states = [...state.files, ...state.stale.map((path) => ({ path, state: 'stale' as const }))];
    io.stdout.write(json ? jsonText(report(states, clean)) : summary(output, states, checked, penOf(io.stdout, io)));
    return checked && !clean ? exitCodes.findings : exitCodes.clean;
  },
};

/** One pack lies in the folder itself, several in a folder each. */
function allFiles(packs: readonly Pack[]): PackFile[] {
  return packs.length === 1
    ? [...(packs[0]?.files ?? [])]
    : packs.flatMap((pack) => pack.files.map((file) => ({ path: `${pack.zone}/${file.path}`, text: file.text })));
}

/** What the API server takes, as one stream: no README, no kustomization, no fragments of pod templates, no rule files or values. */
function manifestStream(files: readonly PackFile[]): string {
  return files
    .filter(
      ({ path, text }) =>
        path.endsWith('.yaml') && !path.endsWith('.patch.yaml') && path.split('/').at(-1) !== 'kustomization.yaml' && /^apiVersion: /m.test(text),
    )
    .map(({ text }) => text)
    .join('---\n');
}

function refuseForeign(output: string, { foreign }: FolderState): void {
  if (foreign.length === 0) return;
  throw new UsageError(
    foreign.map((path) => ({
      message: `${output} holds ${JSON.stringify(path)}, which ringfence did not make; nothing was written`,
      hint: 'choose an empty folder, or move the file away',
    })),
  );
}

function summary(output: string, states: readonly { readonly path: string; readonly state: PackFileState }[], checked: boolean, pen: Pen): string {
  const of = (state: PackFileState): string[] => states.filter((s) => s.state === state).map((s) => s.path);
  const [created, changed, unchanged, stale] = [of('created'), of('changed'), of('unchanged'), of('stale')];
  const line = (sign: string, path: string, note: string): string => `  ${sign} ${visible(path)}  ${pen.ink(note, 'dim')}`;
  const lines = [
    ...created.map((path) => line(pen.ink('+', 'green'), path, checked ? 'is missing' : 'created')),
    ...changed.map((path) => line(pen.ink('~', 'yellow'), path, checked ? 'differs' : 'changed')),
    ...stale.map((path) => line(pen.ink('!', 'red'), path, 'of an earlier pack; remove it')),
  ];
  const clean = lines.length === 0;
  const kept = unchanged.length > 0 && !clean ? `, ${unchanged.length} unchanged` : '';
  const head = clean
    ? `${visible(output)} is up to date: ${counted(unchanged.length, 'file')}`
    : checked
      ? `${visible(output)} is out of date`
      : `${visible(output)}: ${counted(created.length + changed.length, 'file')} written${kept}`;
  return `${[pen.ink(head, 'bold'), ...lines].join('\n')}\n`;
}
