import { applyIgnores } from '../../app/ignore.ts';
import { auditFabric } from '../../app/infiniband/audit.ts';
import { fabricRules } from '../../app/infiniband/rules.ts';
import { loadSnapshot } from '../../app/load.ts';
import { fabricAuditJson } from '../../report/fabric-audit-json.ts';
import { fabricAuditMarkdown } from '../../report/fabric-audit-markdown.ts';
import { fabricAuditSvg } from '../../report/fabric-audit-svg.ts';
import { fabricAuditText } from '../../report/fabric-audit-text.ts';
import { jsonText } from '../../report/json.ts';
import { sarifText } from '../../report/sarif.ts';
import { baselineOptions, throughBaseline, writeBaseline } from '../baseline.ts';
import { isFailing } from '../check-list.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { readFabric } from '../fabric-input.ts';
import { joinedLocator, printDiagnostics, readZoneFiles, refuseStandardInputTwice, zoneOption } from '../inputs.ts';
import { type DrawnFormat, emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { askUfm, ufmOptions } from '../ufm-input.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'fabric audit',
  summary: 'say which hosts of an InfiniBand fabric can talk to which, and whether zones are kept apart',
  description: [
    'RDMA passes every network policy by; partitions of the fabric are what keeps zones apart. Reads what operators export and compares what the zones want, what the configuration says and what the fabric has: every pair of ports of two zones that share a key over which they can talk, with the line that causes it; a partition file that OpenSM would refuse, which opens every port to every other; ports that nobody knows, drift, a second subnet manager, default keys.',
    'Files are recognised by content: ibnetdiscover (also -p), smpquery pkeys, saquery PKTR and NR, ibstat, sminfo, perfquery, partitions.conf, opensm.conf, logs of OpenSM, answers of UFM, CSV of hosts and GUIDs, and manifests of the cluster. What is not among them is not known, and said so.',
    'Exits with 1 when zones are not proven apart, or when there is a finding above info.',
  ],
  operands: { name: 'DUMP', min: 0, max: null, help: 'Dumps, configuration, logs and manifests: files, or - for standard input.' },
  options: [
    zoneOption,
    {
      name: 'partitions',
      value: 'FILE',
      completes: 'file',
      help: 'The partition file of OpenSM, whatever it is called and whatever is in it.',
    },
    ...ufmOptions,
    formatOption(['text', 'json', 'sarif', 'markdown', 'svg']),
    ...baselineOptions,
    outputOption,
  ],
  examples: [
    { line: 'ringfence fabric audit -f zone.yaml partitions.conf ibnetdiscover.txt sminfo.txt', note: 'before OpenSM reads it' },
    { line: 'ringfence fabric audit -f zone.yaml partitions.conf opensm.conf opensm.log ibnetdiscover.txt pkeys.txt sminfo.txt', note: 'the whole' },
    { line: 'UFM_TOKEN=$(cat token) ringfence fabric audit -f zone.yaml --ufm https://ufm.example.org ibnetdiscover.txt', note: 'partitions as UFM has them' },
    { line: 'ringfence fabric audit -f zone.yaml pkeys.txt ibnetdiscover.txt --format svg -o fabric.svg', note: 'a picture of who shares what' },
    { line: 'for l in $LIDS; do echo "# smpquery pkeys $l"; smpquery pkeys $l; done > pkeys.txt', note: 'how the tables are exported' },
  ],
  async run(invocation, { io, version }) {
    const zonePaths = invocation.texts('file');
    const partitionPath = invocation.text('partitions');
    if (zonePaths.length === 0)
      throw new UsageError([{ message: 'fabric audit needs a zone: -f ZONE', hint: 'the zone says whose the ports are (spec.fabric.infiniband)' }]);
    if (invocation.operands.length === 0 && partitionPath === undefined && invocation.text('ufm') === undefined)
      throw new UsageError([{ message: 'fabric audit needs something to look at', hint: 'such as partitions.conf and the output of ibnetdiscover' }]);
    refuseStandardInputTwice([...zonePaths, ...invocation.operands, ...(partitionPath === undefined ? [] : [partitionPath])], 'standard input can be one file');
    const zones = await readZoneFiles(zonePaths, io);
    if (zones.diagnostics.some((d) => d.severity === 'error')) {
      printDiagnostics(zones.diagnostics, zones.locator, io);
      return exitCodes.badInput;
    }
    const managed = await askUfm(invocation, io, version);
    const evidence = await readFabric(invocation.operands, io, { partitions: partitionPath, more: managed === null ? [] : [managed] });
    const cluster = evidence.manifests.length === 0 ? null : loadSnapshot(evidence.manifests);
    const audited = auditFabric(zones.zones, evidence, cluster?.snapshot ?? null);
    const inputs = joinedLocator(zones.locator, ...(cluster === null ? [] : [cluster.locator]), evidence.locator);
    const chosen = applyIgnores(audited.report.findings, {
      objects: cluster?.snapshot.objects ?? [],
      locator: inputs,
      today: io.today,
      checks: fabricRules.map((r) => r.slug),
    });
    const baseline = await throughBaseline(chosen.kept, invocation, io);
    const locator = joinedLocator(zones.locator, ...(cluster === null ? [] : [cluster.locator]), evidence.locator, ...baseline.locators);
    const [findings, ignored] = [baseline.fresh, [...chosen.ignored, ...baseline.known]];
    const report = { ...audited.report, findings };
    const diagnostics = [
      ...zones.diagnostics,
      ...evidence.diagnostics,
      ...(cluster?.diagnostics ?? []),
      ...audited.diagnostics,
      ...chosen.problems,
      ...baseline.diagnostics,
    ];
    const broken = printDiagnostics(diagnostics, locator, io);
    const render = {
      text: () => fabricAuditText(report, { pen: resultPen(invocation, io), locator, inputs: invocation.operands }, ignored, diagnostics),
      json: () => jsonText(fabricAuditJson(report, { locator, diagnostics, ignored })),
      markdown: () => fabricAuditMarkdown(report, locator, diagnostics),
      svg: () => fabricAuditSvg(report, diagnostics),
      sarif: () => sarifText({ version, rules: fabricRules, findings, ignored, claims: [], diagnostics, locator, fallbackFile: zonePaths[0] ?? null }),
    };
    emit(render[formatOf<DrawnFormat>(invocation)](), invocation, io);
    writeBaseline(chosen.kept, broken, invocation, io);
    if (broken) return exitCodes.badInput;
    return report.apart === 'holds' && !findings.some(isFailing) ? exitCodes.clean : exitCodes.findings;
  },
};
