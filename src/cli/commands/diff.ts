import { diff } from '../../app/diff/diff.ts';
import { freshDiagnostics, promote } from '../../app/staged/promote.ts';
import { seenBy } from '../../engine/seen-by.ts';
import { isSame } from '../../model/diff-report.ts';
import type { Profile } from '../../model/profile.ts';
import { diffFindings, diffRules } from '../../report/diff-findings.ts';
import { diffJson } from '../../report/diff-json.ts';
import { diffMarkdown } from '../../report/diff-markdown.ts';
import { diffText } from '../../report/diff-text.ts';
import { jsonText } from '../../report/json.ts';
import { sarifText } from '../../report/sarif.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { joinedLocator, namedProfile, printDiagnostics, readCluster, strictOption } from '../inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { progressOn } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

const range = '..';

export const command: Command = {
  name: 'diff',
  summary: 'say what traffic a change opens and closes',
  description: [
    'Compares two sets of manifests, or one set under two profiles, and lists the traffic that was gained and lost: as sets of workloads, addresses, names and ports, each with a packet that shows it and the rule that causes it. What is not listed is the same on both sides, for every pair of pods and every port.',
    'Compared are pods of the input, on the pod network: not pods to come (query with anyPodIn, or verify, on both sides), nor secondary networks. A filter above layer 4 that differs, or that a plain rule beside it undoes on one side, is listed.',
    'Workloads are the same when kind, namespace and name are. What comes or goes with a workload is listed apart from what rules change. DNS names are compared for each name that rules mention, and for a few that each pattern covers.',
    'Staged policies (Calico) decide nothing on either side. With --with-staged those of AFTER count as promoted; given one path, the answer is what promoting them would open and close.',
    'Traffic that is unknown on both sides is listed, as what cannot be told, where a policy or anything else that bears on it differs.',
    'Exits with 1 when anything was gained or lost, or cannot be told, like diff(1), and with 0 when nothing was, whatever else changed.',
  ],
  operands: {
    name: 'PATH',
    min: 1,
    max: 2,
    help: 'BEFORE and AFTER: each a file, a folder, or - for standard input. One path is enough with two profiles, or with --with-staged.',
  },
  options: [
    {
      name: 'profile',
      value: 'NAME[@VERSION][..NAME[@VERSION]]',
      help: 'The CNI whose behaviour counts; two, joined by .., compare an upgrade or another CNI. kubernetes, the strict reading of the API, when left out.',
    },
    { name: 'with-staged', help: 'AFTER is the cluster with every staged policy promoted.' },
    strictOption,
    formatOption(['text', 'json', 'sarif', 'markdown']),
    outputOption,
  ],
  examples: [
    { line: 'ringfence diff before/ after/', note: 'what a pull request opens and closes' },
    { line: 'ringfence diff before/ after/ --profile cilium --format markdown -o comment.md', note: 'a comment for it' },
    { line: 'ringfence diff ./manifests --profile kubernetes..cilium@1.19', note: 'what a CNI makes of the same policies' },
    { line: 'ringfence diff ./manifests --profile calico --with-staged', note: 'what promoting staged policies would do' },
  ],
  async run(invocation, { io, version }) {
    const [first = '', second = first] = invocation.operands;
    const profiles = profilesOf(invocation.text('profile'));
    const withStaged = invocation.flag('with-staged');
    if (invocation.operands.length === 1 && profiles[0].id === profiles[1].id && !withStaged)
      throw new UsageError([
        {
          message: 'diff needs two paths, BEFORE and AFTER, or two profiles',
          hint: 'give --profile A..B to compare one set of manifests under two profiles, or --with-staged to see what promoting would do',
        },
      ]);
    if (first === '-' && invocation.operands[1] === '-') throw new UsageError([{ message: 'standard input cannot be both sides' }]);
    const progress = progressOn(io);
    const before = await readCluster([first], io, progress);
    const after = invocation.operands.length === 1 ? before : await readCluster([second], io, progress);
    const locator = joinedLocator(before.locator, after.locator);
    const read = before === after ? before.diagnostics : [...before.diagnostics, ...after.diagnostics];
    const promoted = withStaged ? promote(after.snapshot) : { snapshot: after.snapshot, diagnostics: [] };
    const diagnostics = [...read, ...freshDiagnostics(read, promoted.diagnostics)];
    // Without one of its sides a comparison would call everything gained, or lost.
    if ([before, after].some((side) => side.texts.length === 0) && diagnostics.some((d) => d.severity === 'error')) {
      progress.done();
      printDiagnostics(diagnostics, locator, io);
      return exitCodes.badInput;
    }
    progress.say('comparing');
    const report = diff(
      { title: first, ...seenBy(before.snapshot, profiles[0]) },
      { title: withStaged ? `${second} with staged policies promoted` : second, ...seenBy(promoted.snapshot, profiles[1]) },
      { promoted: withStaged, strict: invocation.flag('strict') },
    );
    progress.done();
    const broken = printDiagnostics(diagnostics, locator, io);
    const render = {
      text: () => diffText(report, { pen: resultPen(invocation, io), locator, inputs: invocation.operands }),
      json: () => jsonText(diffJson(report, { locator, diagnostics })),
      markdown: () => diffMarkdown(report, locator),
      sarif: () => sarifText({ version, rules: diffRules, findings: diffFindings(report), ignored: [], claims: [], diagnostics, locator, fallbackFile: null }),
    };
    emit(render[formatOf(invocation)](), invocation, io);
    if (broken) return exitCodes.badInput;
    return isSame(report) ? exitCodes.clean : exitCodes.findings;
  },
};

/** `A` for both sides, or `A..B`. */
function profilesOf(text: string | undefined): readonly [Profile, Profile] {
  const at = text?.indexOf(range) ?? -1;
  if (text === undefined || at < 0) {
    const profile = namedProfile(text, 'kubernetes');
    return [profile, profile];
  }
  return [namedProfile(text.slice(0, at), 'kubernetes'), namedProfile(text.slice(at + range.length), 'kubernetes')];
}
