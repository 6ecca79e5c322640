import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { actionsOf, finding, granting, placeNaming, some, statementsOf } from './statements.ts';

/** Actions whose answer holds credentials, but those by which a role gives itself more. Source: cloudsplaining, credentials exposure; STS API reference. */
const answering = new Set([
  'iam:CreateServiceSpecificCredential',
  'iam:ResetServiceSpecificCredential',
  'sts:AssumeRoot',
  'sts:GetFederationToken',
  'sts:GetSessionToken',
  'sts:GetWebIdentityToken',
]);

export const lint: Lint = {
  slug: 'credentials-exposure',
  title: 'Calls that return credentials',
  severity: 'medium',
  plane: 'identity',
  why: 'The answer of these calls holds credentials, which outlive the pod and work from anywhere. Training needs none but those that its ServiceAccount brings.',
  fix: 'Remove these actions from what pods run with.',
  alike: ['parliament CREDENTIALS_EXPOSURE', 'cloudsplaining CredentialsExposure'],
  sources: ['AWS STS API reference', 'cloudsplaining documentation, credentials exposure'],
  example: { bad: alone(allow('sts:GetFederationToken', '*')), good: alone(allow('sts:GetCallerIdentity', '*')) },
  *run(context) {
    for (const placed of statementsOf(context, granting, 'Allow')) {
      const names = actionsOf(placed.statement).flatMap((a) => (answering.has(a.range.name) ? [a.range.name] : []));
      if (names.length === 0) continue;
      yield finding(
        placed,
        'medium',
        placeNaming(placed.statement, names),
        `${some(names)}: the answer holds credentials that outlive the pod.`,
        'Remove these actions.',
      );
    }
  },
};
