import { type Reader, shown } from '../kernel/reader.ts';
import { oneOrMore, readElements, readTexts } from './elements.ts';
import { readPattern } from './pattern.ts';
import type { PatternPart, Policy, PolicyKind, PolicyVersion, PrincipalPart, Statement } from './policy.ts';
import { readConditions } from './read-conditions.ts';
import { readPrincipal } from './read-principal.ts';

/** What the input says of a policy beside its document. */
export interface About {
  readonly name: string;
  readonly kind: PolicyKind;
  readonly resource: string | null;
}

const statementElements = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

/** Statements of one policy: far more than its size limits let anybody write. Source: IAM and S3 quotas: the largest, a bucket policy, has 20,480 characters. */
const mostStatements = 2_000;

/** Reads a policy document; every fault is told at its place. What is left is worth nothing when one of them is an error. */
export function readPolicy(at: Reader, about: About): Policy {
  const origin = at.origin;
  if (!readElements(at, 'A policy', ['Version', 'Id', 'Statement'])) {
    if (at.absent) at.error('missing-field', 'There is no policy here.');
    return { ...about, version: '2008-10-17', statements: [], origin };
  }
  // Without a Version it is the old one. Source: IAM user guide, IAM JSON policy elements: Version.
  const version: PolicyVersion = at.field('Version').oneOf(['2012-10-17', '2008-10-17']) ?? '2008-10-17';
  at.field('Id').string();
  at.required('Statement');
  const items = oneOrMore(at.field('Statement'));
  if (items.length > mostStatements)
    at.field('Statement').error('too-many', `This policy has ${items.length} statements; no policy that AWS takes has more than ${mostStatements}.`);
  const statements = items.slice(0, mostStatements).map((item, index) => readStatement(item, about, version, index));
  tellTwins(items);
  return { ...about, version, statements, origin };
}

/** Source: IAM user guide, IAM JSON policy elements: Sid (unique within a policy). */
function tellTwins(items: readonly Reader[]): void {
  const seen = new Set<string>();
  for (const item of items) {
    const sid = item.field('Sid').value;
    if (typeof sid !== 'string' || sid === '') continue;
    if (seen.has(sid))
      item.field('Sid').warning('twin-sid', `${shown(sid)} names another statement already; IAM refuses the policy where it is an identity policy.`);
    seen.add(sid);
  }
}

/** Why a statement without a Resource is perhaps not there. Source: minio/pkg policy/statement.go: those of admin, sts and kms need none. */
export const withoutResource = 'it has no Resource: MinIO takes it to be about all, and IAM refuses it';

/** Whether a statement lacks a Resource where a store needs none. */
function isStoresAlone(at: Reader, kind: PolicyKind): boolean {
  if (kind !== 'identity' || at.has('Resource') || at.has('NotResource') || !at.has('Action')) return false;
  const action = at.field('Action').value;
  const actions: readonly unknown[] = Array.isArray(action) ? action : [action];
  return actions.length > 0 && actions.every((a) => typeof a === 'string' && /^(?:admin|kms|sts):/i.test(a));
}

function readStatement(at: Reader, { name, kind }: About, version: PolicyVersion, index: number): Statement {
  readElements(at, 'A statement', statementElements);
  const variables = version === '2012-10-17';
  const storesAlone = isStoresAlone(at, kind);
  at.required('Effect');
  const effect = at.field('Effect').oneOf(['Allow', 'Deny']);
  return {
    policy: name,
    sid: at.field('Sid').string() ?? null,
    index,
    // A statement whose effect is not known is an error, and nothing rests on it.
    effect: effect ?? 'Deny',
    principal: readWho(at, kind),
    action: readActions(at),
    resource: storesAlone ? null : readResources(at, kind, variables),
    conditions: readConditions(at.field('Condition'), variables),
    unsure: storesAlone ? withoutResource : null,
    origin: at.origin,
  };
}

/** At most one of two elements, and at least one where `needed`. Returns the one that stands there. */
function either(at: Reader, plain: string, not: string, needed: boolean): { readonly at: Reader; readonly not: boolean } | null {
  if (at.has(plain) && at.has(not))
    at.field(not).error('both', `A statement has ${plain} or ${not}, never both; IAM refuses it.`, 'Make two statements of it.');
  if (at.has(plain)) return { at: at.field(plain), not: false };
  if (at.has(not)) return { at: at.field(not), not: true };
  if (needed && at.kind === 'an object') at.error('missing-field', `The statement lacks ${plain} (or ${not}), which is required.`, `Add ${plain}.`);
  return null;
}

function readWho(at: Reader, kind: PolicyKind): PrincipalPart | null {
  const taken = kind === 'resource' || kind === 'trust' || kind === 'endpoint' || kind === 'rcp';
  const found = either(at, 'Principal', 'NotPrincipal', kind === 'resource' || kind === 'trust');
  if (found === null) return null;
  if (!taken) {
    found.at.error(
      'principal-here',
      `A ${kindName[kind]} is about whoever it is attached to: it takes no ${found.not ? 'NotPrincipal' : 'Principal'}.`,
      'Remove it, or say that this is a resource policy.',
    );
    return null;
  }
  const who = readPrincipal(found.at, found.not);
  // Of a bucket or key nobody calls as the provider itself: whom it means there, the documentation does not say.
  return kind === 'resource' && who.principals.some((p) => p.type === 'Federated') ? { ...who, perhapsSessions: true } : who;
}

function readActions(at: Reader): PatternPart {
  const found = either(at, 'Action', 'NotAction', true);
  if (found === null) return { not: false, patterns: [] };
  const patterns = readTexts(found.at).map(({ text, at: item }) => {
    if (text !== '*' && !/^[A-Za-z0-9*?-]+:[^:\s]+$/.test(text))
      item.error('bad-action', `${shown(text)} is no action; expected "*", or a service, ":" and a name, such as s3:GetObject.`);
    return readPattern(text, { wildcards: 'anywhere', variables: false, ignoreCase: true });
  });
  return { not: found.not, patterns };
}

function readResources(at: Reader, kind: PolicyKind, variables: boolean): PatternPart | null {
  const found = either(at, 'Resource', 'NotResource', kind !== 'trust');
  if (found === null) return null;
  if (kind === 'trust') {
    found.at.error('resource-here', 'A trust policy is about the role that it is attached to: it takes no Resource.', 'Remove it.');
    return null;
  }
  const patterns = readTexts(found.at).map(({ text, at: item }) => {
    if (text !== '*' && !/^(?:arn|\*|\$\{)/.test(text)) item.error('bad-resource', `${shown(text)} is no ARN; expected "*" or a text that starts with arn:.`);
    return readPattern(text, { wildcards: 'anywhere', variables, ignoreCase: false });
  });
  return { not: found.not, patterns };
}

/** What people call a policy of this kind. */
export const kindName: Readonly<Record<PolicyKind, string>> = {
  identity: 'identity policy',
  resource: 'resource policy',
  trust: 'trust policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
  endpoint: 'VPC endpoint policy',
};
