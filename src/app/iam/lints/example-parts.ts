/** Parts of the policies that lints show as examples. */
type Statement = Readonly<Record<string, unknown>>;

export const account = '111122223333';
export const issuer = 'oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE';
export const provider = `arn:aws:iam::${account}:oidc-provider/${issuer}`;

export function document(...statements: readonly Statement[]): Readonly<Record<string, unknown>> {
  return { Version: '2012-10-17', Statement: statements };
}

/** A policy alone. */
export function alone(...statements: readonly Statement[]): string {
  return `${JSON.stringify(document(...statements), null, 2)}\n`;
}

/** Several documents of one file. */
export function documents(...all: readonly unknown[]): string {
  return all.map((one) => `${JSON.stringify(one, null, 2)}\n`).join('---\n');
}

/** As `aws iam get-role-policy` prints it. */
export function ofRole(role: string, name: string, ...statements: readonly Statement[]): Statement {
  return { RoleName: role, PolicyName: name, PolicyDocument: document(...statements) };
}

/** As `aws ec2 describe-vpc-endpoints` prints it. */
export function ofEndpoint(service: string, ...statements: readonly Statement[]): string {
  const endpoint = { VpcEndpointId: 'vpce-0example', ServiceName: `com.amazonaws.us-east-1.${service}`, PolicyDocument: document(...statements) };
  return `${JSON.stringify({ VpcEndpoints: [endpoint] }, null, 2)}\n`;
}

export function allow(action: string | readonly string[], resource: string | readonly string[], condition?: unknown): Statement {
  return { Effect: 'Allow', Action: action, Resource: resource, ...(condition === undefined ? {} : { Condition: condition }) };
}

/** A trust policy's statement for the cluster's provider, with a condition. */
export function web(condition: unknown): Statement {
  return { Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition };
}
