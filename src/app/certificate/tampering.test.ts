import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import type { Certificate } from '../../model/certificate.ts';
import { readZones } from '../../spec/parse.ts';
import { loadSnapshot } from '../load.ts';
import { verify } from '../verify.ts';
import { checkCertificate } from './check.ts';
import { makeCertificate } from './make.ts';
import { rangesOf } from './zone-ranges.ts';

/** Small, so that every mutant of every field can be checked; with claims that hold and claims that fail. */
const zone: SourceText = {
  file: 'zone.yaml',
  text: `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: llm}
spec:
  platform: {cni: cilium, ranges: {pods: [10.244.0.0/16]}}
  namespace: {name: ml}
  workloads:
  - {name: train, selector: {app: train}}
  protected: [{name: prod, namespaces: [prod]}]
`,
};
const manifests: SourceText = {
  file: 'all.yaml',
  text: `apiVersion: v1
kind: Pod
metadata: {name: train, namespace: ml, labels: {app: train}}
spec: {containers: [{name: c, image: t}]}
---
apiVersion: v1
kind: Pod
metadata: {name: pay, namespace: prod, labels: {app: pay}}
spec: {containers: [{name: c, image: t, ports: [{containerPort: 8443}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress, Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: 443}]}]}
`,
};
const given = [zone, manifests];

function made(): Certificate {
  const profile = profileOf('cilium@1.19');
  if (!profile.ok) throw new Error('no profile');
  const { zones } = readZones([zone]);
  const { snapshot } = loadSnapshot([manifests], { ranges: rangesOf(zones) });
  return makeCertificate(
    { zoneTexts: [zone], manifestTexts: [manifests], snapshot, profile: profile.value, zones, modes: { promoted: false, strict: false } },
    verify(snapshot, profile.value, zones),
  );
}

type Path = readonly (string | number)[];
const certificate = made();
const honest = JSON.stringify(certificate);

function* everything(value: unknown, path: Path = []): Generator<{ readonly path: Path; readonly value: unknown }> {
  yield { path, value };
  if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* everything(item, [...path, i]);
  else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) yield* everything(item, [...path, key]);
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? replaced(item, rest, by) : item));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [step]: replaced(object[step], rest, by) };
}

const words = [
  'holds',
  'fails',
  'undecided',
  'allowed',
  'denied',
  'unknown',
  'ambiguous',
  'allow',
  'deny',
  'pass',
  'no-match',
  'maybe',
  'TCP',
  'UDP',
  'SCTP',
  'ICMP',
  'OTHER',
];
const numbers = [-1, 0, 1, 0.5, 65_536, Number.MAX_SAFE_INTEGER, 1e308];

function* mutants(value: unknown): Generator<unknown> {
  yield [value];
  if (typeof value === 'string') {
    yield* ['', `${value} `, value.toUpperCase(), value.slice(1), 0, null, ...words];
    yield* ['cilium', 'cilium@1.18', 'kubernetes', 'egress', 'ingress', 'zone', 'manifests', 'pods', 'node', 'addresses', 'name', '0.0.0.0/0'];
  } else if (typeof value === 'number') yield* [...numbers, value + 1, value - 1, String(value), null];
  else if (value === null) yield* [0, '', [], [0], [0, 1], {}];
  else if (Array.isArray(value)) {
    yield* [null, {}, [], value.slice(1), value.slice(0, -1), [...value, value[0]], [...value, null], [...value].reverse()];
    for (let i = 1; i < Math.min(value.length, 6); i++) yield [...value.slice(0, i - 1), value[i], value[i - 1], ...value.slice(i + 1)];
  } else if (typeof value === 'object') {
    yield null;
    for (const key of Object.keys(value)) yield Object.fromEntries(Object.entries(value).filter(([k]) => k !== key));
    for (const key of ['promoted', 'strict']) for (const on of [true, false]) yield { ...value, [key]: on };
    for (const key of ['more', '__proto__', 'constructor', 'toString']) yield Object.fromEntries([...Object.entries(value), [key, { holds: true }]]);
  }
}

function accepted(text: string, inputs: readonly SourceText[] = given): boolean {
  return checkCertificate(text, inputs).problems.length === 0;
}

describe('no tampering passes', () => {
  test('the certificate itself does, and has claims that hold and claims that fail', () => {
    expect(checkCertificate(honest, given).problems).toEqual([]);
    const statuses = certificate.zones.flatMap((z) => z.claims.map((c) => c.status));
    expect(statuses).toContain('holds');
    expect(statuses).toContain('fails');
  });

  test('any field, list or object, changed in any of many ways', () => {
    const kept: string[] = [];
    let tried = 0;
    for (const { path, value } of everything(certificate)) {
      for (const mutant of mutants(value)) {
        const text = JSON.stringify(replaced(certificate, path, mutant));
        if (text === honest) continue;
        tried++;
        if (accepted(text)) kept.push(`${path.join('.')}: ${JSON.stringify(value)?.slice(0, 80)} to ${JSON.stringify(mutant)?.slice(0, 80)}`);
      }
    }
    expect(kept).toEqual([]);
    expect(tried).toBeGreaterThan(5000);
  }, 600_000);

  test.each([
    ['a key twice', honest.replace('"profile":', '"profile":"kubernetes","profile":')],
    ['a key twice, the same each time', honest.replace('"kind":"Certificate"', '"kind":"Certificate","kind":"Certificate"')],
    ['a number spelt otherwise', honest.replace('"high":442', '"high":442.0')],
    ['a number too large', honest.replace('"high":442', '"high":1e400')],
    ['a prototype', honest.replace('{"$schema"', '{"__proto__":{"zones":[]},"$schema"')],
    ['text after the end', `${honest}{}`],
  ])('%s', (_, text) => {
    expect(text).not.toBe(honest);
    expect(accepted(text)).toBe(false);
  });

  test('blanks between values are nothing', () => {
    expect(accepted(JSON.stringify(certificate, null, 4))).toBe(true);
  });

  /** Without one atom, and without anything that refers to it. */
  const without = (gone: number): Certificate => {
    const shift = (indices: readonly number[]): number[] => indices.filter((i) => i !== gone).map((i) => (i > gone ? i - 1 : i));
    const rows = certificate.rows
      .map(({ from, to }) => ({ from: shift(from), to: to.map(({ atoms, verdict }) => ({ atoms: shift(atoms), verdict })).filter((c) => c.atoms.length > 0) }))
      .filter((r) => r.from.length > 0 && r.to.length > 0);
    return { ...certificate, atoms: certificate.atoms.filter((_, i) => i !== gone), rows };
  };

  test.each(certificate.atoms.map((atom, i) => [i, atom.kind] as const))('atom %d (%s) left out, with all that refers to it', (i) => {
    expect(accepted(JSON.stringify(without(i)))).toBe(false);
  });

  test('two atoms of one kind made one', () => {
    const merged: string[] = [];
    for (const [i, a] of certificate.atoms.entries())
      for (const [j, b] of certificate.atoms.entries()) {
        if (i >= j || a.kind !== b.kind || (a.kind !== 'pods' && a.kind !== 'addresses')) continue;
        const both =
          a.kind === 'pods' && b.kind === 'pods'
            ? { ...a, members: [...a.members, ...b.members] }
            : a.kind === 'addresses' && b.kind === 'addresses'
              ? { ...a, cidrs: [...a.cidrs, ...b.cidrs].sort() }
              : a;
        const one = without(j);
        const text = JSON.stringify({ ...one, atoms: one.atoms.map((atom, n) => (n === i ? both : atom)) });
        if (accepted(text)) merged.push(`${i} and ${j}`);
      }
    expect(merged).toEqual([]);
  });

  test('a zone that is called a manifest, and no claim', () => {
    const inputs = certificate.inputs.map((input) => ({ ...input, role: 'manifests' as const }));
    const empty = { ...certificate, inputs, zones: [], rows: [], verdicts: [], rules: [] };
    const { problems } = checkCertificate(JSON.stringify(empty), given);
    expect(problems).toContain('it proves no claim of any zone');
    expect(problems.join()).toContain('it proves nothing of zone "llm"');
  });

  test('one input told twice', () => {
    const inputs = [...certificate.inputs, ...certificate.inputs.slice(-1)];
    expect(checkCertificate(JSON.stringify({ ...certificate, inputs }), given).problems.join()).toContain('is listed more often than it was given');
  });

  test('another input, another profile, another zone', () => {
    for (const source of given)
      for (const text of [`${source.text} `, source.text.replace('train', 'tra1n'), '', source.text.replace('ml', 'm1')])
        expect(
          accepted(
            honest,
            given.map((g) => (g === source ? { ...g, text } : g)),
          ),
        ).toBe(false);
    expect(accepted(honest, [zone])).toBe(false);
    expect(accepted(honest, [manifests])).toBe(false);
    expect(accepted(honest, [...given, { file: 'more.yaml', text: '' }])).toBe(false);
    for (const profile of ['kubernetes', 'calico@3.30', 'cilium', '__proto__', '']) expect(accepted(JSON.stringify({ ...certificate, profile }))).toBe(false);
  });
});
