import { describe, expect, test } from 'vitest';
import { combine, reachAt } from '../laws/agreement.ts';
import { loadSnapshot } from '../src/app/load.ts';
import { ungovernedPaths } from '../src/app/ungoverned.ts';
import { decide } from '../src/engine/decide.ts';
import { profileOf } from '../src/engine/profiles.ts';
import { type Reachability, type ReachParty, reach } from '../src/engine/reach.ts';
import { planeOf } from '../src/engine/secondary-plane.ts';
import { seenBy } from '../src/engine/seen-by.ts';
import type { Path } from '../src/kernel/origin.ts';
import type { Profile } from '../src/model/profile.ts';
import type { Endpoint } from '../src/model/verdict.ts';
import { ipHas, parseIp } from '../src/space/ip-set.ts';
import { endpointsNamed, expectedOf } from './support/answers.ts';
import { type CaseFile, type CaseSpec, caseFiles } from './support/case-file.ts';
import { topologyText } from './support/topology.ts';

const files = caseFiles();
/** Corner cases 1 to 92 of the list that cases/README.md names, and the folders that hold them; others number their own. */
const all = Array.from({ length: 92 }, (_, i) => i + 1);
const numbered = ['network/', 'node/', 'fabric/', 'network-policy-api/'];

describe('the list is complete', () => {
  const named = new Set(files.filter((f) => numbered.some((folder) => f.path.startsWith(folder))).map((f) => f.number));
  const covered = new Set(files.flatMap((f) => Object.keys(f.spec.covers ?? {}).map(Number)));

  test('every corner case has a file, or a reason in some covers list', () => {
    expect(all.filter((n) => !named.has(n) && !covered.has(n))).toEqual([]);
  });
  test('no number is covered elsewhere and has a file too, and none is out of range', () => {
    expect([...covered].filter((n) => named.has(n) || !all.includes(n))).toEqual([]);
    expect([...named].filter((n) => !all.includes(n))).toEqual([]);
  });
});

for (const file of files) {
  describe(file.path, () => {
    const { snapshot: whole, diagnostics } = load(file);
    // Tables say what a cluster does, and what the API server refuses is in no cluster.
    const { unreadPolicies: _, ...read } = whole;

    test('reading gives the diagnostics it should', () => {
      const found = diagnostics.map((d) => ({
        code: d.code,
        severity: d.severity,
        path: pathText(d.origin?.path ?? []),
        text: `${d.message} ${d.hint ?? ''}`,
      }));
      const wanted = file.spec.wantDiagnostics ?? [];
      for (const want of wanted) {
        const match = found.some(
          (d) => d.severity === want.severity && d.path === want.path && (want.code === undefined || d.code === want.code) && d.text.includes(want.says ?? ''),
        );
        expect(match, `no ${want.severity} at ${want.path} among ${JSON.stringify(found, null, 1)}`).toBe(true);
      }
      const surprising = found.filter((d) => d.severity === 'error' && !wanted.some((w) => w.severity === 'error' && w.path === d.path));
      expect(surprising).toEqual([]);
    });

    for (const [word, kinds] of Object.entries(file.spec.wantUngoverned ?? {})) {
      test(`${word} has the paths beside the pod network that it should`, () => {
        expect(read.workloads.filter((w) => `${w.namespace}/${w.name}` === word).map((w) => ungovernedPaths(read, w).map((p) => p.kind))).toEqual([kinds]);
      });
    }

    for (const name of file.spec.profiles) {
      const reason = file.spec.skip?.[name];
      if (reason !== undefined) {
        test.skip(`${name}: ${reason}`);
        continue;
      }
      const seen = seenBy(read, profileNamed(name));
      const { snapshot, profile } = file.spec.network === undefined ? seen : planeOf(seen, file.spec.network);
      const assumptions = (file.spec.wantAssumption ?? []).filter((a) => a.profiles?.includes(name) ?? true);
      if (assumptions.length > 0) {
        test(`${name} says what it assumes`, () => {
          for (const { says } of assumptions) expect(profile.assumptions.filter((a) => a.toLowerCase().includes(says.toLowerCase()))).not.toEqual([]);
        });
      }
      const wants = (file.spec.want ?? []).filter((w) => w.profiles?.includes(name) ?? true);
      if (wants.length === 0) continue;

      test(`${name}: decide`, () => {
        const wrong: string[] = [];
        for (const want of wants) {
          for (const e of expectedOf(want)) {
            for (const from of endpointsNamed(snapshot, e.from)) {
              for (const to of endpointsNamed(snapshot, e.to)) {
                const alike = from.kind === 'pod' && to.kind === 'pod' && from.workload === to.workload;
                if (alike && from.replica !== to.replica && e.from === e.to && !e.from.includes('#')) continue;
                const verdict = decide(snapshot, profile, { from, to, protocol: e.protocol, port: e.port, ...(e.via === null ? {} : { via: e.via }) });
                const ask = `${e.from} -> ${e.to} ${e.protocol}/${e.port}`;
                if (verdict.decision !== e.decision)
                  wrong.push(`${ask}: ${verdict.decision}, not ${e.decision} (egress: ${verdict.egress.because}; ingress: ${verdict.ingress.because})`);
                for (const q of want.qualifiers ?? [])
                  if (!verdict.qualifiers.some((v) => v === q)) wrong.push(`${ask}: no qualifier ${q} but ${verdict.qualifiers.join(' ')}`);
                for (const g of want.gaps ?? [])
                  if (verdict.decision === 'unknown' && !verdict.gaps.some((v) => v.code === g))
                    wrong.push(`${ask}: no gap ${g} but ${verdict.gaps.map((v) => v.code).join(' ')}`);
              }
            }
          }
        }
        expect(wrong).toEqual([]);
      });

      test(`${name}: reach`, () => {
        const reachability = reach(snapshot, profile);
        const wrong = wants
          .flatMap((want) => expectedOf(want).filter((e) => e.via === null))
          .flatMap((e) => {
            const from = partyOf(reachability, endpointsNamed(snapshot, e.from));
            const to = partyOf(reachability, endpointsNamed(snapshot, e.to));
            if (from === null || to === null || (outside(from) && outside(to))) return [];
            return (['some', 'every'] as const).flatMap((quantifier) => {
              const pairs = pairsBetween(reachability, from, to, e);
              if (pairs.length === 0) return [];
              const expected = combine(
                pairs.map(([a, b]) => decide(snapshot, profile, { from: a, to: b, protocol: e.protocol, port: e.port }).decision),
                quantifier,
              );
              const answer = reachAt(reachability, from, to, e.protocol, e.port, quantifier);
              return answer === expected ? [] : [`${quantifier} ${e.from} -> ${e.to} ${e.protocol}/${e.port}: ${answer}, not ${expected}`];
            });
          });
        expect(wrong).toEqual([]);
      });
    }
  });
}

function load(file: CaseFile): ReturnType<typeof loadSnapshot> {
  return loadSnapshot(textsOf(file.spec));
}

function textsOf(spec: CaseSpec): { file: string; text: string }[] {
  return [
    { file: 'cluster.yaml', text: spec.cluster === undefined ? '' : topologyText(spec.cluster) },
    { file: 'policies.yaml', text: spec.policies ?? '' },
  ];
}

function profileNamed(name: string): Profile {
  const found = profileOf(name);
  if (!found.ok) throw new Error(`no profile ${name}`);
  return found.value;
}

function pathText(path: Path): string {
  return path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`), '');
}

function outside(party: ReachParty): boolean {
  return party.kind === 'external' || party.kind === 'name';
}

/** All concrete pairs that the two parties stand for; of an outside block, the address that the question names. */
function pairsBetween({ snapshot }: Reachability, from: ReachParty, to: ReachParty, asked: { from: string; to: string }): (readonly [Endpoint, Endpoint])[] {
  const ends = (party: ReachParty, word: string): Endpoint[] => endpointsNamed(snapshot, party.kind === 'workload' ? (word.split('#')[0] as string) : word);
  const targets = ends(to, asked.to);
  return ends(from, asked.from).flatMap((a) => targets.filter((b) => JSON.stringify(a) !== JSON.stringify(b)).map((b) => [a, b] as const));
}

/** The party of the matrix that some ends belong to; null for what the matrix does not hold (finished pods, names that no rule mentions). */
function partyOf(reachability: Reachability, ends: readonly Endpoint[]): ReachParty | null {
  const [end] = ends;
  return (
    reachability.parties.find((party) => {
      switch (end?.kind) {
        case 'pod':
          return party.kind === 'workload' && party.id === end.workload;
        case 'node':
          return party.kind === 'node' && party.node === end.node;
        case 'address': {
          const ip = parseIp(end.ip);
          return party.kind === 'external' && ip !== undefined && ipHas(party.addresses, ip);
        }
        case 'name':
          return party.kind === 'name' && party.name === end.name;
        case undefined:
          return false;
      }
    }) ?? null
  );
}
