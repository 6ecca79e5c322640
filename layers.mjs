// The law of the house, checked by dependency-cruiser (`npm run check`). Each comment is for the one who just broke the rule.
//
//   kernel ← space ← model ← { spec, engine, dialects, manifest, attachments, jobs, frameworks, signatures, exposure, services, iam, feeds, flows, fabric, placement, prometheus ← alerts } ← checks ← app ← { cli, controller, server }
//   report reads kernel, space and model; live holds all I/O.

/** `from` may import only these folders of src (and packages, for which there are rules of their own below). */
const only = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: `^src/${from}/`, pathNot: '[.]test[.]ts$' },
  to: { path: '^src/', pathNot: `^src/(${[...to, from].join('|')})/` },
});

const io =
  '^(node:)?(fs|fs/promises|net|http|https|http2|tls|dgram|dns|dns/promises|child_process|process|os|worker_threads|cluster|readline|readline/promises|repl|vm|inspector|timers|timers/promises|perf_hooks|tty|v8)$';

export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment:
        'Two files that need each other are one idea cut in the wrong place. Move what both need into a third file below them, or pass it in as an argument.',
      from: {},
      to: { circular: true },
    },
    only(
      'kernel-stands-alone',
      'kernel',
      [],
      'The kernel is what everything else is written in: it may import nothing of ours. What you need probably belongs one layer up.',
    ),
    only(
      'space-knows-only-numbers',
      'space',
      ['kernel'],
      'The set algebra must not know what a policy or a pod is: give it intervals and let the model name them.',
    ),
    only(
      'model-is-data',
      'model',
      ['kernel', 'space'],
      'The model is the one vocabulary that readers, engine and reports share. It may not know who fills it or who reads it.',
    ),
    only(
      'spec-says-intent',
      'spec',
      ['kernel', 'space', 'model', 'manifest', 'services', 'frameworks'],
      'A zone says intent; how a language or an engine makes it true is decided in app. Manifest is allowed for positions in the zone file.',
    ),
    only(
      'engine-knows-no-dialect',
      'engine',
      ['kernel', 'space', 'model'],
      'The engine decides on the model alone. What one policy language means belongs in its dialect’s `read`; what one CNI does differently belongs in a profile.',
    ),
    only(
      'manifest-is-text-to-objects',
      'manifest',
      ['kernel', 'space', 'model'],
      'Reading turns text into objects with origins. What an object means is for jobs and dialects to say.',
    ),
    only(
      'attachments-read-networks',
      'attachments',
      ['kernel', 'space', 'model', 'engine', 'placement'],
      'What pods are attached to beside the pod network is read and judged here, from manifests and what policies say. What a scan or a claim makes of it is for app.',
    ),
    only(
      'frameworks-make-passages',
      'frameworks',
      ['kernel', 'space', 'model'],
      'A framework says who dials whom in a job, and needs nothing but the job. Where its pods come from is for jobs, whether policies let them is for the engine.',
    ),
    only(
      'signatures-are-facts',
      'signatures',
      [],
      'A signature is a line that some program prints, with its source. What it means for a cluster is worked out in app.',
    ),
    only('jobs-make-workloads', 'jobs', ['kernel', 'space', 'model'], 'An expander turns one kind of object into workloads and needs nothing but the model.'),
    only(
      'exposure-reads-entries',
      'exposure',
      ['kernel', 'space', 'model'],
      'What opens the cluster to the outside is read here, each kind alone. Which route meets which gateway, and what policies make of it, is worked out in app.',
    ),
    only(
      'iam-knows-only-policies',
      'iam',
      ['kernel', 'space', 'model'],
      'What AWS makes of a request under some policies is decided here, from policies and the request alone. Which policies a workload has, and what a zone wants of them, is for app.',
    ),
    only(
      'placement-is-the-scheduler',
      'placement',
      ['kernel', 'space', 'model'],
      'Whether a pod may come to run on a node is decided here, as the scheduler decides it. Which nodes are a zone’s, and what a claim makes of the answer, is for app.',
    ),
    only(
      'fabric-knows-no-cluster',
      'fabric',
      ['kernel', 'space', 'model'],
      'What a subnet manager makes of its configuration, and what the tools print of a fabric, is read here. Which host belongs to which zone is for app.',
    ),
    only(
      'services-are-facts',
      'services',
      ['kernel', 'space', 'model'],
      'A service profile is a table of facts with sources; whoever needs it imports it, never the other way round.',
    ),
    only(
      'feeds-know-no-cluster',
      'feeds',
      ['kernel', 'space', 'model'],
      'A feed is a list of addresses that somebody publishes, and what is taken of it over time. What is written of it for a cluster is decided in app, how it is fetched in live.',
    ),
    only(
      'flows-know-no-cluster',
      'flows',
      ['kernel', 'space', 'model'],
      'Records of flows are read and looked at here as they are. What policies say of them is worked out in app, where they are kept in live.',
    ),
    only(
      'prometheus-knows-metrics',
      'prometheus',
      ['kernel', 'space', 'model'],
      'Which series and labels there are, and what a query asks for, is decided here, from settings and text alone. Which alerts a zone needs is for alerts, whose settings count for app.',
    ),
    only(
      'alerts-are-rules',
      'alerts',
      ['kernel', 'space', 'model', 'prometheus'],
      'An alert is a rule with its tests and its page, for a site that it is told of. What a zone makes of it is for app.',
    ),
    only(
      'checks-look-at-the-model',
      'checks',
      [
        'kernel',
        'space',
        'model',
        'spec',
        'engine',
        'dialects',
        'manifest',
        'attachments',
        'jobs',
        'frameworks',
        'exposure',
        'services',
        'iam',
        'placement',
        'prometheus',
      ],
      'A check is asked by the use cases and never asks them: what it needs to know comes in its context.',
    ),
    only(
      'reports-only-render',
      'report',
      ['kernel', 'space', 'model'],
      'A report is a pure function of model data. When it has to compute, the use case in app should have said it.',
    ),
    {
      name: 'dialects-do-not-meet',
      severity: 'error',
      comment:
        'One dialect must never import another: what two languages share is the model. Move the shared thing to src/model (a meaning) or src/kernel (a helper).',
      from: { path: '^src/dialects/([^/]+)/' },
      to: { path: '^src/dialects/([^/]+)/', pathNot: '^src/dialects/$1/' },
    },
    {
      name: 'dialects-know-only-the-model',
      severity: 'error',
      comment: 'A dialect reads and emits; it never asks the engine. If you need a verdict here, the rule you are writing is a check.',
      from: { path: '^src/dialects/', pathNot: '[.]test[.]ts$' },
      to: { path: '^src/', pathNot: '^src/(kernel|space|model|dialects)/' },
    },
    {
      name: 'app-is-pure',
      severity: 'error',
      comment:
        'A use case is a function of its arguments. Files, clocks and sockets come in through the shells (src/cli) which ask src/live; what a report needs goes out as data.',
      from: { path: '^src/app/', pathNot: '[.]test[.]ts$' },
      to: { path: '^src/(live|cli|report|controller|server)/' },
    },
    {
      name: 'live-knows-no-use-case',
      severity: 'error',
      comment: 'The ports to the outside world carry bytes and lines; what is done with them is decided in app and wired in the shells.',
      from: { path: '^src/live/', pathNot: '[.]test[.]ts$' },
      to: { path: '^src/', pathNot: '^src/(kernel|space|model|live)/' },
    },
    {
      name: 'shells-are-last',
      severity: 'error',
      comment: 'Nothing may import a shell: a verb is the end of the line. Move the part you need into app (what is done) or report (how it looks).',
      from: { path: '^src/', pathNot: '^src/(cli|controller|server)/' },
      to: { path: '^src/(cli|controller|server)/' },
    },
    {
      name: 'io-lives-in-live',
      severity: 'error',
      comment:
        'Everything but src/live and src/cli is a pure function of its input, so that it can be tested, fuzzed, cached and run in a browser. Take the data as an argument.',
      from: { path: '^src/', pathNot: ['^src/(live|cli)/', '[.]test[.]ts$'] },
      to: { path: io },
    },
    {
      name: 'no-development-packages-at-run-time',
      severity: 'error',
      comment: 'This package is not installed with Ringfence. Make it a dependency (and write down why in docs/adr), or do without.',
      from: { path: '^src/', pathNot: '[.]test[.]ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-unlisted-packages',
      severity: 'error',
      comment: 'This package is not in package.json: it is here by luck, through another one.',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      comment: 'There is no such file. Imports end in `.ts` and are relative.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      comment: 'A test file is not a library. Move what you need into a file of its own.',
      from: {},
      to: { path: '[.]test[.]ts$' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nobody imports this file and nobody runs it. Wire it up or delete it.',
      from: { orphan: true, pathNot: ['[.]test[.]ts$', '^src/index[.]ts$'] },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'], extensions: ['.ts', '.js', '.json'] },
  },
};
