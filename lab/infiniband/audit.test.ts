import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditFabric } from '../../src/app/infiniband/audit.ts';
import { readEvidence } from '../../src/app/infiniband/evidence.ts';
import { fabricRules } from '../../src/app/infiniband/rules.ts';
import { readZones } from '../../src/spec/parse.ts';
import { differences, faults, findingsOf } from './faults.ts';

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
  return { report, found: findingsOf(report, evidence.locator) };
}

describe('each fault that was captured is found, at its cause', () => {
  it.each(Object.entries(faults))('%s', (scenario, { apart, found }) => {
    const { report, found: told } = audited(scenario);
    expect(report.apart).toBe(apart);
    expect(differences(told, found)).toEqual([]);
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
