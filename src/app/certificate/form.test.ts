import { describe, expect, test } from 'vitest';
import { networkPolicy } from '../../../cases/support/claims.ts';
import { profileOf } from '../../engine/profiles.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import type { Certificate } from '../../model/certificate.ts';
import { readZones } from '../../spec/parse.ts';
import { loadSnapshot } from '../load.ts';
import { plainModes } from '../modes.ts';
import { verify } from '../verify.ts';
import { checkCertificate } from './check.ts';
import { makeCertificate } from './make.ts';
import { rangesOf } from './zone-ranges.ts';

const zoneText = (cni: string): SourceText => ({
  file: 'zone.yaml',
  text: `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: llm}
spec:
  platform: {cni: ${cni}, ranges: {pods: [10.244.0.0/16]}}
  namespace: {name: ml}
  workloads: [{name: train, selector: {app: train}}]
  protected: [{name: prod, namespaces: [prod]}]
`,
});
const pay = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: prod, labels: {app: pay}}\nspec: {containers: [{name: c, image: t}]}\n`;
const manifests: SourceText = {
  file: 'all.yaml',
  text: [
    ...['a', 'b', 'c', 'd'].map(pay),
    'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: train, namespace: ml}\nspec: {replicas: 5, serviceName: t, selector: {matchLabels: {app: train}}, template: {metadata: {labels: {app: train}}, spec: {containers: [{name: c, image: t}]}}}\n',
    networkPolicy('deny', '{podSelector: {}, policyTypes: [Ingress, Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: 443}]}]}'),
    networkPolicy(
      'first',
      '{podSelector: {matchLabels: {statefulset.kubernetes.io/pod-name: train-0}}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}], ports: [{port: 22}]}]}',
    ),
  ].join('---\n'),
};

function made(cni = 'calico', profileId = 'calico'): Certificate {
  const profile = profileOf(profileId);
  if (!profile.ok) throw new Error('no profile');
  const zone = zoneText(cni);
  const { zones } = readZones([zone]);
  const { snapshot } = loadSnapshot([manifests], { ranges: rangesOf(zones) });
  return makeCertificate(
    { zoneTexts: [zone], manifestTexts: [manifests], snapshot, profile: profile.value, zones, modes: plainModes },
    verify(snapshot, profile.value, zones),
  );
}

const certificate = made();
const problems = (of: unknown, cni = 'calico'): readonly string[] => checkCertificate(JSON.stringify(of), [zoneText(cni), manifests]).problems;
type Mutable<T> = T extends readonly (infer I)[] ? Mutable<I>[] : T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
const changed = (change: (c: Mutable<Certificate>) => void): unknown => {
  const copy = structuredClone(certificate) as Mutable<Certificate>;
  change(copy);
  return copy;
};
const backwards = (size: number) => (i: number) => size - 1 - i;

/** Other ways to say just the same. */
const spellings: readonly (readonly [string, unknown])[] = [
  [
    'rules in another order',
    changed((c) => {
      c.rules.reverse();
      for (const part of c.verdicts.flat()) part.rules = part.rules.map(backwards(c.rules.length));
    }),
  ],
  [
    'verdicts in another order',
    changed((c) => {
      c.verdicts.reverse();
      for (const cell of c.rows.flatMap((r) => r.to)) cell.verdict = backwards(c.verdicts.length)(cell.verdict);
    }),
  ],
  [
    'a verdict written twice',
    changed((c) => {
      const last = c.rows.flatMap((r) => r.to).at(-1);
      if (last === undefined) return;
      c.verdicts.push(structuredClone(c.verdicts[last.verdict] ?? []));
      last.verdict = c.verdicts.length - 1;
    }),
  ],
  [
    'a cell cut in two',
    changed((c) => {
      const row = c.rows.find((r) => r.to.some((cell) => cell.atoms.length > 1));
      const at = row?.to.findIndex((cell) => cell.atoms.length > 1) ?? -1;
      const [first = 0, ...rest] = row?.to[at]?.atoms ?? [];
      row?.to.splice(at, 1, { atoms: [first], verdict: row.to[at]?.verdict ?? 0 }, { atoms: rest, verdict: row.to[at]?.verdict ?? 0 });
      row?.to.sort((a, b) => (a.atoms[0] ?? 0) - (b.atoms[0] ?? 0));
    }),
  ],
  [
    'a row cut in two',
    changed((c) => {
      const at = c.rows.findIndex((r) => r.from.length > 1);
      const [first = 0, ...rest] = c.rows[at]?.from ?? [];
      const to = c.rows[at]?.to ?? [];
      c.rows.splice(at, 1, { from: [first], to }, { from: rest, to: structuredClone(to) });
      c.rows.sort((a, b) => (a.from[0] ?? 0) - (b.from[0] ?? 0));
    }),
  ],
  [
    'pods of an atom in another order',
    changed((c) => {
      for (const atom of c.atoms)
        if (atom.kind === 'pods' && atom.members.length > 3) atom.members = [...atom.members.slice(0, 2), ...atom.members.slice(2).reverse()];
    }),
  ],
  [
    'replicas in another order',
    changed((c) => {
      for (const member of c.atoms.flatMap((a) => (a.kind === 'pods' ? a.members : [])))
        if ((member.replicas?.length ?? 0) > 3) member.replicas = [...(member.replicas ?? []).slice(0, 2), ...(member.replicas ?? []).slice(2).reverse()];
    }),
  ],
  [
    'keys in another order',
    changed((c) => {
      c.ports = c.ports.map((p) => Object.fromEntries(Object.entries(p).reverse()) as (typeof c.ports)[number]);
    }),
  ],
  [
    'ports cut where no rule cuts them',
    changed((c) => {
      const last = c.ports.length - 1;
      const tcp = c.ports.findIndex((p) => p.protocol === 'TCP' && p.high === 65_535);
      const port = c.ports[tcp];
      if (port === undefined || last < 0) return;
      c.ports.splice(tcp, 1, { ...port, high: 50_000 }, { ...port, low: 50_001, representative: 50_001 });
      for (const part of c.verdicts.flat()) part.ports = part.ports.flatMap((i) => (i < tcp ? [i] : i === tcp ? [tcp, tcp + 1] : [i + 1]));
    }),
  ],
];

/** One atom cut in two: the second part comes last, and everything that speaks of the first speaks of it too. */
const cutInTwo = (kind: 'pods' | 'addresses'): unknown =>
  changed((c) => {
    const at = c.atoms.findIndex((a) => a.kind === kind && (a.kind === 'pods' ? a.members.length > 3 : a.kind === 'addresses' && a.cidrs.length > 3));
    const atom = c.atoms[at];
    if (atom?.kind === 'pods') {
      const rest = atom.members.splice(1);
      const ids = rest.map((m) => ({ kind: 'pod' as const, workload: m.workload, replica: 0 }));
      c.atoms.push({ kind: 'pods', members: rest, representatives: [ids[0], { ...ids[0], replica: 1 }] as typeof ids });
    } else if (atom?.kind === 'addresses') {
      const rest = atom.cidrs.splice(1);
      c.atoms.push({ kind: 'addresses', cidrs: rest, representatives: [{ kind: 'address', ip: (rest[0] ?? '').split('/')[0] ?? '' }] });
    }
    const last = c.atoms.length - 1;
    for (const row of c.rows) {
      if (row.from.includes(at)) row.from.push(last);
      for (const cell of row.to) if (cell.atoms.includes(at)) cell.atoms.push(last);
    }
  });

describe('a certificate has one spelling', () => {
  test('as it is made', () => {
    expect(problems(certificate)).toEqual([]);
    expect(problems(JSON.parse(JSON.stringify(certificate, null, 2)))).toEqual([]);
  });

  test.each([
    ['pods that nothing tells apart in two atoms', 'pods'],
    ['addresses that nothing tells apart in two atoms', 'addresses'],
  ] as const)('%s', (_, kind) => {
    expect(problems(cutInTwo(kind)).join()).toContain('apart: they are one');
  });

  test.each(spellings)('%s', (_, other) => {
    expect(JSON.stringify(other)).not.toBe(JSON.stringify(certificate));
    expect(problems(other)).not.toEqual([]);
  });
});

describe('a proof under another CNI than the zone says', () => {
  test.each([
    ['another version', 'cilium@1.18', 'cilium@1.19', 'says platform.cni: cilium@1.18; it is judged under cilium@1.19 instead'],
    ['an older version than the newest one known', 'cilium', 'cilium@1.19', 'it is judged under cilium@1.19 instead'],
    ['another CNI', 'calico', 'cilium@1.19', 'it is judged under cilium@1.19 instead'],
  ])('%s', (_, cni, profile, told) => {
    const proof = made(cni, profile);
    expect(proof.assumptions.join('\n')).toContain(told);
    expect(problems(proof, cni)).toEqual([]);
    const silent = { ...proof, assumptions: proof.assumptions.filter((a) => !a.includes('instead')) };
    expect(problems(silent, cni).join()).toContain('assumptions are not those');
  });

  test('says nothing where they agree', () => {
    expect(made().assumptions.join()).not.toContain('instead');
  });
});
