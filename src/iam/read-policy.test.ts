import { expect, test } from 'vitest';
import { pathText, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { PolicyKind } from './policy.ts';
import { readPolicy } from './read-policy.ts';

const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };

function faultsOf(value: unknown, kind: PolicyKind = 'identity'): string[] {
  const diagnostics: Diagnostic[] = [];
  readPolicy(new Reader(value, { document: { file: 'p.json', index: 0 }, path: [] }, diagnostics), { name: 'p', kind, resource: null });
  return diagnostics.map((d) => `${d.severity} ${d.code} at ${pathText(d.origin?.path ?? [])}`);
}

const of = (...statements: readonly object[]): object => ({ Version: '2012-10-17', Statement: statements });

test.each<[string, unknown, PolicyKind, readonly string[]]>([
  ['a good policy', of(allow), 'identity', []],
  ['one statement without a list', { Version: '2012-10-17', Statement: allow }, 'identity', []],
  ['no policy', null, 'identity', ['error missing-field at the document']],
  ['text', 'policy', 'identity', ['error wrong-type at the document']],
  ['a wrong version', { Version: '2012-10-18', Statement: [allow] }, 'identity', ['error unknown-value at Version']],
  ['no statement', { Version: '2012-10-17' }, 'identity', ['error missing-field at the document']],
  [
    'all faults at once',
    of({ effect: 'Allow', Action: 's3:GetObject', NotAction: 's3:*', Resource: [] }, { Effect: 'allow', Action: 'GetObject', Resource: 'bucket' }),
    'identity',
    [
      'error unknown-element at Statement[0].effect',
      'error missing-field at Statement[0]',
      'error both at Statement[0].NotAction',
      'error empty-list at Statement[0].Resource',
      'error unknown-value at Statement[1].Effect',
      'error bad-action at Statement[1].Action',
      'error bad-resource at Statement[1].Resource',
    ],
  ],
  [
    'conditions',
    of({
      ...allow,
      Condition: {
        StringEqual: { 'aws:SourceVpce': 'x' },
        'ForEveryValue:StringLike': { k: 'x' },
        NullIfExists: { k: 'true' },
        Null: { k: 'maybe' },
        NumericLessThan: { k: 'ten' },
        DateLessThan: { k: 'tomorrow' },
        IpAddress: { k: ['10.0.0.0/8', '10.0.0'] },
        ArnLike: { 'aws:PrincipalArn': '*' },
        StringLike: { k: [] },
      },
    }),
    'identity',
    [
      'error unknown-operator at Statement[0].Condition.StringEqual',
      'error unknown-operator at Statement[0].Condition["ForEveryValue:StringLike"]',
      'error unknown-operator at Statement[0].Condition.NullIfExists',
      'error bad-value at Statement[0].Condition.Null.k',
      'error bad-value at Statement[0].Condition.NumericLessThan.k',
      'error bad-value at Statement[0].Condition.DateLessThan.k',
      'error bad-value at Statement[0].Condition.IpAddress.k[1]',
      'warning not-an-arn at Statement[0].Condition.ArnLike["aws:PrincipalArn"]',
      'error empty-list at Statement[0].Condition.StringLike.k',
    ],
  ],
  ['a principal in an identity policy', of({ ...allow, Principal: '*' }), 'identity', ['error principal-here at Statement[0].Principal']],
  ['a resource policy without one', of(allow), 'resource', ['error missing-field at Statement[0]']],
  ['a resource in a trust policy', of({ ...allow, Principal: '*' }), 'trust', ['error resource-here at Statement[0].Resource']],
  [
    'principals',
    of(
      { ...allow, Principal: { AWS: ['arn:aws:iam::111122223333:role/*', '1111', 'AROAEXAMPLEEXAMPLE'], Service: '*', Aws: '*' } },
      { ...allow, Principal: 'me' },
    ),
    'resource',
    [
      'error unknown-element at Statement[0].Principal.Aws',
      'error bad-principal at Statement[0].Principal.AWS[0]',
      'error bad-principal at Statement[0].Principal.AWS[1]',
      'warning gone-principal at Statement[0].Principal.AWS[2]',
      'error bad-principal at Statement[0].Principal.Service',
      'error bad-principal at Statement[1].Principal',
    ],
  ],
  ['statements of one name', of({ ...allow, Sid: 'A' }, { ...allow, Sid: 'A' }), 'identity', ['warning twin-sid at Statement[1].Sid']],
  ['keys of objects', of({ ...allow, Condition: { constructor: { k: 'x' } } }), 'identity', ['error unknown-operator at Statement[0].Condition.constructor']],
])('%s', (_, value, kind, faults) => {
  expect(faultsOf(value, kind)).toEqual(faults);
});
