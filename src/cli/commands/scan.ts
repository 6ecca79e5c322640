import { applyIgnores } from '../../app/ignore.ts';
import { scanFabric } from '../../app/infiniband/scan-fabric.ts';
import { scan } from '../../app/scan.ts';
import { checks } from '../../checks/registry.gen.ts';
import { reach } from '../../engine/reach.ts';
import { cloudRules } from '../../report/cloud-reach.ts';
import { jsonText, scanJson } from '../../report/json.ts';
import { sarifText } from '../../report/sarif.ts';
import { scanMarkdown } from '../../report/scan-markdown.ts';
import { scanText } from '../../report/scan-text.ts';
import { zonesAmong } from '../../spec/parse.ts';
import { readAsked } from '../asked-cluster.ts';
import { baselineOptions, throughBaseline, writeBaseline } from '../baseline.ts';
import { checkSection, isFailing } from '../check-list.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { fabricOption, readFabric } from '../fabric-input.ts';
import { joinedLocator, manifestOperands, printDiagnostics, profileOption, readPolicies, refuseStandardInputTwice } from '../inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { progressOn } from '../progress.ts';

export const command: Command = {
  name: 'scan',
  summary: 'show what a compromised training pod can reach today',
  description: [
    'Finds training workloads (by GPU and RDMA requests and by the kinds and labels of training operators) and shows for each what it can reach, who can reach it, how far an intruder gets hop by hop, and which paths no policy governs. Then come findings, worst first, each with the place and a fix. Needs no configuration.',
    'Exits with 1 when there is a finding above info. A finding that is meant can be ignored with a comment on or above the object: # ringfence ignore[CHECK]: reason (until 2027-01-31).',
  ],
  operands: manifestOperands,
  options: [
    profileOption('kubernetes, the strict reading of the API'),
    {
      name: 'iam',
      value: 'POLICY',
      repeats: true,
      completes: 'file',
      help: 'AWS policies, a file or a folder, as iam verify reads them: says what training can reach and also read, write or delete with its roles, and which of it a zone among the manifests means. May be given again.',
    },
    fabricOption,
    formatOption(['text', 'json', 'sarif', 'markdown']),
    ...baselineOptions,
    outputOption,
  ],
  examples: [
    { line: 'ringfence scan ./manifests', note: 'every manifest below a folder' },
    { line: 'kustomize build overlays/prod | ringfence scan - --profile cilium@1.19', note: 'what kustomize makes, as Cilium enforces it' },
    { line: 'ringfence scan ./manifests --baseline baseline.json', note: 'only what is new fails; --write-baseline baseline.json writes it' },
    { line: 'ringfence scan ./manifests --format sarif -o ringfence.sarif', note: 'for code scanning on a pull request' },
  ],
  sections: () => [checkSection()],
  async run(invocation, { io, version }) {
    const progress = progressOn(io);
    const asked = await readAsked(invocation, io, progress);
    if (asked === null) return exitCodes.badInput;
    const { snapshot, profile, locator: manifests, diagnostics } = asked;
    const iam = invocation.texts('iam');
    const dumps = invocation.texts('fabric');
    refuseStandardInputTwice([...invocation.operands, ...iam, ...dumps], 'standard input can be one of the inputs');
    const evidence = dumps.length === 0 ? null : await readFabric(dumps, io);
    const policies = iam.length === 0 ? null : await readPolicies(iam, io);
    const zones = policies === null ? null : zonesAmong(snapshot.objects);
    progress.say('solving who reaches whom');
    const found = scan(snapshot, profile, reach(snapshot, profile), policies, zones?.zones);
    const chosen = applyIgnores(found.findings, {
      objects: snapshot.objects,
      locator: manifests,
      today: io.today,
      checks: [...checks, ...cloudRules].map((c) => c.slug),
    });
    const baseline = await throughBaseline(chosen.kept, invocation, io);
    const locator = joinedLocator(manifests, ...[policies, evidence].flatMap((read) => (read === null ? [] : [read.locator])), ...baseline.locators);
    const [kept, ignored] = [baseline.fresh, [...chosen.ignored, ...baseline.known]];
    const report = { ...found, findings: kept, ...(evidence === null ? {} : { infiniband: scanFabric(snapshot, evidence) }) };
    const all = [
      ...diagnostics,
      ...(policies?.diagnostics ?? []),
      ...(zones?.diagnostics ?? []),
      ...(evidence?.diagnostics ?? []),
      ...chosen.problems,
      ...baseline.diagnostics,
    ];
    progress.done();
    const broken = printDiagnostics(all, locator, io);
    const render = {
      text: () => scanText(report, { pen: resultPen(invocation, io), locator, inputs: invocation.operands }, ignored, all),
      json: () => jsonText(scanJson(report, { locator, diagnostics: all, ignored })),
      markdown: () => scanMarkdown(report, locator, all),
      sarif: () =>
        sarifText({
          version,
          rules: policies === null ? checks : [...checks, ...cloudRules],
          findings: kept,
          ignored,
          claims: [],
          diagnostics: all,
          locator,
          fallbackFile: snapshot.objects[0]?.origin.document.file ?? null,
        }),
    };
    emit(render[formatOf(invocation)](), invocation, io);
    writeBaseline(chosen.kept, broken, invocation, io);
    if (broken) return exitCodes.badInput;
    return kept.some(isFailing) ? exitCodes.findings : exitCodes.clean;
  },
};
