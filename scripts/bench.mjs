// npm run bench: reads and solves generated clusters in this process, holds a sample against the definition, and writes docs/benchmarks.md.
// npm run bench -- --shape SHAPE measures one of them; with --emit-input FOLDER it writes its files instead.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { emitInput, shapeNames } from './bench/all-shapes.mjs';
import { readCommandLine, usage } from './bench/command-line.mjs';
import { changing } from './bench/current.mjs';
import { fabricShapes } from './bench/fabric.mjs';
import { feeds as feedShapes } from './bench/feeds.mjs';
import { questions } from './bench/iam.mjs';
import { inputs } from './bench/inputs.mjs';
import { logs as logShapes } from './bench/logs.mjs';
import { milliseconds, pageOf } from './bench/pages.mjs';
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
  const changes = wanted(changing).map(measureChanges);
  const read = wanted({ ...largeShapes, ...inputs }).map(measureReading);
  const logs = wanted(logShapes).map(measureLogs);
  const feeds = wanted(feedShapes).map(measureFeed);
  const iam = wanted(questions).map(measureIam);
  const fabric = wanted(fabricShapes).map(measureFabric);
  if (shape === null)
    writeFileSync(at('docs', 'benchmarks.md'), pageOf({ rows, large, changes, read, logs, feeds, iam, fabric, rounds, sampleSize, shapeNames }));
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

function rowText(row) {
  return `${row.pods} pods, ${row.policies} policies: read ${milliseconds(row.read)}, solve ${milliseconds(row.solve)}, together ${milliseconds(row.total)}, processor ${milliseconds(row.processor)}, first time ${milliseconds(row.first)}`;
}

/** Runs a script in a process of its own, so that memory is its own too. Returns the figures that it prints. */
function inOwnProcess(script, name) {
  const run = spawnSync(process.execPath, ['--expose-gc', '--max-old-space-size=6000', at('scripts', 'bench', script), name], {
    encoding: 'utf8',
    timeout: 600_000,
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

function measureChanges(name) {
  const row = { what: largeShapes[name].what, ...inOwnProcess('current.mjs', name) };
  if (row.wrong.length > 0) throw new Error(`claims are not current:\n${row.wrong.slice(0, 10).join('\n')}`);
  for (const place of row.places.filter((p) => !p.what.includes(':')))
    console.log(`${row.what}, one change ${place.what}: ${place.median.toFixed(1)} ms median, ${place.p99.toFixed(1)} ms p99`);
  return row;
}

function measureLogs(name) {
  const row = { what: logShapes[name].what, ...inOwnProcess('logs.mjs', name) };
  console.log(`${row.what}: ${(row.megabytes / row.seconds).toFixed(0)} MB/s, ${Math.round(row.grown)} MB more`);
  return row;
}

function measureFeed(name) {
  const row = { what: feedShapes[name].what, ...inOwnProcess('feeds.mjs', name) };
  console.log(`${row.what}: read ${milliseconds(row.read)}, merge ${row.merge.toFixed(1)} ms, compare ${row.diff.toFixed(1)} ms`);
  return row;
}

function measureIam(name) {
  const row = { what: questions[name].what, ...inOwnProcess('iam.mjs', name) };
  console.log(`${row.what}: ${row.answer}, ${row.median.toFixed(1)} ms, the first ${row.first.toFixed(1)} ms`);
  return row;
}

function measureFabric(name) {
  const row = { what: fabricShapes[name].what, ...inOwnProcess('fabric.mjs', name) };
  console.log(`${row.what}: ${row.answer}, ${milliseconds(row.median)}`);
  return row;
}

function measureReading(name) {
  const row = { what: (largeShapes[name] ?? inputs[name]).what, ...inOwnProcess('reading.mjs', name) };
  const parse = row.parse === null ? '' : `JSON.parse ${milliseconds(row.parse)}, `;
  console.log(`${row.what}: ${parse}read ${milliseconds(row.read)}, snapshot ${milliseconds(row.snapshot)}, ${Math.round(row.resident)} MB`);
  return row;
}

process.exitCode = await bench();
