// npm run bench: reads and solves generated clusters in this process, holds a sample against the definition, and writes docs/benchmarks.md.
// npm run bench -- --shape SHAPE measures one of them; with --emit-input FOLDER it writes its files instead.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { emitInput, shapeNames } from './bench/all-shapes.mjs';
import { readCommandLine, usage } from './bench/command-line.mjs';
import { inputs } from './bench/inputs.mjs';
import { shapes as largeShapes } from './bench/scale.mjs';
import { numbers, shapes } from './bench/teams.mjs';
import { compile } from './steps/compile.mjs';
import { install } from './steps/install.mjs';
import { built } from './steps/printing.mjs';
import { at } from './steps/root.mjs';

const rounds = 7;
const sampleSize = 4000;

async function bench() {
  const asked = readCommandLine(process.argv.slice(2), shapeNames);
  if ('fault' in asked) {
    process.stderr.write(`${asked.fault}\n${usage(shapeNames)}\n`);
    return 2;
  }
  if ((await install()) !== 0 || (await compile()) !== 0) return 3;
  const { shape, folder } = asked;
  if (folder !== null) {
    // npm runs scripts in the project's folder; paths are meant from where the user stood.
    const target = resolve(process.env.INIT_CWD ?? process.cwd(), folder);
    console.log(`${emitInput(target, shape)} files in ${folder}`);
    return 0;
  }
  const wanted = (names) => Object.keys(names).filter((name) => shape === null || name === shape);
  const rows = [];
  for (const name of wanted(shapes)) rows.push(await measureTeams(name));
  const large = wanted(largeShapes).map(measureLarge);
  const read = wanted({ ...largeShapes, ...inputs }).map(measureReading);
  if (shape === null) writeFileSync(at('docs', 'benchmarks.md'), pageOf(rows, large, read));
  return 0;
}

/** A cluster of many teams, several times in this process. */
async function measureTeams(name) {
  const program = Object.assign(
    {},
    ...(await Promise.all(['live/files.js', 'app/load.js', 'engine/reach.js', 'engine/decide.js', 'engine/profiles.js'].map(built))),
  );
  const profile = program.profileOf('kubernetes').value;
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-bench-'));
  try {
    emitInput(folder, name);
    const measured = [];
    for (let round = 0; round < rounds; round++) measured.push(await once(program, profile, folder));
    const last = measured.at(-1);
    refuseDisagreement(disagreements(last.reachability, program.decide));
    const of = (key) => median(measured.map((m) => m[key]));
    const { snapshot } = last.reachability;
    const row = {
      ...shapes[name],
      pods: snapshot.workloads.reduce((sum, w) => sum + w.replicas, 0),
      policies: snapshot.policies.length,
      namespaces: snapshot.namespaces.size,
      pairs: last.pairs,
      first: measured[0].total,
      read: of('read'),
      solve: of('solve'),
      total: of('total'),
      processor: of('processor'),
    };
    console.log(rowText(row));
    return row;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function refuseDisagreement(wrong) {
  if (wrong.length > 0) throw new Error(`reach and decide disagree:\n${wrong.slice(0, 10).join('\n')}`);
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

/** Runs a script in a process of its own, so that memory is its own too. Returns the figures that it prints. */
function inOwnProcess(script, name) {
  const run = spawnSync(process.execPath, ['--expose-gc', '--max-old-space-size=6000', at('scripts', 'bench', script), name], {
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (run.status !== 0) throw new Error(`${name}: ${run.stderr}`);
  return JSON.parse(run.stdout);
}

function measureLarge(name) {
  const row = { ...largeShapes[name], ...inOwnProcess('scale.mjs', name) };
  refuseDisagreement(row.wrong);
  console.log(
    `${row.what}: compile ${milliseconds(row.compile)}, matrix ${milliseconds(row.matrix)}, ${Math.round(row.resident)} MB, point ${row.point.toFixed(1)} µs`,
  );
  return row;
}

function measureReading(name) {
  const row = { what: (largeShapes[name] ?? inputs[name]).what, ...inOwnProcess('reading.mjs', name) };
  const parse = row.parse === null ? '' : `JSON.parse ${milliseconds(row.parse)}, `;
  console.log(`${row.what}: ${parse}read ${milliseconds(row.read)}, snapshot ${milliseconds(row.snapshot)}, ${Math.round(row.resident)} MB`);
  return row;
}

function scalePage(large) {
  const megabytes = (r) => `${Math.round(r.resident)} MB`;
  return [
    '',
    '## Large clusters',
    '',
    'One JSON List each, under `cilium@1.19`, once, in a process of its own. Compile makes classes, sets and signatures; matrix gives all traffic between all pods as',
    'rectangles. Resident is the whole process afterwards, the parsed input among it. A point query asks for one pair of workloads that has been asked before.',
    'A seeded sample of packets is held against the definition in every row.',
    '',
    '| cluster | classes | compile | matrix | target for both | resident | point query |',
    '| --- | ---: | ---: | ---: | --- | ---: | ---: |',
    ...large
      .filter((r) => r.target !== null)
      .map(
        (r) =>
          `| ${[r.what, thousands(r.classes), milliseconds(r.compile), milliseconds(r.matrix), r.target, megabytes(r), `${r.point.toFixed(1)} µs`].join(' | ')} |`,
      ),
    '',
    '### As pods double',
    '',
    'The same 625 namespaces, 1,875 jobs and 2,500 policies, and so the same classes, with ever more pods.',
    '',
    '| pods | classes | snapshot | compile | matrix | resident |',
    '| ---: | ---: | ---: | ---: | ---: | ---: |',
    ...large
      .filter((r) => r.target === null)
      .map((r) => `| ${[thousands(r.pods), thousands(r.classes), ...[r.read, r.compile, r.matrix].map(milliseconds), megabytes(r)].join(' | ')} |`),
  ];
}

function readingPage(read) {
  const times = (r, key) => (r.parse === null ? '–' : `${(r[key] / r.parse).toFixed(1)}×`);
  const speed = (r) => `${((r.megabytes * 1000) / r.read).toFixed(0)} MB/s`;
  return [
    '',
    '## Reading',
    '',
    'From text in memory. Read gives objects with their places, keys that are there twice and limits looked after; snapshot gives workloads, policies and who owns whom',
    'as well. Beside both, how often `JSON.parse` of the same text goes into them. Best of three runs in a process of its own; resident is the process after the first.',
    'Targets: JSON at most 2× `JSON.parse`, YAML at least 15 MB/s, both for read.',
    '',
    '| input | size | objects | JSON.parse | read | of JSON.parse | speed | snapshot | of JSON.parse | resident |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...read.map((r) => {
      const parse = r.parse === null ? '–' : milliseconds(r.parse);
      const cells = [r.what, `${r.megabytes.toFixed(0)} MB`, thousands(r.objects), parse, milliseconds(r.read), times(r, 'read'), speed(r)];
      return `| ${[...cells, milliseconds(r.snapshot), times(r, 'snapshot'), `${Math.round(r.resident)} MB`].join(' | ')} |`;
    }),
    '',
    '`npm run bench -- --shape SHAPE` measures one input; `npm run bench -- --emit-input FOLDER --shape SHAPE` writes it as plain files, for other tools. SHAPE is one of',
    `${shapeNames.map((s) => `\`${s}\``).join(', ')}.`,
  ];
}

function pageOf(rows, large, read) {
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
    ...scalePage(large),
    ...readingPage(read),
  ].join('\n')}\n`;
}

process.exitCode = await bench();
