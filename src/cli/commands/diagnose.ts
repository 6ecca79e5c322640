import { diagnose } from '../../app/diagnose/diagnose.ts';
import { LogScanner, type ScannedLog } from '../../app/diagnose/log-scanner.ts';
import { jobsIn } from '../../app/preflight/preflight.ts';
import type { Locator } from '../../kernel/origin.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import { readLogs } from '../../live/log-stream.ts';
import { jobTitle } from '../../model/training-job.ts';
import { diagnosisJson } from '../../report/diagnosis-json.ts';
import { diagnosisMarkdown } from '../../report/diagnosis-markdown.ts';
import { diagnosisText } from '../../report/diagnosis-text.ts';
import { jsonText } from '../../report/json.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { inDefault } from '../in-default.ts';
import { namedProfile, printDiagnostics, profileOption, refuseStandardInputTwice } from '../inputs.ts';
import type { Io } from '../io.ts';
import { readJobAndCluster } from '../job-and-cluster.ts';
import { noteRead } from '../own-inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { type Progress, progressOn } from '../progress.ts';

export const command: Command = {
  name: 'diagnose',
  summary: 'say from the logs of a job what it hangs on',
  description: [
    'Reads logs of workers (plain, as container runtimes and collectors wrap them, packed with gzip; of several ranks at once) and looks for the lines that training frameworks, launchers and SDKs print when they cannot go on. Who could not reach whom is asked of the policies, where they are given, and what is to blame is told in order of likelihood, with the line, the rule and the mend. Says as well when it is not the network: lines that only follow from others prove nothing.',
    'Exits with 0 when nothing is found, or nothing that is about the network; with 1 when something is.',
  ],
  operands: {
    name: 'LOG',
    min: 1,
    max: null,
    help: 'Logs: files, folders (every file below), or - for standard input. As large as they are: they are read as a stream.',
  },
  options: [
    {
      name: 'job',
      value: 'PATH',
      repeats: true,
      completes: 'file',
      help: 'Manifests of the job, so that names and addresses in the log become pods. Repeats.',
    },
    {
      name: 'policies',
      value: 'PATH',
      repeats: true,
      completes: 'file',
      help: 'The cluster it ran in: policies, namespaces, pods (with their addresses, best as kubectl get -o yaml prints them). Repeats.',
    },
    profileOption('kubernetes, the strict reading of the API'),
    formatOption(['text', 'json', 'markdown'], { sarif: 'a diagnosis is about logs, which no pull request holds' }),
    outputOption,
  ],
  examples: [
    { line: 'kubectl logs -l training.kubeflow.org/job-name=llm --prefix --tail=-1 | ringfence diagnose -', note: 'what the logs say by themselves' },
    { line: 'ringfence diagnose logs/ --job job.yaml --policies ./policies', note: 'with the policies that the job ran under' },
    { line: 'ringfence diagnose rank*.log.gz --job job.yaml --policies cluster.yaml --format json', note: 'for a machine' },
  ],
  async run(invocation, { io }) {
    const profile = namedProfile(invocation.text('profile'), 'kubernetes');
    const [jobs, policies] = [invocation.texts('job'), invocation.texts('policies')];
    refuseStandardInputTwice([...invocation.operands, ...jobs, ...policies], 'standard input can be one of log, job and policies');
    const progress = progressOn(io);
    const { logs, diagnostics: unread } = await scanLogs(invocation.operands, io, progress);
    const given = jobs.length + policies.length === 0 ? null : await readJobAndCluster(jobs, policies, io);
    progress.say('diagnosing');
    const diagnosis = diagnose(logs, given === null ? null : { snapshot: given.snapshot, profile, files: given.files, hasCluster: policies.length > 0 });
    progress.done();
    const locator = given?.locator ?? nowhere;
    const unplaced =
      given === null || jobs.length === 0 ? [] : jobsIn(given.snapshot, given.files).map((job) => ({ title: jobTitle(job), origin: job.origin }));
    const diagnostics = [
      ...unread,
      ...(given === null
        ? []
        : [...given.diagnostics, ...inDefault(unplaced, given.snapshot, 'Write metadata.namespace in the manifest: packets are asked of the policies there.')]),
    ];
    const broken = printDiagnostics(diagnostics, locator, io);
    const render = {
      text: () => diagnosisText(diagnosis, { pen: resultPen(invocation, io), locator }),
      json: () => jsonText(diagnosisJson(diagnosis, { locator, diagnostics })),
      markdown: () => diagnosisMarkdown(diagnosis, locator),
      sarif: () => '',
    };
    emit(render[formatOf(invocation)](), invocation, io);
    if (broken) return exitCodes.badInput;
    return diagnosis.verdict === 'network' || diagnosis.verdict === 'unsettled' ? exitCodes.findings : exitCodes.clean;
  },
};

async function scanLogs(
  paths: readonly string[],
  io: Io,
  progress: Progress,
): Promise<{ readonly logs: readonly ScannedLog[]; readonly diagnostics: readonly Diagnostic[] }> {
  const logs: ScannedLog[] = [];
  const diagnostics = await readLogs(paths, { cwd: io.cwd, stdin: () => io.stdin.chunks() }, async (file, chunks) => {
    noteRead(io, [file]);
    progress.say(`reading ${file}`);
    const scanner = new LogScanner(file);
    try {
      for await (const chunk of chunks) scanner.feed(chunk);
    } finally {
      // What came before a fault counts.
      logs.push(scanner.end());
    }
  });
  return { logs, diagnostics };
}

/** Without manifests nothing has a place in one. */
const nowhere: Locator = {
  locate: ({ document: { file } }) => ({ file, line: 1, column: 1, endLine: 1, endColumn: 1 }),
  line: () => undefined,
};
