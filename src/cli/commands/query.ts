import { rangesOf } from '../../app/certificate/zone-ranges.ts';
import { readQueryFiles, runQueries } from '../../app/queries/run.ts';
import { jsonText } from '../../report/json.ts';
import { queryJson } from '../../report/query-json.ts';
import { sarifText } from '../../report/sarif.ts';
import { uselessRules } from '../../report/useless-rules.ts';
import { verifyMarkdown } from '../../report/verify-markdown.ts';
import { verifyText } from '../../report/verify-text.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import {
  joinedLocator,
  manifestOperands,
  printDiagnostics,
  profileOfZones,
  profileOption,
  readCluster,
  readTexts,
  readZoneFiles,
  seen,
  strictOption,
  zoneOption,
} from '../inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { progressOn } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'query',
  summary: 'prove or refute assertions of your own, and find rules that do nothing',
  description: [
    'Reads files of assertions (must-reach, must-not-reach, only-reaches) between pods, workloads, zones, CIDRs, hosts and nodes, on ports or on any, and proves or refutes each as verify does the claims of a zone: for every pod, with a packet that shows it. A list of np-guard baseline rules is read as well: deny is must-not-reach, allow is must-reach.',
    'A party may be pods that do not exist yet: anyPodIn: ml is every pod of namespace ml, those of the input and all that could be created there, with whatever labels; what fails names the labels that do it.',
    'An assertion about nobody is undecided, and so does not hold: it is misspelt, or its manifests are missing.',
    'With --dead, --shadowed and --redundant, in any combination, lists the policies and rules without which nothing changes: dead ones match no packet, shadowed ones are always settled by others the other way, redundant ones the same way. Each is proven by solving the cluster without it, and comes with the rules that settle its packets instead, a packet for each, and whether it holds for any pod that could come or only for the pods there are, with the labels of a pod for which it does not.',
    'Exits with 1 when an assertion does not hold. What these find does not change the exit code.',
  ],
  operands: manifestOperands,
  options: [
    { name: 'queries', short: 'q', value: 'FILE', repeats: true, completes: 'file', help: 'Assertions; - is standard input.' },
    { ...zoneOption, help: 'A TrainingZone, for assertions that name zones or what they protect; - is standard input.' },
    { name: 'dead', help: 'List policies and rules that match no packet.' },
    { name: 'shadowed', help: 'List policies and rules that others always settle, the other way.' },
    { name: 'redundant', help: 'List policies and rules that others always settle in the same way.' },
    strictOption,
    profileOption("The zone's platform, or else kubernetes, the strict reading of the API,"),
    formatOption(['text', 'json', 'sarif', 'markdown']),
    outputOption,
  ],
  examples: [
    { line: 'ringfence query -q assertions.yaml ./manifests', note: 'assertions of your own' },
    { line: 'ringfence query -q assertions.yaml -f zone.yaml ./manifests pack/', note: 'assertions that name zones' },
    { line: 'ringfence query --dead --shadowed --redundant ./manifests --profile cilium', note: 'rules that do nothing' },
  ],
  async run(invocation, { io, version }) {
    const paths = invocation.texts('queries');
    const useless = new Set((['dead', 'shadowed', 'redundant'] as const).filter((sort) => invocation.flag(sort)));
    if (paths.length === 0 && useless.size === 0)
      throw new UsageError([{ message: 'query needs assertions: -q FILE', hint: 'or ask for rules that do nothing with --dead, --shadowed, --redundant' }]);
    const zonePaths = invocation.texts('file');
    if ([paths, zonePaths, invocation.operands].filter((list) => list.includes('-')).length > 1)
      throw new UsageError([{ message: 'standard input cannot be several of the queries, the zone and the manifests' }]);
    const progress = progressOn(io);
    const queryTexts = await readTexts(paths, io);
    const queries = readQueryFiles(queryTexts.texts);
    const zones = await readZoneFiles(zonePaths, io);
    const read = await readCluster(invocation.operands, io, progress, rangesOf(zones.zones));
    const cluster = seen(read, profileOfZones(invocation.text('profile'), zones.zones));
    const locator = joinedLocator(queries.locator, zones.locator, cluster.locator);
    const asked = [...queryTexts.diagnostics, ...queries.diagnostics, ...zones.diagnostics];
    const input = [...asked, ...cluster.diagnostics];
    const broken = asked.some((d) => d.severity === 'error');
    progress.say('asking');
    const answered = broken
      ? null
      : runQueries(cluster.snapshot, cluster.profile, { files: queries.files, zones: zones.zones, useless, strict: invocation.flag('strict') });
    const diagnostics = [...input, ...(answered?.diagnostics ?? [])];
    progress.done();
    const faulty = printDiagnostics(diagnostics, locator, io);
    if (answered === null || !answered.ok) return exitCodes.badInput;
    const report = answered.value;
    const claims = report.zones.flatMap((z) => z.claims);
    const render = {
      text: () => verifyText(report, { pen: resultPen(invocation, io), locator, inputs: invocation.operands }),
      json: () => jsonText(queryJson(report, { locator, diagnostics, ignored: [] })),
      markdown: () => verifyMarkdown(report, locator),
      sarif: () =>
        sarifText({ version, rules: uselessRules, findings: report.findings, ignored: [], claims, diagnostics, locator, fallbackFile: paths[0] ?? null }),
    };
    emit(render[formatOf(invocation)](), invocation, io);
    if (faulty) return exitCodes.badInput;
    return claims.every((claim) => claim.status === 'holds') ? exitCodes.clean : exitCodes.findings;
  },
};
