import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditFabric } from '../../src/app/infiniband/audit.ts';
import { readEvidence } from '../../src/app/infiniband/evidence.ts';
import { fabricRules } from '../../src/app/infiniband/rules.ts';
import { readZones } from '../../src/spec/parse.ts';

const home = new URL('.', import.meta.url).pathname;
const text = (path: string): { readonly file: string; readonly text: string } => ({ file: path, text: readFileSync(join(home, path), 'utf8') });
const { zones } = readZones([text('zone.yaml')]);

/** The audit of what was recorded of a scenario; `without` leaves out dumps, as an operator might. */
function audited(scenario: string, without: readonly string[] = []) {
  const partitions = `scenarios/${scenario}.conf`;
  const dumps = ['recorded/fabric/ibnetdiscover.txt', 'recorded/fabric/sminfo.txt', `recorded/${scenario}/pkeys.txt`, `recorded/${scenario}/opensm.log`];
  const files = dumps.filter((path) => !without.some((name) => path.includes(name))).map(text);
  const evidence = readEvidence(files, existsSync(join(home, partitions)) ? [text(partitions)] : []);
  const { report } = auditFabric(zones, evidence, null);
  const place = (origin: (typeof report.findings)[number]['primary']): string | null => {
    if (origin === null) return null;
    const { file, line, column, endColumn } = evidence.locator.locate(origin);
    const name = file.split('/').at(-1) ?? '';
    return name.endsWith('.conf') ? `${line}: ${(evidence.locator.line(file, line) ?? '').slice(column - 1, endColumn - 1)}` : name;
  };
  return { report, found: report.findings.filter((f) => f.severity !== 'info').map((f) => [f.check, place(f.primary), f.message] as const) };
}

/** Each fault that was captured: which findings tell of it, on which words of the file, and what they say. */
const faults: Readonly<Record<string, { readonly apart: string; readonly found: readonly (readonly [string, string | null, string])[] }>> = {
  good: { apart: 'holds', found: [] },
  'overlap-node': { apart: 'fails', found: [['fabric-zones-share-key', '4: 0x98039b0300001041', 'train-04 does not belong there']] },
  'storage-all-full': { apart: 'fails', found: [['fabric-zones-share-key', '5: 0x98039b0300001011', 'should be limited members there']] },
  'pkey-collision': {
    apart: 'fails',
    found: [
      ['fabric-member-missing', 'zone.yaml', 'prod-01 (production) is not in partition 0x0020'],
      ['fabric-member-missing', 'zone.yaml', 'prod-02 (production) is not in partition 0x0020'],
      ['fabric-zones-share-key', '4: 0x98039b0300002011', 'prod-01 and prod-02 do not belong there'],
      ['fabric-partitions-misread', '4: 0x8010', 'is partition 0x0010'],
      ['fabric-partitions-misread', '4: Production=0x8010', 'is one partition with "Training"'],
    ],
  },
  'default-all-full': { apart: 'fails', found: [['fabric-flat', '2: ALL=full', 'The partition file says so']] },
  'syntax-error': {
    apart: 'fails',
    found: [
      ['fabric-flat', '4: Production=0x0020', 'has no ";"'],
      ['fabric-flat', '4: Production=0x0020', 'will be full members'],
      ['fabric-configuration-refused', 'opensm.log', 'PARSE ERROR: line 4: bad PortGUID'],
    ],
  },
  'no-config': { apart: 'fails', found: [['fabric-flat', 'pkeys.txt', 'without a partition file']] },
  'node-guid-typo': {
    apart: 'holds',
    found: [
      ['fabric-member-missing', '4: 0x98039b0300002020', 'the partition file lists its node GUID'],
      ['fabric-not-a-port', '4: 0x98039b0300002020', 'is the node GUID of prod-02'],
    ],
  },
  'unknown-guid': {
    apart: 'holds',
    found: [
      ['fabric-member-missing', 'zone.yaml', 'train-03 (training) is not in partition 0x0010'],
      ['fabric-not-a-port', '3: 0x98039b0300009931', 'is no port of the fabric'],
    ],
  },
  'missing-default-rule': { apart: 'holds', found: [] },
  'prefix-membership-word': { apart: 'holds', found: [['fabric-partitions-misread', '4: 0x98039b0300002011=ful', 'is full']] },
  'unknown-membership-word': { apart: 'holds', found: [['fabric-partitions-misread', null, 'takes it for limited']] },
};

describe('each fault that was captured is found, at its cause', () => {
  it.each(Object.entries(faults))('%s', (scenario, { apart, found }) => {
    const { report, found: told } = audited(scenario);
    expect(report.apart).toBe(apart);
    const unmatched = told.filter(
      ([check, place, message]) => !found.some((f) => f[0] === check && (f[1] === null || f[1] === place) && message.includes(f[2])),
    );
    expect(unmatched).toEqual([]);
    for (const [check, place, message] of found)
      expect(
        told.filter((t) => t[0] === check && (place === null || t[1] === place) && t[2].includes(message)),
        `${check} at ${place}: ${message}`,
      ).not.toEqual([]);
  });

  it('before the fabric has it: from the file alone', () => {
    for (const [scenario, { apart }] of Object.entries(faults)) {
      if (scenario === 'no-config') continue;
      const { report } = audited(scenario, ['pkeys', 'opensm.log']);
      expect([scenario, report.apart]).toEqual([scenario, apart]);
      expect(report.fabric.tables).toBe('configured');
    }
  });
});

describe('what is not among the inputs is not known', () => {
  it('without tables and without a file nothing is proven', () => {
    const evidence = readEvidence([text('recorded/fabric/ibnetdiscover.txt')]);
    const { report } = auditFabric(zones, evidence, null);
    expect(report.apart).toBe('undecided');
    expect(report.questions.filter((q) => q.answer === 'in order').map((q) => q.question)).toEqual(['Is every port known?']);
  });

  it('nor where the ports may not be all', () => {
    const evidence = readEvidence([text('recorded/fabric/nodes.txt'), text('recorded/good/pkeys.txt')]);
    const { report } = auditFabric(zones, evidence, null);
    expect([report.apart, report.apartBecause.includes('ibnetdiscover')]).toEqual(['undecided', true]);
  });

  it('nor without the table of one port', () => {
    const pkeys = text('recorded/good/pkeys.txt');
    const evidence = readEvidence([text('recorded/fabric/ibnetdiscover.txt'), { ...pkeys, text: pkeys.text.split('# smpquery pkeys 9\n')[0] ?? '' }]);
    expect(auditFabric(zones, evidence, null).report.apart).toBe('undecided');
  });
});

describe('a running manager that was given a broken file', () => {
  const log = text('recorded/reload/opensm.log');
  const good = readFileSync(join(home, 'recorded/good/pkeys.txt'), 'utf8');

  it('and a good one again: the log still tells', () => {
    const evidence = readEvidence([text('recorded/fabric/ibnetdiscover.txt'), { file: 'pkeys.txt', text: good }, log], [text('scenarios/good.conf')]);
    const { findings, apart } = auditFabric(zones, evidence, null).report;
    expect(apart).toBe('holds');
    expect(findings.map((f) => [f.check, f.severity])).toEqual([['fabric-configuration-refused', 'high']]);
    expect(findings[0]?.message).toContain('PARSE ERROR: line 4: bad PortGUID');
  });

  it('and nothing since: the fabric is flat', () => {
    const until = log.text.slice(0, log.text.indexOf('SUBNET UP', log.text.indexOf('retrying with default config')) + 10);
    const evidence = readEvidence([text('recorded/fabric/ibnetdiscover.txt'), { file: 'opensm.log', text: until }]);
    expect(auditFabric(zones, evidence, null).report.findings.map((f) => [f.check, f.severity])).toContainEqual(['fabric-configuration-refused', 'critical']);
  });
});

it('every finding is of a rule that is told of', () => {
  const slugs = new Set(fabricRules.map((r) => r.slug));
  for (const scenario of Object.keys(faults)) for (const { check } of audited(scenario).report.findings) expect(slugs).toContain(check);
});
