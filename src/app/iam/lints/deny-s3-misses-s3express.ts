import { knownActions, storageServices } from '../../../iam/catalogue.ts';
import { variablesOf } from '../../../iam/pattern.ts';
import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { mayRole, ofRole } from './questions.ts';
import { placeOfAction, titleOfStatement } from './statements.ts';

const data = ['arn:aws:s3:::training-data', 'arn:aws:s3:::training-data/*'];
const guard = (...actions: readonly string[]): Readonly<Record<string, unknown>> => ({ Effect: 'Deny', Action: actions, NotResource: data });

export const lint: Lint = {
  slug: 'deny-s3-misses-s3express',
  title: 'A denial of s3:* leaves the siblings of S3 open',
  severity: 'high',
  plane: 'identity',
  why: 'Directory buckets, tables, vectors, files, Outposts and Object Lambda have actions of their own: a denial of `s3:*` is about none of them. What some other statement allows there is a way out that the denial was to shut.',
  fix: 'Deny `s3express:*`, `s3tables:*`, `s3vectors:*`, `s3files:*`, `s3-outposts:*` and `s3-object-lambda:*` as well.',
  alike: [],
  sources: ['Service Authorization Reference: Amazon S3, S3 Express, S3 Tables, S3 Vectors, S3 Files, S3 on Outposts, S3 Object Lambda'],
  example: {
    bad: alone(allow(['s3:GetObject', 's3express:CreateSession'], '*', { StringEquals: { 'aws:ResourceAccount': '111122223333' } }), guard('s3:*')),
    good: alone(
      allow(['s3:GetObject', 's3express:CreateSession'], '*', { StringEquals: { 'aws:ResourceAccount': '111122223333' } }),
      guard('s3:*', 's3express:*'),
    ),
  },
  *run({ roles }) {
    for (const role of roles)
      for (const policy of [...(role.policies.identity ?? []), ...role.policies.boundary])
        for (const statement of policy.statements) {
          if (statement.effect !== 'Deny' || statement.action.not) continue;
          const index = statement.action.patterns.findIndex((p) => p.source.toLowerCase() === 's3:*');
          if (index < 0 || statement.resource === null) continue;
          const patterns = statement.resource.patterns.filter((p) => variablesOf(p).length === 0);
          const answer = mayRole(role, {
            actions: knownActions(storageServices, role.partition).filter((a) => a.service !== 's3'),
            resources: statement.resource.not ? { some: null, none: patterns } : { some: patterns, none: [] },
          });
          if (answer.kind !== 'some') continue;
          yield ofRole(
            role,
            'high',
            placeOfAction(statement, index),
            `${titleOfStatement({ policy, statement })} denies s3:* and not ${answer.request.action}: ${role.name} may do it to ${answer.request.resource}.`,
            'Deny s3express:*, s3tables:*, s3vectors:*, s3files:*, s3-outposts:* and s3-object-lambda:* as well.',
          );
        }
  },
};
