// docs/benchmarks.md as text: each section from the rows that were measured.
import { cpus } from 'node:os';

export const milliseconds = (n) => `${n.toFixed(0)} ms`;
const thousands = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
const ratio = ({ nca, total }) => (nca === null ? '–' : `${thousands(Math.round((nca * 1000) / total))}×`);

function scalePage(large) {
  const megabytes = (r) => `${Math.round(r.resident)} MB`;
  return [
    '',
    '## Large clusters',
    '',
    'One JSON List each, under `cilium` (the Calico one under `calico`), once, in a process of its own. Compile makes classes, sets and signatures; matrix gives all traffic between all pods as',
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

function changePage(changes) {
  const cells = ({ median, p99, most }) => [median, p99, most].map((n) => `${n.toFixed(1)} ms`);
  return [
    '',
    '## One change',
    '',
    'The same clusters with three training zones in them: one policy, pod or namespace label at a time comes, goes or is different, and the claims of all zones are',
    'current again. A seeded sample of states is judged from scratch as well, and the claims are the same. Target: 10 ms median, 50 ms p99.',
    '',
    '| cluster | where | changes | median | p99 | most |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...changes.flatMap(({ what, places }) =>
      places.filter((p) => !p.what.includes(':')).map((p) => `| ${[what, p.what, p.changes, ...cells(p)].join(' | ')} |`),
    ),
  ];
}

function logsPage(logs) {
  return [
    '',
    '## Logs',
    '',
    'A gigabyte each, as it comes to `diagnose`, in pieces of a megabyte. Beside it, how often finding the ends of its lines goes into that, and by how much the process',
    'grew meanwhile. Target: at least 100 MB/s, in constant memory.',
    '',
    '| log | recognised lines | speed | of finding line ends | memory |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...logs.map(
      (r) =>
        `| ${[r.what, thousands(r.recognised), `${(r.megabytes / r.seconds).toFixed(0)} MB/s`, `${r.ofPlain.toFixed(1)}×`, `${Math.max(0, Math.round(r.grown))} MB`].join(' | ')} |`,
    ),
  ];
}

function feedsPage(feeds) {
  return [
    '',
    '## Lists of addresses',
    '',
    'As `feeds apply` takes them: from text in memory to a feed with every prefix looked at, filtered and merged, and compared with the edition before. Best of fourteen in a',
    'process of its own. Targets: 10,668 prefixes merged in 10 ms, 4 MB read, filtered and compared in 300 ms.',
    '',
    '| list | size | prefixes | intervals | read | filter and merge | compare | together |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...feeds.map((r) => {
      const times = [milliseconds(r.read), `${r.merge.toFixed(1)} ms`, `${r.diff.toFixed(1)} ms`, milliseconds(r.read + r.merge + r.diff)];
      return `| ${[r.what, `${r.megabytes.toFixed(1)} MB`, thousands(r.prefixes), thousands(r.intervals), ...times].join(' | ')} |`;
    }),
  ];
}

function iamPage(iam) {
  return [
    '',
    '## Policies of AWS',
    '',
    'One question to the prover over a role with ten policies of twenty statements each, from policies in memory to the answer: whether any such request is allowed. The first in a process',
    'of its own, with nothing compiled yet, and the median of 25, each of which reads the statements anew. Target: 20 ms for the median.',
    '',
    '| question | actions | answer | first | median |',
    '| --- | ---: | --- | ---: | ---: |',
    ...iam.map(
      (r) => `| ${[r.what, r.actions, r.answer === 'none' ? 'none is' : 'one is', `${r.first.toFixed(1)} ms`, `${r.median.toFixed(1)} ms`].join(' | ')} |`,
    ),
  ];
}

function fabricPage(fabric) {
  return [
    '',
    '## InfiniBand fabrics',
    '',
    'An audit from texts in memory to the answer: ports, tables, partition file and a zone a partition, each pair of ports compared. Median of five in a process of its own; the first, in which nothing',
    'is compiled yet, beside it. Target: one second for 512 hosts in 16 partitions.',
    '',
    '| fabric | pairs of ports | answer | median | first |',
    '| --- | ---: | --- | ---: | ---: |',
    ...fabric.map((r) => `| ${[r.what, thousands(r.pairs), r.answer, milliseconds(r.median), milliseconds(r.first)].join(' | ')} |`),
  ];
}

function readingPage(read, shapeNames) {
  const times = (r, key) => (r.parse === null ? '–' : `${(r[key] / r.parse).toFixed(1)}×`);
  const speed = (r) => `${((r.megabytes * 1000) / r.read).toFixed(0)} MB/s`;
  return [
    '',
    '## Reading',
    '',
    'From text in memory. Read gives objects with their places, keys that are there twice and limits looked after; snapshot gives workloads, policies and who owns whom',
    'as well. Beside both, how often `JSON.parse` of the same text goes into them. Best of five runs in a process of its own; resident is the process after the first.',
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

/** The page docs/benchmarks.md, from what was measured. */
export function pageOf({ rows, large, changes, read, logs, feeds, iam, fabric, rounds, sampleSize, shapeNames }) {
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
    ...changePage(changes),
    ...logsPage(logs),
    ...feedsPage(feeds),
    ...iamPage(iam),
    ...fabricPage(fabric),
    ...readingPage(read, shapeNames),
  ].join('\n')}\n`;
}
