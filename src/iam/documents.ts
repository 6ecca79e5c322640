import { isMap } from '../kernel/map.ts';
import { type Reader, shown } from '../kernel/reader.ts';
import type { Embedded, FoundPolicy } from './found-policy.ts';
import type { PolicyKind } from './policy.ts';
import { terraformPolicies } from './terraform/policies.ts';

/** What a file says of itself when it is none of the shapes below. */
export interface SaidKind {
  readonly kind: PolicyKind;
  readonly on: string | null;
  readonly role: string | null;
}

/** The policies in one document: output of the AWS CLI or of Terraform, or a policy alone. Null: it is nothing of the kind. */
export function findPolicies(at: Reader, name: string, said: SaidKind | null, embedded: Embedded): readonly FoundPolicy[] | null {
  if (!isMap(at.value)) return null;
  const planned = terraformPolicies(at, embedded);
  if (planned !== null) return planned;
  if (at.has('Statement')) return [alone(at, name, said)];
  if (at.has('RoleDetailList')) return accountDetails(at, embedded);
  if (at.has('VpcEndpoints'))
    return at
      .field('VpcEndpoints')
      .each()
      .flatMap((item) => endpoint(item, embedded));
  if (at.has('Role')) return role(at.field('Role'), 'get-role', embedded);
  if (at.has('PolicyDocument')) {
    const owner = textOf(at.field('RoleName'));
    return [
      {
        kind: said?.kind ?? 'identity',
        name: textOf(at.field('PolicyName')) ?? name,
        resource: null,
        role: said?.role ?? owner,
        taken: `identity policy${owner === null ? '' : ` of ${owner}`}, as get-role-policy prints it`,
        at: document(at.field('PolicyDocument'), embedded),
      },
    ];
  }
  if (at.has('PolicyVersion')) {
    const kind = said?.kind ?? 'identity';
    return [
      {
        kind,
        name,
        resource: said?.on ?? null,
        role: said?.role ?? null,
        taken: `${kind} policy, as get-policy-version prints it`,
        at: document(at.field('PolicyVersion').field('Document'), embedded),
      },
    ];
  }
  if (typeof at.field('Policy').value === 'string') {
    const inner = document(at.field('Policy'), embedded);
    return [
      {
        kind: said?.kind ?? 'resource',
        name,
        resource: said?.on ?? bucketOf(inner),
        role: said?.role ?? null,
        taken: 'resource policy, as get-bucket-policy and get-key-policy print it',
        at: inner,
      },
    ];
  }
  return null;
}

/** A policy alone: what its file was said to be, else what its statements look like. */
function alone(at: Reader, name: string, said: SaidKind | null): FoundPolicy {
  if (said !== null)
    return {
      kind: said.kind,
      name,
      resource: said.on ?? (said.kind === 'resource' ? bucketOf(at) : null),
      role: said.role,
      taken: `${said.kind} policy, as the list says`,
      at,
    };
  const statements = statementsOf(at);
  const withPrincipal = statements.some((s) => s.has('Principal') || s.has('NotPrincipal'));
  const withResource = statements.some((s) => s.has('Resource') || s.has('NotResource'));
  if (!withPrincipal) return { kind: 'identity', name, resource: null, role: null, taken: 'identity policy, for no statement names a principal', at };
  if (!withResource) return { kind: 'trust', name, resource: null, role: null, taken: 'trust policy, for its statements name principals and no resource', at };
  return { kind: 'resource', name, resource: bucketOf(at), role: null, taken: 'resource policy, for its statements name principals and resources', at };
}

function role(at: Reader, how: string, embedded: Embedded): readonly FoundPolicy[] {
  const arn = textOf(at.field('Arn'));
  const name = textOf(at.field('RoleName')) ?? arn ?? 'role';
  if (!at.has('AssumeRolePolicyDocument')) return [];
  return [
    {
      kind: 'trust',
      name: `trust of ${name}`,
      resource: arn,
      role: arn ?? name,
      taken: `trust policy of ${name}, as ${how} prints it`,
      at: document(at.field('AssumeRolePolicyDocument'), embedded),
    },
  ];
}

function endpoint(at: Reader, embedded: Embedded): readonly FoundPolicy[] {
  const id = textOf(at.field('VpcEndpointId')) ?? 'endpoint';
  if (!at.has('PolicyDocument')) return [];
  return [
    {
      kind: 'endpoint',
      name: id,
      resource: textOf(at.field('ServiceName')),
      role: null,
      taken: `policy of endpoint ${id}, as describe-vpc-endpoints prints it`,
      at: document(at.field('PolicyDocument'), embedded),
    },
  ];
}

/** Source: AWS CLI reference, iam get-account-authorization-details. */
function accountDetails(at: Reader, embedded: Embedded): readonly FoundPolicy[] {
  const managed = new Map<string, Reader>();
  for (const policy of at.field('Policies').each()) {
    const arn = textOf(policy.field('Arn'));
    const current = policy
      .field('PolicyVersionList')
      .each()
      .find((v) => v.field('IsDefaultVersion').value === true);
    if (arn !== null && current !== undefined) managed.set(arn, current.field('Document'));
  }
  return at
    .field('RoleDetailList')
    .each()
    .flatMap((detail): readonly FoundPolicy[] => {
      const owner = textOf(detail.field('Arn')) ?? textOf(detail.field('RoleName'));
      const inline = detail
        .field('RolePolicyList')
        .each()
        .map((p): FoundPolicy => {
          const name = textOf(p.field('PolicyName')) ?? 'inline policy';
          return {
            kind: 'identity',
            name,
            resource: null,
            role: owner,
            taken: `identity policy of ${owner}`,
            at: document(p.field('PolicyDocument'), embedded),
          };
        });
      const of = (place: Reader, kind: PolicyKind): readonly FoundPolicy[] => {
        const arn = textOf(place);
        if (arn === null) return [];
        const about = { kind, name: arn.slice(arn.lastIndexOf('/') + 1), resource: null, role: owner, taken: `${kind} policy of ${owner}` };
        const text = managed.get(arn);
        if (text === undefined) {
          place.error(
            'missing-policy',
            `${shown(arn)} is attached, and its text is not here.`,
            'Give the whole output: get-account-authorization-details prints AWS managed policies too.',
          );
          return [{ ...about, at: place, doubt: { of: 'text', why: `the text of ${arn} is not in the input` } }];
        }
        return [{ ...about, at: document(text, embedded) }];
      };
      return [
        ...role(detail, 'get-account-authorization-details', embedded),
        ...inline,
        ...detail
          .field('AttachedManagedPolicies')
          .each()
          .flatMap((p) => of(p.field('PolicyArn'), 'identity')),
        ...of(detail.field('PermissionsBoundary').field('PermissionsBoundaryArn'), 'boundary'),
      ];
    });
}

/** A document as it is, or the text of one: plain JSON, or percent-encoded as the API gives it. */
function document(at: Reader, embedded: Embedded): Reader {
  if (typeof at.value !== 'string') return at;
  return embedded(at, at.value.trimStart().startsWith('%') ? decoded(at.value) : at.value);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function statementsOf(at: Reader): readonly Reader[] {
  const list = at.field('Statement');
  return list.kind === 'a list' ? list.each() : [list];
}

/** The one bucket whose objects all statements are about. */
function bucketOf(at: Reader): string | null {
  const arns = statementsOf(at).flatMap((s) => [s.field('Resource').value, s.field('NotResource').value].flat().filter((v) => typeof v === 'string'));
  const buckets = new Set(arns.map((arn) => /^arn:[a-z-]{1,20}:s3:::[a-z0-9.-]{3,63}(?=$|\/|\*)/.exec(arn)?.[0] ?? null));
  const [only] = buckets;
  return buckets.size === 1 && only !== undefined ? only : null;
}

function textOf(at: Reader): string | null {
  return typeof at.value === 'string' && at.value !== '' ? at.value : null;
}
