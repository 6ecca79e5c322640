// npm run bench: reads and solves generated clusters in this process, holds a sample against the definition, and writes docs/benchmarks.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { shapes as largeShapes } from './bench/scale.mjs';
import { numbers, writeTeams } from './bench/teams.mjs';
import { compile } from './steps/compile.mjs';
import { install } from './steps/install.mjs';
import { built } from './steps/printing.mjs';
import { at } from './steps/root.mjs';

const rounds = 7;
const sampleSize = 4000;

/**
 * `nca` is how many seconds network-config-analyzer 2.1.0 takes for the shape (Python 3.11, two cores of an AMD EPYC, `--connectivity -o txt_no_fw_rules`);
 * null where it was not tried. Of pods with one owner it looks at two, we at all.
 */
const shapes = [
  { teams: 10, jobs: 4, podsPerJob: 5, nca: null },
  { teams: 20, jobs: 5, podsPerJob: 5, nca: 6.3 },
  { teams: 40, jobs: 5, podsPerJob: 5, nca: 30.1 },
  { teams: 80, jobs: 5, podsPerJob: 5, nca: 155.8 },
  { teams: 20, jobs: 25, podsPerJob: 1, nca: 186 },
  { teams: 80, jobs: 25, podsPerJob: 1, nca: null },
];

async function bench() {
  if ((await install()) !== 0 || (await compile()) !== 0) return 3;
  const program = Object.assign(
    {},
    ...(await Promise.all(['live/files.js', 'app/load.js', 'engine/reach.js', 'engine/decide.js', 'engine/profiles.js'].map(built))),
  );
  const profile = program.profileOf('kubernetes').value;
  const rows = [];
  for (const shape of shapes) {
    const folder = mkdtempSync(join(tmpdir(), 'ringfence-bench-'));
    try {
      writeTeams(folder, shape);
      const measured = [];
      for (let round = 0; round < rounds; round++) measured.push(await once(program, profile, folder));
      const last = measured.at(-1);
      const wrong = disagreements(last.reachability, program.decide);
      if (wrong.length > 0) {
        console.error(`reach and decide disagree:\n${wrong.slice(0, 10).join('\n')}`);
        return 1;
      }
      const of = (key) => median(measured.map((m) => m[key]));
      const { snapshot } = last.reachability;
      rows.push({
        ...shape,
        pods: snapshot.workloads.reduce((sum, w) => sum + w.replicas, 0),
        policies: snapshot.policies.length,
        namespaces: snapshot.namespaces.size,
        pairs: last.pairs,
        first: measured[0].total,
        read: of('read'),
        solve: of('solve'),
        total: of('total'),
        processor: of('processor'),
      });
      console.log(rowText(rows.at(-1)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  writeFileSync(at('docs', 'benchmarks.md'), pageOf(rows, measureLarge()));
  return 0;
}

/** From files on disk to an answer for every pair of parties, once. Times in milliseconds. */
async function once({ readPaths, loadSnapshot, reach }, profile, folder) {
  const processor = process.cpuUsage();
  const start = performance.now();
  const files = await readPaths([folder], { cwd: folder, stdin: async () => new Uint8Array() });
  const { snapshot, diagnostics } = loadSnapshot(files.texts);
  const read = performance.now();
  const fault = [...files.diagnostics, ...diagnostics].find((d) => d.severity === 'error');
  if (fault !== undefined) throw new Error(`the reader refuses what the benchmark wrote: ${fault.message}`);
  const reachability = reach(snapshot, profile);
  let rectangles = 0;
  for (const { to } of reachability.rectangles()) rectangles += to.length > 0 ? 1 : 0;
  if (rectangles === 0) throw new Error('nothing passes: the benchmark would measure nothing');
  const pairs = reachability.classes.reduce((sum, c) => sum + c.pods, 0) ** 2;
  const outside = reachability.parties.filter((p) => p.kind !== 'workload');
  for (const from of reachability.parties) {
    if (from.kind !== 'workload') continue;
    for (const other of outside) {
      reachability.between(from, other);
      reachability.between(other, from);
    }
  }
  const end = performance.now();
  const { user, system } = process.cpuUsage(processor);
  return { reachability, pairs, processor: (user + system) / 1000, read: read - start, solve: end - read, total: end - start };
}

/** A seeded sample of packets between pods, half of them inside one namespace, asked of the definition; the matrix must say the same. */
function disagreements(reachability, decide) {
  const { snapshot, profile } = reachability;
  const random = numbers(7);
  const points = [
    ['TCP', 53],
    ['UDP', 53],
    ['TCP', 9000],
    ['TCP', 9100],
    ['TCP', 29_500],
    ['SCTP', 1],
    ['ICMP', 8],
  ];
  const wrong = [];
  for (let i = 0; i < sampleSize; i++) {
    const from = snapshot.workloads[random(snapshot.workloads.length)];
    const near = snapshot.workloads.filter((w) => w.namespace === from.namespace);
    const pool = i % 2 === 0 ? snapshot.workloads : near;
    const to = pool[random(pool.length)];
    const [protocol, port] = points[random(points.length)];
    const decisions = [];
    for (let a = 0; a < from.replicas; a++) {
      for (let b = 0; b < to.replicas; b++) {
        if (from === to && a === b) continue;
        const packet = { from: { kind: 'pod', workload: from.id, replica: a }, to: { kind: 'pod', workload: to.id, replica: b }, protocol, port };
        decisions.push(decide(snapshot, profile, packet).decision);
      }
    }
    if (decisions.length === 0) continue;
    const flow = reachability.between({ kind: 'workload', id: from.id }, { kind: 'workload', id: to.id });
    const reached = flow.allowed.has(protocol, port) ? 'allowed' : flow.unknown.has(protocol, port) ? 'unknown' : 'denied';
    const wanted = ['allowed', 'unknown', 'denied'].find((d) => decisions.includes(d));
    if (reached !== wanted) wrong.push(`${from.id} -> ${to.id} ${protocol}/${port}: reach ${reached}, decide ${wanted}`);
  }
  return wrong;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const milliseconds = (n) => `${n.toFixed(0)} ms`;
const thousands = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
const ratio = ({ nca, total }) => (nca === null ? '–' : `${thousands(Math.round((nca * 1000) / total))}×`);

function rowText(row) {
  return `${row.pods} pods, ${row.policies} policies: read ${milliseconds(row.read)}, solve ${milliseconds(row.solve)}, together ${milliseconds(row.total)}, processor ${milliseconds(row.processor)}, first time ${milliseconds(row.first)}`;
}

/** Large clusters, each measured once in a process of its own, so that memory is its own too. */
function measureLarge() {
  return Object.entries(largeShapes).map(([name, { what, target }]) => {
    const run = spawnSync(process.execPath, ['--expose-gc', '--max-old-space-size=6000', at('scripts', 'bench', 'scale.mjs'), name], {
      encoding: 'utf8',
      timeout: 300_000,
    });
    if (run.status !== 0) throw new Error(`${name}: ${run.stderr}`);
    const row = { what, target, ...JSON.parse(run.stdout) };
    if (row.wrong.length > 0) throw new Error(`reach and decide disagree:\n${row.wrong.slice(0, 10).join('\n')}`);
    console.log(
      `${what}: compile ${milliseconds(row.compile)}, matrix ${milliseconds(row.matrix)}, ${Math.round(row.resident)} MB, point ${row.point.toFixed(1)} µs`,
    );
    return row;
  });
}

function scalePage(large) {
  return [
    '',
    '## Large clusters',
    '',
    'One JSON List each, under `cilium@1.19`, once, in a process of its own. Compile makes classes, sets and signatures; matrix gives all traffic between all pods as',
    'rectangles. Resident is the whole process afterwards, the parsed input among it. A point query asks for one pair of workloads that has been asked before.',
    'A seeded sample of packets is held against the definition in every row.',
    '',
    '| cluster | classes | compile | matrix | target for both | resident | point query | JSON.parse | read |',
    '| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |',
    ...large.map(
      (r) =>
        `| ${[r.what, thousands(r.classes), milliseconds(r.compile), milliseconds(r.matrix), r.target, `${Math.round(r.resident)} MB`, `${r.point.toFixed(1)} µs`, milliseconds(r.parse), milliseconds(r.read)].join(' | ')} |`,
    ),
    '',
    '`node scripts/bench/scale.mjs SHAPE --emit FOLDER` writes a cluster for other tools; SHAPE is one of ' +
      `${Object.keys(largeShapes)
        .map((s) => `\`${s}\``)
        .join(', ')}.`,
  ];
}

function pageOf(rows, large) {
  const [cpu] = cpus();
  return `${[
    '# Benchmarks',
    '',
    '<!-- Written by `npm run bench`; do not edit. -->',
    '',
    'Many teams share a cluster: each has its namespace with default deny, DNS, storage and metrics, and one policy a job that lets the pods of the job talk to',
    'each other. One process reads the YAML files from disk into a snapshot, solves it under the profile `kubernetes` for all pairs of pods at once (as',
    'rectangles of pods that no rule tells apart), and asks the answer between every workload and every node and outside block.',
    '',
    `Measured on ${cpus().length} cores of ${cpu?.model.trim() ?? 'an unnamed processor'}, Node ${process.versions.node}, one thread. Times are medians of ${rounds} runs in one process; the first run, in which`,
    'nothing is compiled yet, stands beside them. Processor time is that of all threads of the process, the garbage collector among them; where the clock says',
    'more, other programs were running.',
    '',
    '| pods | policies | namespaces | pairs of pods | read | solve | together | processor | first run | NCA 2.1.0 | ratio |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map((r) => {
      const cells = [r.pods, r.policies, r.namespaces, r.pairs].map(thousands);
      return `| ${[...cells, ...[r.read, r.solve, r.total, r.processor, r.first].map(milliseconds), r.nca === null ? '–' : `${r.nca} s`, ratio(r)].join(' | ')} |`;
    }),
    '',
    `In every row, ${thousands(sampleSize)} packets between pods, drawn with a fixed seed, were asked of the definition (\`decide\`) as well, and both said the same.`,
    '',
    'The column NCA is network-config-analyzer on clusters of the same shape (Python 3.11, two cores of an AMD EPYC): its input and its output are not byte for',
    'byte ours, and of pods with one owner it looks at two. The ratio is of the medians above to that figure, on different machines: an order of magnitude, no more.',
    '',
    'The generator is `scripts/bench/teams.mjs`; `node scripts/bench/teams.mjs FOLDER` writes the clusters for other tools.',
    ...scalePage(large),
  ].join('\n')}\n`;
}

process.exitCode = await bench();
