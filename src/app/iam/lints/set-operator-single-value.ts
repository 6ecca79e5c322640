import { singleValued } from '../../../iam/keys.ts';
import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { everyKind, finding, statementsOf } from './statements.ts';

const read = ['s3:GetObject', 'arn:aws:s3:::training-data/*'] as const;

export const lint: Lint = {
  slug: 'set-operator-single-value',
  title: 'ForAllValues on a key with one value',
  severity: 'high',
  plane: 'identity',
  why: '`ForAllValues` holds where the key is absent: all of no values match. On a key that has one value it adds nothing but that hole, and an `Allow` under it is open to every request without the key.',
  fix: 'Write the operator without `ForAllValues:`.',
  alike: ['parliament SINGLE_VALUE_CONDITION_TOO_PERMISSIVE', 'Access Analyzer "ForAllValues with single valued key"'],
  sources: ['IAM user guide, set operators for multivalued context keys', 'IAM user guide, AWS global condition context keys ("Value type")'],
  example: {
    bad: alone(allow(...read, { 'ForAllValues:StringEquals': { 'aws:SourceVpce': 'vpce-0example' } })),
    good: alone(allow(...read, { StringEquals: { 'aws:SourceVpce': 'vpce-0example' } })),
  },
  *run(context) {
    for (const placed of statementsOf(context, everyKind, 'Allow'))
      for (const condition of placed.statement.conditions) {
        if (condition.set !== 'all' || !singleValued.has(condition.key)) continue;
        // Beside `Null: false` the key is there.
        const there = placed.statement.conditions.some((c) => c.key === condition.key && c.values.some((v) => v.kind === 'presence' && !v.absent));
        if (there) continue;
        yield finding(
          placed,
          'high',
          condition.origin,
          `${condition.operatorText} on ${condition.keyText} holds for requests without the key, and so allows them.`,
          'Remove ForAllValues.',
        );
      }
  },
};
