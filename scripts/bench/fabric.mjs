// How long an audit of an InfiniBand fabric takes, in a process of its own: node scripts/bench/fabric.mjs SHAPE prints figures as JSON.
import { pathToFileURL } from 'node:url';
import { built } from '../steps/printing.mjs';

const rounds = 5;
export const fabricShapes = {
  'fabric-512': { what: '512 hosts in 16 partitions', hosts: 512, partitions: 16 },
  'fabric-4096': { what: '4096 hosts in 64 partitions', hosts: 4096, partitions: 64 },
};

const hex = (n) => n.toString(16).padStart(16, '0');
const portOf = (n) => hex(0x98039b0000000000n + BigInt(n) * 16n + 1n);
const keyOf = (p) => `0x${(p + 16).toString(16).padStart(4, '0')}`;

/** As operators export it: ports, tables, the partition file, and zones that say whose the ports are. */
export function fabricInputs({ hosts, partitions }) {
  const all = Array.from({ length: hosts }, (_, n) => n);
  const own = (p) => all.filter((n) => n > 0 && n % partitions === p);
  const topology = all
    .map(
      (n) =>
        `caguid=0x${hex(0x98039b0000000000n + BigInt(n) * 16n)}\nCa\t1 "H-${hex(0x98039b0000000000n + BigInt(n) * 16n)}"\t\t# "host-${n} mlx5_0"\n[1](${portOf(n)}) \t"S-98039b03000a0001"[${n}]\t\t# lid ${n + 1} lmc 0 "leaf" lid 9999 4xNDR\n`,
    )
    .join('\n');
  const cells = (keys) => [...keys, ...Array(64 - keys.length).fill('0x0000')];
  const table = (n) => {
    const keys = n === 0 ? ['0xffff'] : [`0x${(0x8000 + (n % partitions) + 16).toString(16)}`, '0x7fff'];
    const padded = cells(keys);
    const lines = Array.from({ length: 8 }, (_, i) => `${String(i * 8).padStart(4)}: ${padded.slice(i * 8, i * 8 + 8).join(' ')}`);
    return `# smpquery pkeys ${n + 1}\n${lines.join('\n')}\n64 pkeys capacity for this port\n`;
  };
  const conf = `Default=0x7fff : ALL=limited, SELF=full ;\n${Array.from(
    { length: partitions },
    (_, p) =>
      `P${p}=${keyOf(p)}, indx0 :\n${own(p)
        .map((n) => `  0x${portOf(n)}=full`)
        .join(',\n')} ;\n`,
  ).join('')}`;
  const zone = (p) => `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z${p}}
spec:
  platform: {cni: kubernetes}
  namespace: {name: z${p}}
  workloads: [{name: w, selector: {app: w}}]
  fabric:
    infiniband:
      partition: {pkey: "${keyOf(p)}"}
      infrastructure: [{host: host-0, guid: "0x${portOf(0)}"}]
      hosts:
        ports:
${own(p)
  .map((n) => `        - {host: host-${n}, guid: "0x${portOf(n)}"}`)
  .join('\n')}
`;
  const sm = `sminfo: sm lid 1 sm guid 0x${portOf(0)}, activity count 3 priority 0 state 3 SMINFO_MASTER\n`;
  return {
    zones: Array.from({ length: partitions }, (_, p) => ({ file: `z${p}.yaml`, text: zone(p) })),
    dumps: [
      { file: 'ibnetdiscover.txt', text: topology },
      { file: 'pkeys.txt', text: all.map(table).join('') },
      { file: 'partitions.conf', text: conf },
      { file: 'sminfo.txt', text: sm },
    ],
  };
}

async function measure(name) {
  const modules = ['app/infiniband/evidence.js', 'app/infiniband/audit.js', 'spec/parse.js'];
  const [{ readEvidence }, { auditFabric }, { readZones }] = await Promise.all(modules.map(built));
  const { zones: texts, dumps } = fabricInputs(fabricShapes[name]);
  const { zones } = readZones(texts);
  const times = [];
  let report;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    report = auditFabric(zones, readEvidence(dumps), null).report;
    times.push(performance.now() - start);
  }
  const first = times[0];
  times.sort((a, b) => a - b);
  const { hosts } = report.fabric;
  return {
    name,
    hosts,
    pairs: (hosts * (hosts - 1)) / 2,
    answer: report.apart,
    findings: report.findings.length,
    first,
    median: times[Math.floor(rounds / 2)],
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(await measure(process.argv[2])));
