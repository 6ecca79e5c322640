import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { finding } from './statements.ts';

const home = allow('s3:GetObject', `arn:aws:s3:::training-data/\${aws:PrincipalTag/team}/*`);

export const lint: Lint = {
  slug: 'no-version',
  title: 'A policy of the old version',
  severity: 'low',
  plane: 'identity',
  why: 'Without `Version` a policy is of 2008-10-17, which knows no variables: a `$` and what follows in braces is then the name of a folder, and nobody’s tag is looked at.',
  fix: 'Write `"Version": "2012-10-17"`.',
  alike: ['parliament NO_VERSION, OLD_VERSION', 'Access Analyzer "Missing version"'],
  sources: ['IAM user guide, IAM JSON policy elements: Version'],
  example: { bad: `${JSON.stringify({ Statement: [home] }, null, 2)}\n`, good: alone(home) },
  *run({ read }) {
    for (const { policy } of read.policies) {
      if (policy.version === '2012-10-17') continue;
      const texts = policy.statements.flatMap((s) => [
        ...(s.resource?.patterns ?? []).map((p) => p.source),
        ...s.conditions.flatMap((c) => c.values.flatMap((v) => (v.kind === 'pattern' ? [v.pattern.source] : []))),
      ]);
      const variable = texts.find((text) => text.includes('${'));
      yield finding(
        { policy },
        variable === undefined ? 'low' : 'high',
        policy.origin,
        variable === undefined
          ? `${policy.name} is of version 2008-10-17, which knows no variables.`
          : `${policy.name} is of version 2008-10-17: it takes the variable in ${variable} for plain text.`,
        'Write "Version": "2012-10-17".',
      );
    }
  },
};
