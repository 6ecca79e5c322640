import { withAdvice } from '../../app/advice/advise-claims.ts';
import { makeCertificate } from '../../app/certificate/make.ts';
import { rangesOf } from '../../app/certificate/zone-ranges.ts';
import { withIdentities } from '../../app/iam/with-identities.ts';
import { applyIgnores } from '../../app/ignore.ts';
import { withFabric } from '../../app/infiniband/with-fabric.ts';
import type { Modes } from '../../app/modes.ts';
import { freshDiagnostics, promote } from '../../app/staged/promote.ts';
import { verify } from '../../app/verify.ts';
import { checks } from '../../checks/registry.gen.ts';
import { jsonText, verifyJson } from '../../report/json.ts';
import { sarifText } from '../../report/sarif.ts';
import { verifyMarkdown } from '../../report/verify-markdown.ts';
import { verifyText } from '../../report/verify-text.ts';
import { checkSection } from '../check-list.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { fabricOption, readFabric } from '../fabric-input.ts';
import {
  joinedLocator,
  manifestOperands,
  printDiagnostics,
  profileOfZones,
  profileOption,
  readCluster,
  readPolicies,
  readZoneFiles,
  refuseStandardInputTwice,
  strictOption,
  zoneOption,
} from '../inputs.ts';
import { nothingRead } from '../nothing-read.ts';
import { writeResult } from '../own-inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { progressOn } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'verify',
  summary: 'prove or refute each claim of a zone on manifests with policies',
  description: [
    'Proves that training reaches only what the zone allows, that protected zones are out of reach, that nothing else reaches training (safety), that jobs still run (liveness), and that quota, taints and the rest are in place (hygiene). Policies may be anyone’s. A claim that fails comes with a packet that shows it and the rules that decide; one that cannot be decided does not hold.',
    'The first claims that fail get advice: an edit that closes the packet, or policies that open all that the claim needs. It was carried out on the input and every claim proven again: what then becomes of this claim, and which others it would break, is told. The larger the input the fewer claims get it; the rest name the explain line to go on with.',
    'Staged policies (Calico) decide nothing. With --with-staged they count as if all of them were promoted: claims, counterexamples, certificate and exit code are then about the cluster with them, and each claim that this changes is listed with the staged policies that change it.',
    'Exits with 1 when a claim does not hold. Findings of the checks stand beside the claims and do not change the exit code: scan is for them.',
  ],
  operands: manifestOperands,
  options: [
    zoneOption,
    profileOption("The zone's platform"),
    { name: 'with-staged', help: 'Answer for the cluster with every staged policy promoted, and say what that changes.' },
    {
      name: 'iam',
      value: 'POLICY',
      repeats: true,
      completes: 'file',
      help: 'AWS policies, a file or a folder, as iam verify reads them: the claims about identities are judged too. May be given again.',
    },
    fabricOption,
    strictOption,
    {
      name: 'certificate',
      value: 'FILE',
      completes: 'file',
      help: 'Write a proof to FILE that ringfence check-certificate checks again, packet by packet, without the engine that made it.',
    },
    formatOption(['text', 'json', 'sarif', 'markdown']),
    outputOption,
  ],
  examples: [
    { line: 'ringfence verify -f zone.yaml ./manifests pack/', note: 'the cluster with the generated pack' },
    { line: 'kubectl get -A -o yaml pods,deploy,sts,ds,jobs,svc,ns,nodes,sa,netpol | ringfence verify -f zone.yaml -', note: 'a live cluster' },
    { line: 'ringfence verify -f zone.yaml ./manifests --certificate proof.json', note: 'with a proof that another program can check' },
    { line: 'ringfence verify -f zone.yaml ./manifests --iam policies/', note: 'network and identity in one answer' },
    { line: 'ringfence verify -f zone.yaml ./manifests --with-staged', note: 'what would hold if staged policies were promoted' },
    { line: 'ringfence verify -f zone.yaml ./manifests --format markdown -o comment.md', note: 'a comment for the pull request' },
  ],
  sections: () => [checkSection()],
  async run(invocation, { io, version }) {
    const files = invocation.texts('file');
    if (files.length === 0) throw new UsageError([{ message: 'verify needs a zone: -f ZONE', hint: 'write one with: ringfence init' }]);
    const iam = invocation.texts('iam');
    const dumps = invocation.texts('fabric');
    refuseStandardInputTwice([...files, ...invocation.operands, ...iam, ...dumps], 'standard input can be one of the inputs');
    const progress = progressOn(io);
    const zones = await readZoneFiles(files, io);
    const cluster = await readCluster(invocation.operands, io, progress, rangesOf(zones.zones));
    const policies = iam.length === 0 ? null : await readPolicies(iam, io);
    const evidence = dumps.length === 0 ? null : await readFabric(dumps, io);
    const locator = joinedLocator(zones.locator, cluster.locator, ...[policies, evidence].flatMap((read) => (read === null ? [] : [read.locator])));
    const input = [
      ...zones.diagnostics,
      ...cluster.diagnostics,
      ...(policies?.diagnostics ?? []),
      ...(evidence?.diagnostics ?? []),
      ...nothingRead(cluster.snapshot, cluster.diagnostics),
    ];
    if (zones.diagnostics.some((d) => d.severity === 'error') || cluster.snapshot.objects.length === 0) {
      progress.done();
      printDiagnostics(input, locator, io);
      return exitCodes.badInput;
    }
    const profile = profileOfZones(invocation.text('profile'), zones.zones);
    progress.say('proving claims');
    const modes: Modes = { promoted: invocation.flag('with-staged'), strict: invocation.flag('strict') };
    const promoted = modes.promoted ? promote(cluster.snapshot) : { snapshot: cluster.snapshot, diagnostics: [] };
    const proven = verify(cluster.snapshot, profile, zones.zones, modes);
    const { kept, ignored, problems } = applyIgnores(proven.findings, {
      objects: cluster.snapshot.objects,
      locator,
      today: io.today,
      checks: checks.map((c) => c.slug),
    });
    progress.say('looking for what would make claims hold');
    const advised = { ...withAdvice(proven, cluster.snapshot, profile, zones.zones, modes), findings: kept };
    const both = policies === null ? advised : withIdentities(advised, zones.zones, policies);
    const report = evidence === null ? both : withFabric(both, zones.zones, evidence, promoted.snapshot);
    const diagnostics = [...input, ...freshDiagnostics(input, promoted.diagnostics), ...problems];
    progress.done();
    const broken = printDiagnostics(diagnostics, locator, io);
    const claims = report.zones.flatMap((z) => z.claims);
    const render = {
      text: () => verifyText(report, { pen: resultPen(invocation, io), locator, inputs: invocation.operands }, diagnostics, ignored),
      json: () => jsonText(verifyJson(report, { locator, diagnostics, ignored })),
      markdown: () => verifyMarkdown(report, locator, diagnostics),
      sarif: () =>
        sarifText({
          version,
          rules: checks,
          findings: kept,
          ignored,
          claims,
          diagnostics,
          locator,
          fallbackFile: zones.zones[0]?.origin.document.file ?? null,
        }),
    };
    const certificate = invocation.text('certificate');
    if (certificate !== undefined && !broken) {
      const made = makeCertificate(
        { zoneTexts: zones.texts, manifestTexts: cluster.texts, snapshot: promoted.snapshot, modes, profile, zones: zones.zones },
        proven,
      );
      writeResult(io, certificate, jsonText(made));
    }
    emit(render[formatOf(invocation)](), invocation, io);
    if (broken) return exitCodes.badInput;
    return claims.every((claim) => claim.status === 'holds') ? exitCodes.clean : exitCodes.findings;
  },
};
