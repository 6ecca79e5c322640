import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditFabric } from '../../src/app/infiniband/audit.ts';
import { readEvidence } from '../../src/app/infiniband/evidence.ts';
import type { SourceText } from '../../src/kernel/source-text.ts';
import { readZones } from '../../src/spec/parse.ts';
import { differences, faults, findingsOf, type Told } from './faults.ts';

const data = join(import.meta.dirname, '../../../shared/data/infiniband');
const isThere = existsSync(join(data, 'captures'));
const { zones } = readZones([{ file: 'zone.yaml', text: readFileSync(join(import.meta.dirname, 'zone.yaml'), 'utf8') }]);

/** Captures have their thread numbers taken out. */
const captured = (folder: string, file: string, as = file): SourceText => ({
  file: as,
  text: readFileSync(join(data, folder, file), 'utf8').replaceAll('[tid]', '[1]'),
});

function audited(texts: readonly SourceText[], partitions: readonly SourceText[]) {
  const evidence = readEvidence(texts, partitions);
  const { report } = auditFabric(zones, evidence, null);
  return { apart: report.apart, found: findingsOf(report, evidence.locator) };
}

/** A running manager that was given other files: what each left in the first row of three tables. */
const reloads: readonly (readonly [heading: string, file: string, told: Told])[] = [
  ['good', 'good', { apart: 'holds', found: [] }],
  [
    'SIGHUP with overlap-node.conf',
    'overlap-node',
    { apart: 'fails', found: [['fabric-zones-share-key', '4: 0x98039b0300001041', 'train-04 does not belong there']] },
  ],
  [
    'SIGHUP with syntax-error.conf',
    'syntax-error',
    {
      apart: 'fails',
      found: [
        ['fabric-flat', '4: Production=0x0020', 'has no ";"'],
        ['fabric-flat', '4: Production=0x0020', 'will be full members'],
      ],
    },
  ],
  ['SIGHUP with good.conf', 'good', { apart: 'holds', found: [] }],
];

describe.skipIf(!isThere)('the thirteen faults that were captured elsewhere (skipped where ../shared/data/infiniband is absent)', () => {
  it('are these', () => {
    expect(readdirSync(join(data, 'captures')).sort()).toEqual([...Object.keys(faults), 'reload'].sort());
  });

  it.each(Object.entries(faults))('%s', (name, { apart, found }) => {
    const folder = `captures/${name}`;
    const file = `${name}.conf`;
    const result = audited(
      [
        captured(folder, 'ibnetdiscover.txt'),
        captured(folder, 'sminfo.txt'),
        captured(folder, 'smpquery-pkeys.txt', 'pkeys.txt'),
        captured(folder, 'opensm.log'),
      ],
      existsSync(join(data, 'configs', file)) ? [captured('configs', file)] : [],
    );
    expect([result.apart, differences(result.found, found)]).toEqual([apart, []]);
  });

  it.each(reloads.map(([heading, file, told], i) => ({ title: `reload ${i + 1}: ${heading}`, heading, file, told })))('$title', ({ heading, file, told }) => {
    // The first row of three tables was kept; the ports without one are as the manager left them in the capture of that file.
    const part =
      captured('captures/reload', 'pkeys-after-each-sighup.txt')
        .text.split('-- ')
        .findLast((p) => p.startsWith(`${heading}\n`)) ?? '';
    const rows = new Map([...part.matchAll(/^lid (\d+): +(0: .*)$/gm)].map(([, lid, row]) => [lid ?? '', row ?? '']));
    expect(rows.size).toBe(3);
    const tables = captured(`captures/${file}`, 'smpquery-pkeys.txt', 'pkeys.txt');
    const text = tables.text
      .split(/^(?=### )/m)
      .map((table) => {
        const row = rows.get(/^### smpquery pkeys (\d+)/.exec(table)?.[1] ?? '');
        return row === undefined ? table : table.replace(/^ {3}0: .*$/m, `   ${row}`);
      })
      .join('');
    const result = audited(
      [captured('captures/good', 'ibnetdiscover.txt'), captured('captures/good', 'sminfo.txt'), { file: 'pkeys.txt', text }],
      [captured('configs', `${file}.conf`)],
    );
    expect([result.apart, differences(result.found, told.found)]).toEqual([told.apart, []]);
  });

  it('reload: the log of it tells that all was open for a while', () => {
    const result = audited(
      [
        captured('captures/good', 'ibnetdiscover.txt'),
        captured('captures/good', 'sminfo.txt'),
        captured('captures/good', 'smpquery-pkeys.txt', 'pkeys.txt'),
        captured('captures/reload', 'opensm.log'),
      ],
      [captured('configs', 'good.conf')],
    );
    expect([result.apart, differences(result.found, [['fabric-configuration-refused', 'opensm.log', 'PARSE ERROR: line 4: bad PortGUID']])]).toEqual([
      'holds',
      [],
    ]);
  });
});
