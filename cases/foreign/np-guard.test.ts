import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { waysIn } from '../../src/app/exposure/paths.ts';
import { loadSnapshot } from '../../src/app/load.ts';
import type { Flow } from '../../src/engine/flow.ts';
import { profileOf } from '../../src/engine/profiles.ts';
import { type ReachParty, reach } from '../../src/engine/reach.ts';
import { planeOf, secondaryNetworksOf } from '../../src/engine/secondary-plane.ts';
import type { Profile } from '../../src/model/profile.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { workloadTitle } from '../../src/model/workload.ts';
import { TransportSet } from '../../src/space/transport-set.ts';
import { allConnections, commonParts, networksIn, overlaps, type Row, rangeText, rowsOf } from './np-guard-rows.ts';
import { manifestsIn, sharedFolder } from './shared-data.ts';

/**
 * Connectivity as np-guard's netpol-analyzer reports it, row by row. It leaves out traffic inside one workload, IPv6, nodes and protocols without ports; what
 * it says about those is nothing, so nothing is compared.
 *
 * Twice: once in np-guard's own reading of what the API leaves open, where every row must be the same; and once in our strict reading, where a row that differs
 * or of which we are not sure must be waived in waivers.yaml with the corner case that makes the difference, and the case must be one that can make it.
 */

const waiverSchema = z.strictObject({
  /** Objects that the API server would refuse, with what they were meant to say. No errors: `unread`, of a kind that there is not; `one-network`, names that np-guard takes for one. */
  faults: z.array(z.strictObject({ case: z.string(), code: z.string(), found: z.string(), meant: z.string(), why: z.string() })),
  /** Controllers that np-guard lets reach pods, and we do not. */
  controllers: z.array(z.strictObject({ case: z.string(), why: z.string() })),
  /** Rows of secondary networks that differ, as the test tells them. */
  networks: z.array(z.strictObject({ case: z.string(), network: z.string(), rows: z.array(z.string()).min(1), why: z.string() })),
  rows: z.array(
    z.strictObject({
      case: z.string(),
      corner: z.union([z.literal(42), z.literal(47), z.literal(48), z.literal(87)]),
      rows: z.array(z.string()).min(1),
      why: z.string(),
    }),
  ),
});
const silent: readonly string[] = ['unread', 'one-network'];
const waivers = waiverSchema.parse(load(readFileSync(join(import.meta.dirname, 'waivers.yaml'), 'utf8')));

/** np-guard sees no hostNetwork, gives no node a way to its pods, and lets no block match a pod or a node. */
const npGuardReading: Partial<Profile> = { cidrMatchesPods: 'no', cidrMatchesNodes: 'no', ownNodeReachesPod: 'no' };

const folder = sharedFolder('netpol/np-guard');

describe.skipIf(folder === undefined)('np-guard (skipped where ../shared/data/netpol/np-guard is absent)', () => {
  const cases = folder === undefined ? [] : readdirSync(join(folder, 'cases')).sort();

  test('every waiver is about a case that is compared', () => {
    expect([...waivers.rows, ...waivers.faults].filter((w) => !cases.includes(w.case)).map((w) => w.case)).toEqual([]);
  });

  for (const name of cases) {
    test(`${name}, in np-guard's reading`, () => {
      const snapshot = snapshotOf(name);
      const asPods = { ...snapshot, workloads: snapshot.workloads.map((w) => ({ ...w, hostNetwork: false })) };
      const differing = comparisons(asPods, { ...strict(), ...npGuardReading }, rowsOf(expectedText(name))).filter((c) => !agrees(c));
      expect(differing.map(comparisonText)).toEqual([]);
    });

    for (const network of networksIn(expectedText(name))) {
      test(`${name}, network ${network}`, () => {
        const snapshot = snapshotOf(name);
        const ours = secondaryNetworksOf(snapshot).find((n) => n.endsWith(`/${network}`));
        if (ours === undefined) throw new Error(`no network ${network}`);
        const plane = planeOf({ snapshot, profile: strict() }, ours);
        // np-guard takes it that all policies are enforced, and says nothing of addresses on such a network.
        const enforced: Profile = { ...plane.profile, enforces: ['multi-network-policy'], foreignPolicies: 'ignored' };
        const differing = comparisons(plane.snapshot, enforced, rowsOf(expectedText(name), network)).filter((c) => !isOutside(c) && !agrees(c));
        expect(differing.map(comparisonText)).toEqual(waivers.networks.find((w) => w.case === name && w.network === network)?.rows ?? []);
      });
    }

    if (hasEntries(name)) {
      test(`${name}, rows of {ingress-controller}`, () => {
        const rows = rowsOf(expectedText(name)).filter((r) => r.from.kind === 'ingress-controller');
        const theirs = rows.map((r) => `${r.to.kind === 'workload' ? r.to.title : ''} : ${r.conns}`).sort();
        const shut = waivers.controllers.some((w) => w.case === name);
        expect(exposedTo(name)).toEqual(shut ? [] : theirs);
      });
    }

    test(`${name}, in the strict reading`, () => {
      const snapshot = snapshotOf(name);
      const waived = waivers.rows.filter((w) => w.case === name).flatMap((w) => w.rows.map((text) => ({ ...w, text, matches: pattern(text) })));
      const used = new Set<string>();
      const differing = comparisons(snapshot, strict(), rowsOf(expectedText(name))).filter((c) => {
        if (agrees(c)) return false;
        const waiver = waived.find((w) => w.matches.test(`${c.from} => ${c.to}`) && explains(w.corner, c, snapshot));
        if (waiver !== undefined) used.add(waiver.text);
        return waiver === undefined;
      });
      expect(differing.map(comparisonText)).toEqual([]);
      expect(
        waived.filter((w) => !used.has(w.text)).map((w) => w.text),
        'waived rows that do not differ',
      ).toEqual([]);
    });
  }
});

/**
 * What an entry leads to and policies do not shut, as np-guard writes it. np-guard takes it that there is a
 * controller, some pod of another namespace; ours is not known, and never allowed, since no case shows one.
 */
function exposedTo(name: string): string[] {
  const { snapshot } = loadSnapshot(manifestsIn(caseFolder(name)));
  const open = new Map<string, TransportSet>();
  const { paths } = waysIn(reach(snapshot, strict()), { fronts: false });
  for (const w of snapshot.workloads) {
    for (const path of paths.get(w.id) ?? []) {
      if (path.entry.kind === 'Service') continue;
      expect(path.verdict, `${path.entry.id} to ${w.id}`).not.toBe('allowed');
      if (path.verdict === 'denied' || path.ownNodeOnly) continue;
      const title = workloadTitle({ ...w, role: null });
      open.set(title, (open.get(title) ?? TransportSet.empty).union(transportOf(path.ports)));
    }
  }
  return [...open].map(([title, ports]) => `${title} : ${ports}`).sort();
}

function hasEntries(name: string): boolean {
  const { exposure } = loadSnapshot(manifestsIn(caseFolder(name))).snapshot;
  return exposure.ingresses.length + exposure.openshiftRoutes.length > 0;
}

/** `TCP 80,443` as a set. */
function transportOf(text: string): TransportSet {
  const [row] = rowsOf(`a => b : ${text}`);
  return row?.conns ?? TransportSet.empty;
}

/** One row: both answers about one pair. */
interface Comparison {
  readonly from: string;
  readonly to: string;
  readonly ours: Flow;
  readonly theirs: TransportSet;
}

function isOutside({ from, to }: Comparison): boolean {
  return from.endsWith('[External]') || to.endsWith('[External]');
}

function agrees({ ours, theirs }: Comparison): boolean {
  return ours.unknown.isEmpty && ours.allowed === theirs;
}

function comparisonText({ from, to, ours, theirs }: Comparison): string {
  return `${from} => ${to} : ${ours.allowed}${ours.unknown.isEmpty ? '' : `, perhaps ${ours.unknown}`}; np-guard: ${theirs}`;
}

/**
 * Whether a corner case can make this difference. 42, 47 and 87 leave us in doubt, so np-guard's answer lies between what we allow and what we do not deny;
 * 47 needs a hostNetwork pod at one end. 48 opens: the source must be a hostNetwork pod, and what np-guard allows we do not deny.
 */
function explains(corner: 42 | 47 | 48 | 87, { from, to, ours, theirs }: Comparison, snapshot: Snapshot): boolean {
  const host = (title: string): boolean => snapshot.workloads.some((w) => w.hostNetwork && workloadTitle({ ...w, role: null }) === title);
  const notDenied = theirs.subsetOf(ours.allowed.union(ours.unknown));
  switch (corner) {
    case 42:
    case 87:
      return notDenied && ours.allowed.subsetOf(theirs);
    case 47:
      return notDenied && ours.allowed.subsetOf(theirs) && (host(from) || host(to));
    case 48:
      return notDenied && host(from);
  }
}

/** The API's own reading, with the cluster policies and primary networks that np-guard knows. */
function strict(): Profile {
  const found = profileOf('kubernetes');
  if (!found.ok) throw new Error('no profile kubernetes');
  return { ...found.value, enforces: [...found.value.enforces, 'network-policy-api'], primaryNetworks: 'yes' };
}

function snapshotOf(name: string): Snapshot {
  const texts = manifestsIn(caseFolder(name));
  const faults = waivers.faults.filter((f) => f.case === name);
  const errors = (t: typeof texts): string[] => [...new Set(loadSnapshot(t).diagnostics.flatMap((d) => (d.severity === 'error' ? [d.code] : [])))].sort();
  expect(errors(texts)).toEqual([...new Set(faults.flatMap((f) => (silent.includes(f.code) ? [] : [f.code])))].sort());
  const mended = texts.map((t) => ({ ...t, text: faults.reduce((text, f) => text.replaceAll(f.found, f.meant), t.text) }));
  expect(errors(mended)).toEqual([]);
  return loadSnapshot(mended).snapshot;
}

/** Every pair that np-guard speaks of, with both answers. */
function comparisons(snapshot: Snapshot, profile: Profile, rows: readonly Row[]): Comparison[] {
  const reachability = reach(snapshot, profile);
  const titles = new Map<string, ReachParty[]>();
  const outside: Extract<ReachParty, { kind: 'external' }>[] = [];
  for (const party of reachability.parties) {
    if (party.kind === 'external') outside.push(party);
    const workload = party.kind === 'workload' ? snapshot.workloads.find((w) => w.id === party.id) : undefined;
    if (workload === undefined) continue;
    const title = workloadTitle({ ...workload, role: null });
    titles.set(title, [...(titles.get(title) ?? []), party]);
  }
  const said = new Set(rows.flatMap((r) => [r.from, r.to]).flatMap((e) => (e.kind === 'workload' ? [e.title] : [])));
  expect(
    [...said].filter((t) => !titles.has(t)),
    'workloads that we do not know',
  ).toEqual([]);

  const flow = (from: readonly ReachParty[], to: readonly ReachParty[]): Flow => {
    const flows = from.flatMap((a) => to.map((b) => reachability.between(a, b)));
    const allowed = TransportSet.unionAll(flows.map((f) => f.allowed)).intersect(allConnections);
    return {
      allowed,
      unknown: TransportSet.unionAll(flows.map((f) => f.unknown))
        .intersect(allConnections)
        .subtract(allowed),
    };
  };
  const conns = (matches: (row: Row) => boolean): TransportSet => TransportSet.unionAll(rows.filter(matches).map((r) => r.conns));
  const is = (end: Row['from'], title: string): boolean => end.kind === 'workload' && end.title === title;

  const inside = [...titles].flatMap(([a, from]) =>
    [...titles].flatMap(([b, to]) => (a === b ? [] : [{ from: a, to: b, ours: flow(from, to), theirs: conns((r) => is(r.from, a) && is(r.to, b)) }])),
  );
  const ranges = rows.flatMap((r) => [r.from, r.to]).flatMap((e) => (e.kind === 'external' ? [[e.range]] : []));
  const across = commonParts([...outside.map((p) => p.addresses.v4), ...ranges]).flatMap((part) => {
    const blocks = outside.filter((p) => overlaps(p.addresses.v4, part));
    const within = (end: Row['from']): boolean => end.kind === 'external' && overlaps([end.range], part);
    return [...titles].flatMap(([title, party]) => [
      { from: rangeText(part), to: title, ours: flow(blocks, party), theirs: conns((r) => within(r.from) && is(r.to, title)) },
      { from: title, to: rangeText(part), ours: flow(party, blocks), theirs: conns((r) => is(r.from, title) && within(r.to)) },
    ]);
  });
  return [...inside, ...across];
}

function caseFolder(name: string): string {
  return join(folder ?? '', 'cases', name);
}

function expectedText(name: string): string {
  const path = join(folder ?? '', 'expected', `${name}.txt`);
  if (!existsSync(path)) throw new Error(`no expected rows for ${name}`);
  return readFileSync(path, 'utf8');
}

/** A row of a waiver; `*` stands for anything. */
function pattern(text: string): RegExp {
  return new RegExp(
    `^${text
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );
}
