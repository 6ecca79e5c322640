import { readdirSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { decide } from '../src/iam/decide.ts';
import { exactPattern } from '../src/iam/pattern.ts';
import type { Policy, PolicyKind } from '../src/iam/policy.ts';
import { noPolicies, type PolicySet } from '../src/iam/policy-set.ts';
import { Prover } from '../src/iam/prover/prove.ts';
import { anyText, type KeyRange, type Region } from '../src/iam/prover/region.ts';
import { readPolicy } from '../src/iam/read-policy.ts';
import type { Caller, Request } from '../src/iam/request.ts';
import { Reader } from '../src/kernel/reader.ts';
import type { Diagnostic } from '../src/kernel/result.ts';

type Decision = ReturnType<typeof decide>['decision'];

/** A layer's policies: statements alone, or whole documents, with `on` for what they are attached to. */
type PolicyText = readonly object[] | { readonly on?: string; readonly Version?: string; readonly Statement: readonly object[] };

interface CaseFile {
  readonly note: string;
  readonly source: string;
  readonly callers?: Readonly<Record<string, string | { readonly arn: string; readonly session: string }>>;
  readonly tables: readonly CaseTable[];
}

interface CaseTable {
  readonly that: string;
  readonly account?: string;
  readonly foreignIsOpen?: boolean;
  readonly policies: Readonly<Record<string, readonly PolicyText[]>>;
  readonly want: string;
}

const own = '111122223333';
const folder = new URL('iam/', import.meta.url);
const signs: Readonly<Record<string, Decision>> = { X: 'allowed', D: 'explicitly-denied', '.': 'implicitly-denied', '?': 'unknown' };
const kinds: Readonly<Record<string, PolicyKind>> = { resources: 'resource', trusts: 'trust', endpoints: 'endpoint', scps: 'scp', rcps: 'rcp' };
let rows = 0;

for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml')))
  describe(`iam/${file}`, () => {
    const spec = load(readFileSync(new URL(file, folder), 'utf8')) as CaseFile;
    test.each(spec.tables.map((t) => [t.that, t] as const))('%s', (_, table) => {
      const policies = policiesOf(table);
      const wrong: string[] = [];
      for (const line of table.want.trim().split('\n')) {
        const { request, decision } = rowOf(line, spec.callers ?? {});
        rows++;
        const verdict = decide(request, policies);
        if (verdict.decision !== decision) wrong.push(`decide: ${line.trim()}: ${verdict.decision}, ${verdict.because}`);
        const answer = new Prover(policies).some(regionOf(request)).kind;
        const expected = decision === 'allowed' ? 'some' : decision === 'unknown' ? 'unknown' : 'none';
        if (answer !== expected) wrong.push(`prover: ${line.trim()}: ${answer}`);
      }
      expect(wrong).toEqual([]);
    });
  });

test('there are cases enough', () => {
  expect(rows).toBeGreaterThanOrEqual(174);
});

function policiesOf({ policies, account, foreignIsOpen }: CaseTable): PolicySet {
  const layer = (name: string): readonly Policy[] => (policies[name] ?? []).map((text) => policyOf(name, text));
  return {
    ...noPolicies,
    account: account ?? own,
    foreignIsOpen: foreignIsOpen ?? false,
    identity: layer('identity'),
    boundary: layer('boundary'),
    session: layer('session'),
    scps: layer('scps').map((p) => [p]),
    rcps: layer('rcps'),
    endpoints: layer('endpoints'),
    resources: [...layer('resources'), ...layer('trusts')],
  };
}

function policyOf(layer: string, text: PolicyText): Policy {
  const document = 'Statement' in text ? text : { Statement: text };
  const { on, ...rest } = document as { readonly on?: string };
  const diagnostics: Diagnostic[] = [];
  const at = new Reader({ Version: '2012-10-17', ...rest }, { document: { file: layer, index: 0 }, path: [] }, diagnostics);
  const policy = readPolicy(at, { name: layer, kind: kinds[layer] ?? (layer as PolicyKind), resource: on ?? null });
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return policy;
}

/** `X s3:GetObject s3:data/a key=value key=one|two by=caller of=account`; `s3:` alone before a name is short for an ARN of S3. */
function rowOf(line: string, callers: NonNullable<CaseFile['callers']>): { readonly request: Request; readonly decision: Decision } {
  const [sign = '', action = '', place = '', ...rest] = line.trim().split(/\s+/);
  const decision = signs[sign];
  if (decision === undefined || place === '') throw new Error(`a row is a sign, an action, a resource and keys: ${line}`);
  const context = new Map<string, readonly string[]>();
  let by = 'trainer';
  let of = place === '*' ? null : own;
  for (const word of rest) {
    const at = word.indexOf('=');
    const [key, value] = [word.slice(0, at), word.slice(at + 1)];
    if (key === 'by') by = value;
    else if (key === 'of') of = value;
    else
      context.set(
        key.toLowerCase(),
        value.split('|').map((v) => v.replaceAll('_', ' ')),
      );
  }
  const resource = place.startsWith('s3:') ? `arn:aws:s3:::${place.slice('s3:'.length)}` : place;
  return { decision, request: { caller: callerOf(callers[by] ?? by), action, resource, resourceAccount: of, context } };
}

function callerOf(word: string | { readonly arn: string; readonly session: string }): Caller {
  if (typeof word !== 'string') return { type: 'AWS', ...word };
  if (word === 'trainer') return { type: 'AWS', arn: `arn:aws:iam::${own}:role/trainer`, session: 'job' };
  if (word === 'nobody') return { type: 'Anonymous' };
  if (word.startsWith('arn:aws:iam::') && word.includes(':oidc-provider/')) return { type: 'Federated', id: word };
  if (word.endsWith('.amazonaws.com')) return { type: 'Service', id: word };
  return { type: 'AWS', arn: word, session: null };
}

/** The region that holds this one request. */
function regionOf({ caller, action, resource, resourceAccount, context }: Request): Region {
  const keys = new Map<string, KeyRange>([...context].map(([key, values]) => [key, { kind: 'fixed', values }]));
  return {
    callers: [{ kind: 'one', caller }],
    actions: [{ name: action, resources: [exactPattern(resource)], keys: null }],
    resources: anyText,
    owner: resourceAccount === null ? null : { is: resourceAccount },
    keys,
    otherKeys: 'never',
    partition: 'aws',
  };
}
