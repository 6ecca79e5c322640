import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileAll } from '../../src/app/generate.ts';
import { auditFabric } from '../../src/app/infiniband/audit.ts';
import { readEvidence } from '../../src/app/infiniband/evidence.ts';
import { readZones } from '../../src/spec/parse.ts';
import { asked } from './oracle.ts';
import { timeless } from './recordings.ts';
import { unavailable } from './simulator.ts';

const home = new URL('../../examples/infiniband-cluster/', import.meta.url).pathname;
const text = (file: string): string => readFileSync(join(home, file), 'utf8');
const { zones } = readZones(['training.yaml', 'production.yaml'].map((file) => ({ file, text: text(file) })));
const packs = compileAll(zones);
const generated = (file: string, zone = 0): string => (packs.ok ? (packs.value[zone]?.files.find((f) => f.path === file)?.text ?? '') : '');

function audited(files: Readonly<Record<string, string>>) {
  const { report } = auditFabric(zones, readEvidence(Object.entries(files).map(([file, content]) => ({ file, text: content }))), null);
  return {
    apart: report.apart,
    findings: report.findings.map((f) => `${f.check}: ${f.message}`),
    unknown: report.questions.filter((q) => q.answer === 'not known').map((q) => q.because),
  };
}

describe('two zones and their storage on one fabric', () => {
  it('have one partition file, which is that of the example', () => {
    expect(packs.diagnostics).toEqual([]);
    if (process.env.UPDATE_GOLDENS !== undefined) writeFileSync(join(home, 'partitions.conf'), generated('fabric/partitions.conf'));
    expect(generated('fabric/partitions.conf')).toBe(text('partitions.conf'));
    expect(generated('fabric/partitions.conf', 1)).toBe(text('partitions.conf'));
  });

  it('are kept apart, and nothing is wrong', () => {
    const files = Object.fromEntries(['partitions.conf', 'opensm.conf', 'ibnetdiscover.txt', 'pkeys.txt', 'sminfo.txt'].map((file) => [file, text(file)]));
    const logged = { ...files, 'opensm.log': 'Nov 27 12:00:00 000000 [1] 0x02 -> SUBNET UP\n' };
    expect(audited(logged)).toEqual({ apart: 'holds', findings: [], unknown: ['no manifest of the cluster is among the inputs'] });
  });

  it.skipIf(unavailable !== null)('are so for OpenSM, which makes of the file what the example says', async () => {
    const { dumps } = await asked(readFileSync(new URL('fabric.net', import.meta.url), 'utf8'), generated('fabric/partitions.conf'), []);
    const printed = {
      'ibnetdiscover.txt': dumps.ibnetdiscover.replace(/^# Topology file: generated.*\n/m, ''),
      'pkeys.txt': dumps.pkeys,
      'sminfo.txt': dumps.sminfo.replace(/activity count \d+/, 'activity count 3'),
    };
    if (process.env.UPDATE_LAB !== undefined) for (const [file, content] of Object.entries(printed)) writeFileSync(join(home, file), content);
    expect(
      audited({ ...printed, 'opensm.log': timeless(dumps.log), 'partitions.conf': generated('fabric/partitions.conf'), 'opensm.conf': text('opensm.conf') })
        .findings,
    ).toEqual([]);
    expect(audited({ ...printed, 'partitions.conf': generated('fabric/partitions.conf') }).apart).toBe('holds');
    expect(dumps.pkeys).toBe(text('pkeys.txt'));
  });

  it('tell NCCL and UCX where the key is', () => {
    const fragment = generated('workload-scheduling.patch.yaml');
    expect(fragment).toMatch(/name: NCCL_IB_PKEY\n\s+value: "0"/);
    expect(fragment).toMatch(/name: UCX_IB_PKEY\n\s+value: "?0x0010"?/);
    // The index is that of the table that OpenSM wrote: port of train-01, LID 5 in the dump.
    const lid = /\[1\]\(98039b0300001011\)[^#]*# lid (\d+)/.exec(text('ibnetdiscover.txt'))?.[1];
    expect(text('pkeys.txt')).toMatch(new RegExp(`# smpquery pkeys ${lid}\\n {3}0: 0x8010 `));
  });
});
