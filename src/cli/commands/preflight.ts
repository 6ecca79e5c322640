import { rangesOf } from '../../app/certificate/zone-ranges.ts';
import { kindNotRead } from '../../app/kind-not-read.ts';
import { finishedIn, preflight } from '../../app/preflight/preflight.ts';
import { checks } from '../../checks/registry.gen.ts';
import { shown } from '../../kernel/reader.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import { isNamespaceName } from '../../model/label-syntax.ts';
import { type PreflightReport, patchOpening, wouldRun } from '../../model/preflight-report.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { jobTitle, type TrainingJob } from '../../model/training-job.ts';
import { decidesTraffic, isHarmless } from '../../model/unread-kinds.ts';
import { jsonText } from '../../report/json.ts';
import { preflightFindings, preflightRules, stoppingFindings } from '../../report/preflight-findings.ts';
import { preflightJson } from '../../report/preflight-json.ts';
import { preflightMarkdown } from '../../report/preflight-markdown.ts';
import { preflightText } from '../../report/preflight-text.ts';
import { sarifText } from '../../report/sarif.ts';
import { baselineOptions, throughBaseline, writeBaseline } from '../baseline.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { inDefault } from '../in-default.ts';
import { joinedLocator, printDiagnostics, profileOfZones, profileOption, readZoneFiles, refuseStandardInputTwice, zoneOption } from '../inputs.ts';
import { type JobAndCluster, readJobAndCluster } from '../job-and-cluster.ts';
import { refuseInput, writeResult } from '../own-inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { progressOn } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'preflight',
  summary: 'say whether a job will run under the policies of a cluster, before it does',
  description: [
    'Reads what a job will do on the network off its manifest (its operator, its framework, what its variables name) and asks the engine for each path: rendezvous, collectives both ways, DNS, credentials, data, services. What is blocked is shown with a packet and the rule that stops it, and with policies that open it, carried out and asked again before they are shown.',
    'Says as well what else stands in its way: labels that no rule selects, the wrong namespace, Pod Security, RDMA without IPC_LOCK, taints, quota.',
    'Exits with 1 when a path that the job needs is blocked or not known, or when something else keeps its pods from running.',
  ],
  operands: {
    name: 'JOB',
    min: 1,
    max: null,
    help: 'Manifests of jobs: a file, a folder, or - for standard input. Everything else in them (service accounts, Services) counts as well.',
  },
  options: [
    {
      name: 'policies',
      value: 'PATH',
      repeats: true,
      completes: 'file',
      help: 'The cluster that the job goes to: its policies, and what is known of namespaces, nodes, quotas and pods. Repeats; - is standard input.',
    },
    zoneOption,
    {
      name: 'namespace',
      short: 'n',
      value: 'NAME',
      help: 'The namespace of objects that give none, as for kubectl; default when left out.',
    },
    profileOption("The zone's platform, or kubernetes"),
    {
      name: 'fix',
      value: 'FILE',
      completes: 'file',
      help: 'Write the policies that open what is blocked to FILE, whole or not at all; - is standard output, in place of the report.',
    },
    formatOption(['text', 'json', 'sarif', 'markdown']),
    ...baselineOptions,
    outputOption,
  ],
  examples: [
    { line: 'ringfence preflight job.yaml --policies ./policies', note: 'in CI, on a pull request' },
    { line: 'ringfence preflight job.yaml --policies pack/ -f zone.yaml', note: 'with what the zone says about data and credentials' },
    {
      line: 'kubectl get -A -o yaml netpol,ns,nodes,quota,limits,sa,svc,pods | ringfence preflight job.yaml --policies -',
      note: 'against a running cluster; add the policy kinds of its CNI',
    },
    { line: 'ringfence preflight job.yaml --policies ./policies --fix policies/job.yaml', note: 'write what is missing' },
  ],
  async run(invocation, { io, version }) {
    const policies = invocation.texts('policies');
    const files = invocation.texts('file');
    const fix = invocation.text('fix');
    const namespace = invocation.text('namespace');
    if (namespace !== undefined && !isNamespaceName(namespace))
      throw new UsageError([{ message: `--namespace ${shown(namespace)} is no name of a namespace: at most 63 lower-case letters, digits and "-"` }]);
    refuseStandardInputTwice([...invocation.operands, ...policies, ...files], 'standard input can be one of job, policies and zone');
    const progress = progressOn(io);
    const zones = await readZoneFiles(files, io);
    const profile = profileOfZones(invocation.text('profile'), zones.zones);
    progress.say('reading manifests');
    const input = await readJobAndCluster(invocation.operands, policies, io, {
      ranges: rangesOf(zones.zones),
      ...(namespace === undefined ? {} : { namespace }),
    });
    const over = finishedIn(input.snapshot, input.files);
    const read = [...zones.diagnostics, ...input.diagnostics];
    progress.say('asking for each path');
    const report = preflight(input.snapshot, profile, { files: input.files, zones: zones.zones, unreadZones: withErrors(zones.diagnostics) });
    progress.done();
    const findings = preflightFindings(report);
    const baseline = await throughBaseline(findings, invocation, io, ['output', 'fix']);
    const locator = joinedLocator(zones.locator, input.locator, ...baseline.locators);
    const diagnostics = [
      ...read,
      ...over.map(finishedJob),
      ...unreadKinds(input, read),
      ...noJob(report, read),
      ...(namespace === undefined
        ? inDefault(report.jobs, input.snapshot, 'Say where it goes with --namespace, or write metadata.namespace in the manifest.')
        : []),
      ...noPolicies(input.snapshot),
      ...baseline.diagnostics,
    ];
    const broken = printDiagnostics(diagnostics, locator, io);
    if (report.jobs.length === 0) return exitCodes.badInput;
    if (fix !== undefined && fix !== '-') refuseInput(io, fix);
    const render = {
      text: () => preflightText(report, { pen: resultPen(invocation, io), locator }, baseline.known),
      json: () => jsonText(preflightJson(report, { locator, diagnostics, ignored: baseline.known })),
      markdown: () => preflightMarkdown(report, locator, diagnostics, baseline.known),
      sarif: () =>
        sarifText({
          version,
          rules: [...checks, ...preflightRules],
          findings: baseline.fresh,
          ignored: baseline.known,
          claims: [],
          diagnostics,
          locator,
          fallbackFile: [...input.files][0] ?? null,
        }),
    };
    if (fix !== '-') emit(render[formatOf(invocation)](), invocation, io);
    if (fix !== undefined) {
      const patch = patchText(report);
      if (patch === null) printDiagnostics([noPatch(report)], locator, io);
      else if (fix === '-') io.stdout.write(patch);
      else writeResult(io, fix, patch);
      if (patch !== null) printDiagnostics(leftShut(report), locator, io);
    }
    writeBaseline(findings, broken, invocation, io);
    if (broken) return exitCodes.badInput;
    return report.jobs.every(wouldRun) || stoppingFindings(report, baseline.fresh).length === 0 ? exitCodes.clean : exitCodes.findings;
  },
};

/** Files with an error. */
function withErrors(diagnostics: readonly Diagnostic[]): readonly string[] {
  return [...new Set(diagnostics.filter((d) => d.severity === 'error').map((d) => d.origin?.document.file ?? d.message))];
}

/** The policies of all patches as one YAML stream; those that two jobs need are written once. Null where there is none. */
function patchText({ jobs }: PreflightReport): string | null {
  const manifests = new Set(jobs.flatMap(({ patch }) => patch?.edits.flatMap((e) => e.manifest ?? []) ?? []));
  return manifests.size === 0 ? null : [...manifests].join('---\n');
}

/** What the patch does not open: a rule denies it, or comes before those that could be added, as in Calico's ordered tiers. */
function leftShut({ jobs }: PreflightReport): readonly Diagnostic[] {
  return jobs.flatMap((job): readonly Diagnostic[] => {
    const left = job.paths.filter((p) => p.status === 'blocked' && patchOpening(job, p) === null);
    if (left.length === 0) return [];
    return [
      {
        code: 'fix-incomplete',
        severity: 'warning',
        message: `${job.title}: no policy that could be added opens ${left.map((p) => p.id).join(', ')}; what was written leaves them shut.`,
        hint: 'The report says which rules deny them, and what to change in these.',
        origin: job.origin,
      },
    ];
  });
}

function noPatch({ jobs }: PreflightReport): Diagnostic {
  const nothing = jobs.every(wouldRun);
  return {
    code: 'no-fix',
    severity: 'warning',
    message: nothing ? 'Nothing is blocked: there is nothing to write.' : 'No policy that could be added opens what is blocked; nothing was written.',
    ...(nothing
      ? {}
      : {
          hint: 'The report says which rules deny, and what is not known. Policies of Cilium or Calico are judged, and written, only where --profile names the CNI: --profile cilium, --profile calico.',
        }),
    origin: null,
  };
}

/** Without a policy everything is open: true of what was given, and hardly what was meant. */
function noPolicies({ policies, unreadPolicies = [] }: Snapshot): readonly Diagnostic[] {
  if (policies.length + unreadPolicies.length > 0) return [];
  return [
    {
      code: 'no-policies',
      severity: 'warning',
      message: 'No policy is in the input, so nothing is blocked: this says nothing of a cluster that has some.',
      hint: 'Give the cluster with --policies: its policies of every kind, namespaces, nodes, quotas and pods.',
      origin: null,
    },
  ];
}

function finishedJob(job: TrainingJob): Diagnostic {
  return {
    code: 'job-finished',
    severity: 'warning',
    message: `${jobTitle(job)} is finished, as its status says: nothing was asked about its pods.`,
    hint: 'Take status out of the manifest to ask whether the job would run again.',
    origin: job.origin,
  };
}

/** Kinds of the job's files that nothing reads and that may make pods, which reading has not told: a job among them would be missed without a word. */
function unreadKinds({ snapshot, files }: Pick<JobAndCluster, 'snapshot' | 'files'>, read: readonly Diagnostic[]): readonly Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const object of snapshot.objects) {
    const type = `${object.apiVersion}/${object.kind}`;
    if (!files.has(object.origin.document.file) || !snapshot.unread.has(type) || found.has(type) || isHarmless(object) || decidesTraffic(object)) continue;
    const told = kindNotRead(object, 'If they make pods of the job, give these as well: kubectl get pods -o yaml.');
    if (!read.some((d) => d.message === told.message)) found.set(type, told);
  }
  return [...found.values()];
}

function noJob({ jobs }: PreflightReport, read: readonly Diagnostic[]): readonly Diagnostic[] {
  if (jobs.length > 0 || read.some((d) => d.severity === 'error')) return [];
  return [
    {
      code: 'no-job',
      severity: 'error',
      message: 'No job was found: nothing that is read in these files makes a pod.',
      hint: 'Give the manifest of the job as JOB, and the cluster with --policies.',
      origin: null,
    },
  ];
}
