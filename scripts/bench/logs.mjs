// How fast logs are read for diagnose, in a process of its own: node --expose-gc scripts/bench/logs.mjs SHAPE prints figures as JSON.
import { pathToFileURL } from 'node:url';
import { built } from '../steps/printing.mjs';

/** Bytes of each kind of log that are read, and how they come. */
const total = 1_000_000_000;
const chunk = 1 << 20;
const lines = 20_000;

const failed = (i) =>
  `llm-worker-3:45:60 [0] misc/socket.cc:484 NCCL WARN socketPollConnect: Connect to 10.1.2.3<${30_000 + i}> returned 110(Connection timed out)`;
const went = (i) => `llm-worker-3:45:60 [0] NCCL INFO Channel 00/${i % 4} : 0[0] -> 1[0] via P2P/CUMEM`;
/** Lines of several programs, of many ranks in one log. */
const kinds = [
  (i) =>
    `llm-worker-${i % 64}:45:60 [${i % 8}] misc/socket.cc:484 NCCL WARN socketPollConnect: Connect to 10.1.2.${i % 200}<${30_000 + i}> returned 110(Connection timed out)`,
  (i) =>
    `[rank${i % 64}]:[W1126 04:00:00.${100_000 + i} socket.cpp:697] [c10d] The client socket has timed out after 60000ms while trying to connect to (llm-master-0, 29500).`,
  (i) =>
    `[rank${i % 64}]:[E1126 04:10:00.123 ProcessGroupNCCL.cpp:616] [Rank ${i % 64}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=${i}, OpType=ALLREDUCE, NumelIn=1, NumelOut=1, Timeout(ms)=600000) ran for 600007 milliseconds before timing out.`,
  (i) =>
    `RuntimeError: Gloo connectFullMesh failed with [/pytorch/third_party/gloo/gloo/transport/tcp/pair.cc:144] timed out connecting: SO_ERROR: Connection timed out, remote=[10.1.2.${i % 200}]:${30_000 + i}`,
  (i) => `[rank${i % 64}]: ValueError: too many values to unpack (expected 2)`,
  (i) => `llm-worker-${i % 64}:1:1 [0] misc/socket.cc:40 NCCL WARN Net : Call to recv from 10.1.2.3<41235> failed : Connection reset by peer`,
  (i) => `[pod/llm-worker-${i % 64}/pytorch] ssh: connect to host llm-worker-1.llm port 22: Connection timed out`,
  () =>
    "requests.exceptions.ConnectTimeout: HTTPSConnectionPool(host='hub.example.com', port=443): Max retries exceeded with url: /x (Caused by ConnectTimeoutError(<c>, 'Connection to hub.example.com timed out. (connect timeout=10)'))",
];
const time = '2026-11-26T10:00:00.123456789Z';
const collected = (text) =>
  JSON.stringify({ time, stream: 'stderr', log: `${text}\n`, kubernetes: { pod_name: 'llm-worker-3', namespace_name: 'ml', container_name: 'pytorch' } });
const nested = (text) => `${time} stderr F ${collected(JSON.stringify({ level: 'warn', ts: 1, msg: `[rank3]: ${text}` }))}`;

const many = (line) => Buffer.from(`${Array.from({ length: lines }, (_, i) => line(i)).join('\n')}\n`);

export const logs = {
  'log-quiet': {
    what: 'a training log in which nothing is recognised',
    make: () => many((i) => `2026-11-26 10:00:00,123 INFO trainer step=${i} loss=2.3456 grad_norm=1.23 tokens/s=123456 lr=1e-4 mem=45.6GiB rank ${i % 8}`),
  },
  'log-debug': {
    what: 'NCCL_DEBUG=INFO, one line in a hundred tells something',
    make: () => many((i) => (i % 100 === 0 ? failed(i) : went(i))),
  },
  'log-storm': {
    what: 'every other line tells something',
    make: () => many((i) => (i % 2 === 0 ? failed(i) : went(i))),
  },
  'log-kinds': {
    what: 'eight kinds of lines of 64 ranks, every line tells something',
    make: () => many((i) => kinds[i % kinds.length](i)),
  },
  'log-prefixed': {
    what: 'the same with the prefix of kubectl',
    make: () => many((i) => `[pod/llm-worker-3/pytorch] ${i % 2 === 0 ? failed(i) : went(i)}`),
  },
  'log-collected': {
    what: 'the same in JSON of a collector',
    make: () => many((i) => collected(i % 2 === 0 ? failed(i) : went(i))),
  },
  'log-nested': {
    what: 'JSON in JSON in CRI, every other line tells something',
    make: () => many((i) => nested(i % 2 === 0 ? failed(i) : went(i))),
  },
  'log-all': {
    what: 'JSON in JSON in CRI, every line tells something',
    make: () => many((i) => nested(failed(i))),
  },
};

async function measure(name) {
  const { LogScanner } = await built('app/diagnose/log-scanner.js');
  const text = logs[name].make();
  const pass = (bytes) => {
    const scanner = new LogScanner(name);
    for (let read = 0; read < bytes; read += text.length)
      for (let at = 0; at < text.length; at += chunk) scanner.feed(text.subarray(at, Math.min(text.length, at + chunk)));
    return scanner.end();
  };
  pass(50_000_000);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const start = performance.now();
  const { bytes, recognised } = pass(total);
  const seconds = (performance.now() - start) / 1000;
  const counted = performance.now();
  let newlines = 0;
  for (let read = 0; read < bytes; read += text.length) for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) newlines++;
  const plain = (performance.now() - counted) / 1000;
  return { name, megabytes: bytes / 1e6, recognised, newlines, seconds, ofPlain: seconds / plain, grown: (process.memoryUsage().rss - before) / 1e6 };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(await measure(process.argv[2])));
