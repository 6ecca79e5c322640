/**
 * Who asks. `AWS`: a role or user by its ARN; of a role the session's name, where it is known. The others sign in elsewhere (`Federated`, by the provider),
 * are an AWS service, an old S3 id, or nobody in particular.
 */
export type Caller =
  | { readonly type: 'AWS'; readonly arn: string; readonly session: string | null }
  | { readonly type: 'Federated' | 'Service' | 'CanonicalUser'; readonly id: string }
  | { readonly type: 'Anonymous' };

/** Condition keys in lower case, each with its values: one for most, several for keys that are lists. An absent key has no entry; none has an empty list. */
export type Context = ReadonlyMap<string, readonly string[]>;

/** One call of an AWS API, as policies see it. `resource` is an ARN, or `*` for actions that have none. */
export interface Request {
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  /** The account that the resource belongs to; null: not known, or the action has no resource; it then counts as the caller's. */
  readonly resourceAccount: string | null;
  readonly context: Context;
}

/** The account of an AWS caller; null for the others. */
export function accountOf(caller: Caller): string | null {
  return caller.type === 'AWS' ? (caller.arn.split(':')[4] ?? null) : null;
}

/** The ARN that a role's session has. A path of the role is not in it. Source: IAM user guide, IAM identifiers. */
export function sessionArn(arn: string, session: string): string {
  return `${sessionPrefix(arn)}${session}`;
}

/** What the ARNs of all sessions of a role begin with. */
export function sessionPrefix(arn: string): string {
  const [, partition = 'aws', , , account = '', resource = ''] = arn.split(':');
  return `arn:${partition}:sts::${account}:assumed-role/${resource.slice(resource.lastIndexOf('/') + 1)}/`;
}

/** Source: IAM user guide, AWS global condition context keys: aws:PrincipalType. */
export function principalType(arn: string): string {
  const resource = arn.split(':').slice(5).join(':');
  const types: Readonly<Record<string, string>> = { 'role/': 'AssumedRole', 'user/': 'User', 'federated-user/': 'FederatedUser' };
  return types[resource.slice(0, resource.indexOf('/') + 1)] ?? 'Account';
}

/**
 * The context with the keys that follow from the rest of the request: of a session, PrincipalArn is the role's ARN.
 * Source: IAM user guide, AWS global condition context keys; Service Authorization Reference, s3:ResourceAccount.
 */
export function contextOf({ caller, action, resourceAccount, context }: Request): Context {
  const derived = new Map(context);
  if (caller.type === 'AWS') {
    derived.set('aws:principalarn', [caller.arn]);
    derived.set('aws:principalaccount', [accountOf(caller) ?? '']);
    derived.set('aws:principaltype', [principalType(caller.arn)]);
  } else if (caller.type === 'Anonymous') derived.set('aws:principaltype', ['Anonymous']);
  if (resourceAccount !== null) {
    derived.set('aws:resourceaccount', [resourceAccount]);
    if (action.toLowerCase().startsWith('s3:')) derived.set('s3:resourceaccount', [resourceAccount]);
  }
  return derived;
}
