import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { claimForms } from '../../../cases/support/claim-forms.ts';
import { profileOf } from '../../engine/profiles.ts';
import { reach } from '../../engine/reach.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import type { ClaimResult } from '../../model/claim.ts';
import type { FabricReach } from '../../model/fabric-reach.ts';
import { jsonText, scanJson, verifyJson } from '../../report/json.ts';
import { penFor, plainStyle } from '../../report/pen.ts';
import { scanMarkdown } from '../../report/scan-markdown.ts';
import { scanText } from '../../report/scan-text.ts';
import { scanReportSchema } from '../../report/schema/scan.ts';
import { verifyReportSchema } from '../../report/schema/verify.ts';
import { readZones } from '../../spec/parse.ts';
import { loadSnapshot } from '../load.ts';
import { scan } from '../scan.ts';
import { fabricNotCovered, verify } from '../verify.ts';
import { readEvidence } from './evidence.ts';
import { scanFabric } from './scan-fabric.ts';
import { withFabric } from './with-fabric.ts';

const text = (path: string): SourceText => ({ file: path, text: readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8') });
const { zones } = readZones([text('examples/infiniband-cluster/training.yaml')]);
const { snapshot, locator } = loadSnapshot([text('examples/infiniband-cluster/cluster.yaml')]);
const profile = profileOf('cilium');
if (!profile.ok) throw new Error('no profile');
const network = verify(snapshot, profile.value, zones);

/** The claim about the fabric under what was recorded of a scenario. */
function claimOf(...dumps: readonly string[]): ClaimResult {
  const [zone] = withFabric(network, zones, readEvidence(dumps.map(text)), snapshot).zones;
  const claim = zone?.claims.find((c) => c.id === 'safety/infiniband-apart');
  if (claim === undefined) throw new Error('no claim');
  return claim;
}

const topology = 'lab/infiniband/recorded/fabric/ibnetdiscover.txt';
const scenario = (name: string): readonly string[] => [`lab/infiniband/scenarios/${name}.conf`, `lab/infiniband/recorded/${name}/pkeys.txt`, topology];

describe('verify with dumps of the fabric', () => {
  test.each([
    ['good', 'holds'],
    ['missing-default-rule', 'holds'],
    ['overlap-node', 'fails'],
    ['storage-all-full', 'fails'],
    ['default-all-full', 'fails'],
    ['syntax-error', 'fails'],
    ['pkey-collision', 'fails'],
  ])('%s: %s', (name, status) => {
    expect(claimOf(...scenario(name)).status).toBe(status);
  });

  test('without tables, or without ports, nothing is proven', () => {
    expect(claimOf(topology)).toMatchObject({ status: 'undecided', ways: [] });
    expect(claimOf('lab/infiniband/scenarios/good.conf').status).toBe('undecided');
    // A table that is missing may hold anything.
    const some = text('lab/infiniband/recorded/good/pkeys.txt');
    const cut = {
      ...some,
      text: some.text
        .split(/^(?=# smpquery pkeys )/m)
        .slice(0, 4)
        .join(''),
    };
    const [zone] = withFabric(network, zones, readEvidence([cut, text(topology)]), snapshot).zones;
    expect(zone?.claims.find((c) => c.id === 'safety/infiniband-apart')?.status).toBe('undecided');
  });

  test('the way goes from the pod over its node and the partition to the workload at the other end, with places in three inputs', () => {
    const claim = claimOf(...scenario('overlap-node'));
    const [way] = claim.ways ?? [];
    expect(way).toMatchObject({ from: 'train-04', to: 'prod-01', pkey: 0x20, when: 'now', strangers: ['StatefulSet/production/ledger'] });
    expect(way?.steps).toHaveLength(5);
    expect(new Set(way?.steps.map((s) => s.origin?.document.file))).toEqual(
      new Set(['examples/infiniband-cluster/cluster.yaml', 'lab/infiniband/scenarios/overlap-node.conf']),
    );
    const live = claimOf('lab/infiniband/recorded/overlap-node/pkeys.txt', topology);
    expect(live.ways?.[0]?.steps[2]?.origin?.document.file).toBe('lab/infiniband/recorded/overlap-node/pkeys.txt');
  });

  test('claims of the network stay as they are, and what is not covered no longer names InfiniBand', () => {
    const [zone] = withFabric(network, zones, readEvidence(scenario('good').map(text)), snapshot).zones;
    expect(zone?.claims.slice(0, -1)).toEqual(network.zones[0]?.claims);
    expect(network.zones[0]?.notCovered).toContain(fabricNotCovered);
    expect(zone?.notCovered).not.toContain(fabricNotCovered);
  });

  test('every form of the report tells the way', () => {
    const evidence = readEvidence(scenario('overlap-node').map(text));
    const report = withFabric(network, zones, evidence, snapshot);
    const told = report.zones.flatMap((z) => z.claims).find((c) => c.id === 'safety/infiniband-apart')?.ways?.[0]?.steps[0]?.text ?? '?';
    for (const one of claimForms(report, locator)) expect(one).toContain(told);
    const json = verifyJson(report, { locator, diagnostics: [], ignored: [] });
    expect(verifyReportSchema.parse(json)).toEqual(json);
    expect(jsonText(json)).toContain('"ways"');
  });
});

describe('scan with dumps of the fabric', () => {
  const asked = (...dumps: readonly string[]): readonly FabricReach[] => scanFabric(snapshot, readEvidence(dumps.map(text)));

  test('tells whom training meets: strangers first, workloads alike once', () => {
    const [reached, ...others] = asked(...scenario('overlap-node'));
    expect(others).toEqual([]);
    expect(reached?.workloads).toHaveLength(2);
    expect(reached?.ways.map((w) => w.to).slice(0, 2)).toEqual(['prod-01', 'prod-02']);
    expect(reached?.ways.filter((w) => w.strangers.length > 0)).toHaveLength(2);
  });

  test('meets nobody else where partitions are good, but the hub and what runs the fabric', () => {
    const [reached] = asked(...scenario('good'));
    expect(reached?.ways.filter((w) => w.strangers.length > 0)).toEqual([]);
    expect(reached?.ways.map((w) => w.to)).toEqual(expect.arrayContaining(['train-01', 'train-04']));
  });

  test('what is missing is told, and is never that nobody is met', () => {
    expect(asked(topology)[0]).toMatchObject({ ways: [], notKnown: [expect.stringContaining('partitions.conf')] });
    expect(asked('lab/infiniband/scenarios/good.conf')[0]?.notKnown).toEqual([expect.stringContaining('ibnetdiscover')]);
  });

  test('in every form of the report', () => {
    const report = { ...scan(snapshot, profile.value, reach(snapshot, profile.value)), infiniband: asked(...scenario('overlap-node')) };
    expect(scanText(report, { pen: penFor({ ...plainStyle, width: 200 }), locator }, [], [])).toContain('train-04 meets prod-01 over partition 0x0020');
    expect(scanMarkdown(report, locator, []).replaceAll('\\', '')).toContain('train-04 meets prod-01 over partition 0x0020');
    const json = scanJson(report, { locator, diagnostics: [], ignored: [] });
    expect(scanReportSchema.parse(json)).toEqual(json);
  });
});
