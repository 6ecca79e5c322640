import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { auditFabric } from '../app/infiniband/audit.ts';
import { readEvidence } from '../app/infiniband/evidence.ts';
import type { FabricAuditReport, FabricRow } from '../model/fabric-audit-report.ts';
import { readZones } from '../spec/parse.ts';
import { fabricAuditSvg } from './fabric-audit-svg.ts';

const example = new URL('../../examples/infiniband-cluster/', import.meta.url);
const text = (file: string) => ({ file, text: readFileSync(new URL(file, example), 'utf8') });

/** Every tag is closed, and every ampersand is of an entity: what a browser asks of XML. */
function wellFormed(svg: string): boolean {
  const open: string[] = [];
  for (const [, end, name, single] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[a-zA-Z:-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (single === '/') continue;
    if (end !== '/') open.push(name ?? '');
    else if (open.pop() !== name) return false;
  }
  return open.length === 0 && !/<(?!\/?[a-z]+[\s/>])/.test(svg) && !/&(?!(?:amp|lt|gt|quot|#39);)/.test(svg);
}

const row = (host: string, party: string | null, cells: FabricRow['cells']): FabricRow => ({ host, guid: '0'.repeat(16), party, cells, indexZero: null });

function reportOf(rows: readonly FabricRow[], more: Partial<FabricAuditReport> = {}): FabricAuditReport {
  return {
    fabric: { hosts: rows.length, switches: 0, tables: 'live' },
    parties: [
      { name: 'a', kind: 'zone', pkey: 0x10, ports: 1 },
      { name: 'b', kind: 'neighbour', pkey: 0x20, ports: 1 },
    ],
    apart: 'fails',
    apartBecause: 'because',
    crossings: [{ a: 'a', b: 'b', pkey: 0x20, when: 'now', pairs: 1, examples: [{ a: 'h1', aKey: 0x20, b: 'h2', bKey: 0x8020 }] }],
    matrix: {
      pkeys: [
        { pkey: 0x10, name: 'a' },
        { pkey: 0x20, name: 'b' },
      ],
      rows,
    },
    questions: [],
    findings: [],
    assumptions: [],
    ...more,
  };
}

/** Red marks within the grid: one is in the legend, and one beside each crossing below. */
const marks = (svg: string): number => (svg.match(/<rect class="red"[^>]*width="20"/g) ?? []).length - 1;

describe('the picture of who shares what', () => {
  it('is this one, for a host of training that is in the partition of production', () => {
    const { zones } = readZones(['training.yaml', 'production.yaml'].map(text));
    const { report } = auditFabric(zones, readEvidence(['ibnetdiscover.txt', 'leak/pkeys.txt', 'leak/partitions.conf', 'sminfo.txt'].map(text)), null);
    const svg = fabricAuditSvg(report, []);
    const golden = new URL('../../docs/fabric-audit.svg', import.meta.url);
    if (process.env.UPDATE_GOLDENS !== undefined) writeFileSync(golden, svg);
    expect(svg).toBe(readFileSync(golden, 'utf8'));
    expect(wellFormed(svg)).toBe(true);
    expect(marks(svg)).toBe(3);
  });

  it('marks who can talk, and nobody whom limited membership keeps from it', () => {
    const rows = [row('h1', 'a', ['full', 'limited']), row('h2', 'b', [null, 'full']), row('h3', 'b', [null, 'limited'])];
    expect(marks(fabricAuditSvg(reportOf(rows), []))).toBe(2);
    const all = [row('h1', 'a', ['full', 'full']), ...rows.slice(1)];
    expect(marks(fabricAuditSvg(reportOf(all), []))).toBe(3);
  });

  it('tells ports that nobody knows from those of parties', () => {
    const crossings = [{ a: 'a', b: 'ports that nobody knows', pkey: 0x10, when: 'now' as const, pairs: 1, examples: [] }];
    const rows = [row('h1', 'a', ['full', null]), row('h2', 'b', ['full', 'full']), row('h3', null, ['limited', null])];
    expect(marks(fabricAuditSvg(reportOf(rows, { crossings }), []))).toBe(2);
  });

  it('has one row for all hosts that are alike, and never leaves out who meets whom it should not', () => {
    const rows = Array.from({ length: 512 }, (_, n) => row(`h${n}`, n === 300 ? 'a' : 'b', [n === 300 ? 'full' : null, 'full']));
    const svg = fabricAuditSvg(reportOf(rows), []);
    expect(svg).toContain('h0<tspan class="dim" font-weight="400"> and 510 alike</tspan>');
    expect(svg).toContain('>h300</text>');
    expect(svg.length).toBeLessThan(10_000);
  });

  it('keeps to a size whatever the fabric is like, and says what it leaves out', () => {
    const pkeys = Array.from({ length: 300 }, (_, n) => ({ pkey: n + 1, name: '' }));
    const rows = Array.from({ length: 300 }, (_, n) =>
      row(
        `h${n}`,
        'b',
        pkeys.map((_, at) => (at === n || at === 0x1f ? 'full' : null)),
      ),
    );
    const svg = fabricAuditSvg(
      reportOf([...rows, row('last', 'a', [...pkeys.map((_, at) => (at === 0x1f ? ('full' as const) : null))])], { matrix: { pkeys, rows } }),
      [],
    );
    expect(svg).toContain('236 more sorts of host not shown; --format json has all.');
    expect(svg).toContain('260 more partitions not shown; --format json has all.');
    expect(svg).toContain('>0x0020</tspan>');
  });

  it('shows hostile names letter by letter', () => {
    const nasty = '</title><script>alert(1)</script>"\' & \u0007\u202e\uffff';
    const parties = [{ name: nasty, kind: 'zone' as const, pkey: 0x10, ports: 1 }];
    const crossings = [{ a: nasty, b: 'b', pkey: 0x10, when: 'now' as const, pairs: 1, examples: [{ a: nasty, aKey: 0x8010, b: nasty, bKey: 0x8010 }] }];
    const matrix = { pkeys: [{ pkey: 0x10, name: nasty }], rows: [row(nasty, nasty, ['full'])] };
    const svg = fabricAuditSvg(reportOf([], { parties, crossings, matrix, apartBecause: nasty }), []);
    expect(wellFormed(svg)).toBe(true);
    expect(svg).not.toContain('<script');
    expect(svg).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\uffff]/);
  });

  it('has words for whoever does not see it, and nothing that is fetched', () => {
    const svg = fabricAuditSvg(reportOf([row('h1', 'a', ['full', 'limited']), row('h2', 'b', [null, 'full'])]), []);
    expect(svg).toMatch(/^<svg [^>]*role="img" aria-labelledby="rf-title rf-description"/);
    expect(svg).toContain('<title id="rf-title">InfiniBand partitions: the zones are not kept apart: because</title>');
    expect(svg).toContain('a and b can talk over 0x0020: 1 pair of ports');
    expect(svg).toContain('<title>h1 (a): full in 0x0010, limited in 0x0020</title>');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import|href/);
  });

  it('says nothing for certain of a part of the input', () => {
    const broken = [{ code: 'x', severity: 'error' as const, message: 'm', hint: 'h', origin: null }];
    const svg = fabricAuditSvg(reportOf([], { apart: 'holds', crossings: [] }), broken);
    expect(svg).toContain('whether the zones are kept apart is not known');
    expect(svg).toContain('input incomplete');
  });
});
