import { findPolicies, type SaidKind } from '../../iam/documents.ts';
import { perhapsThere, untoldPolicy } from '../../iam/doubtful.ts';
import type { Embedded, FoundPolicy } from '../../iam/found-policy.ts';
import type { Policy, PolicyKind } from '../../iam/policy.ts';
import { readPolicy } from '../../iam/read-policy.ts';
import { isMap } from '../../kernel/map.ts';
import type { Locator, Origin } from '../../kernel/origin.ts';
import { Reader, shown } from '../../kernel/reader.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import { TextLocator } from '../../manifest/locator.ts';
import { parseSource } from '../../manifest/parse.ts';
import type { IamTaken } from '../../model/iam-report.ts';
import { type ToldRoles, together, toldRoles } from './told-roles.ts';

/** A policy with the role that it is attached to: a name or an ARN, null where the input does not say. */
export interface AttachedPolicy {
  readonly policy: Policy;
  readonly role: string | null;
  /** Level of a service control policy. */
  readonly level: string;
  /** The account of the list that names it; of a policy in no list, the one that the lists name. Null: none is named. */
  readonly account: string | null;
  /** Whether its text is known. */
  readonly told: boolean;
}

/** One member of a binding of Google Cloud: who has a role. */
export interface GoogleMember {
  readonly role: string;
  readonly member: string;
  readonly name: string;
  readonly origin: Origin;
}

/** The policies of some files. */
export interface PoliciesRead {
  readonly policies: readonly AttachedPolicy[];
  /** Bindings of Google Cloud, which lints alone read. */
  readonly members: readonly GoogleMember[];
  /** The account and organization that a list of policies names. */
  readonly account: string | null;
  readonly organization: string | null;
  readonly taken: readonly IamTaken[];
  readonly roles: ToldRoles;
  readonly diagnostics: readonly Diagnostic[];
  readonly locator: Locator;
}

const listKind = 'IdentityPolicies';
const kinds: readonly PolicyKind[] = ['identity', 'resource', 'trust', 'boundary', 'session', 'scp', 'rcp', 'endpoint'];

interface Listed extends SaidKind {
  readonly at: Reader;
  readonly file: string;
  readonly level: string;
  readonly account: string | null;
}

/**
 * Reads policies from JSON or YAML: output of the AWS CLI, documents alone, and a list (`kind: IdentityPolicies`) that says which file is what. What is lacking
 * or broken could say anything; so could `unread`, files that were asked for and not read.
 */
export function readPolicyFiles(sources: readonly SourceText[], unread: readonly Origin[] = []): PoliciesRead {
  const parsed = sources.map(parseSource);
  const diagnostics: Diagnostic[] = parsed.flatMap((p) => p.diagnostics);
  const documents = parsed.flatMap((p) => p.documents.map(({ ref, value }) => new Reader(value, { document: ref, path: [] }, diagnostics)));
  const failures = (): number => diagnostics.filter((d) => d.severity === 'error').length;
  const policies: Omit<AttachedPolicy, 'account'>[] = [];
  /** A policy that there is, and that was not read. */
  const untold = (one: Pick<FoundPolicy, 'kind' | 'name' | 'resource' | 'role'>, origin: Origin, why: string, level = 'one'): void => {
    policies.push({ policy: untoldPolicy(one, origin, why, null), role: one.role, level, told: false });
  };
  /** Policies of a file of which nothing is known: what a role may do, and who becomes it. */
  const anything = (origin: Origin, why: string): void => {
    for (const kind of ['identity', 'trust'] as const) untold({ kind, name: nameOf(origin.document.file), resource: null, role: null }, origin, why);
  };
  const lists = documents
    .filter((at) => at.field('kind').value === listKind)
    .map((at) => {
      const before = failures();
      const list = readList(at);
      if (failures() > before) anything(at.origin, `the list ${at.origin.document.file} has faults`);
      return list;
    });
  const listed = lists.flatMap((l) => l.policies);
  const saidOf = (file: string): Listed | null => listed.find((l) => isListed(l, file)) ?? null;
  for (const { file, diagnostics: faults } of parsed) {
    if (!faults.some((d) => d.severity === 'error')) continue;
    const [said, origin, why] = [saidOf(file), { document: { file, index: 0 }, path: [] }, `${file} could not be read`];
    if (said === null) anything(origin, why);
    else untold({ ...said, name: nameOf(file), resource: said.on }, origin, why, said.level);
  }
  for (const origin of unread) {
    const { file } = origin.document;
    const said = saidOf(file);
    if (said === null) anything(origin, `${file} could not be read`);
  }
  for (const one of listed) {
    if (parsed.some(({ file }) => isListed(one, file))) continue;
    one.at.error(
      'missing-file',
      `${shown(one.file)} is listed, and is not among the files that were given.`,
      'Give it beside the list, or take it off the list.',
    );
    untold({ ...one, name: nameOf(one.file), resource: one.on }, one.at.origin, `${one.file}, which is listed, is not in the input`, one.level);
  }
  const embedded: Embedded = (at, text) => embeddedReader(at, text, diagnostics);
  const taken: IamTaken[] = [];
  const members: GoogleMember[] = [];
  const roles: ToldRoles[] = [];
  for (const at of documents) {
    if (at.field('kind').value === listKind) continue;
    const told = toldRoles(at);
    if (told !== null) {
      roles.push(told);
      continue;
    }
    const { file } = at.origin.document;
    const said = saidOf(file);
    const faults = failures();
    const found = findPolicies(at, nameOf(file), said, embedded);
    if (failures() > faults && !found?.some((one) => one.doubt !== undefined)) anything(at.origin, `${file} has faults`);
    if (found !== null && (at.field('IsTruncated').value === true || at.has('NextToken'))) {
      at.warning(
        'cut-off',
        'This output ends before its last page: what would follow is not in the input.',
        'Give all of it: the AWS CLI prints every page unless --no-paginate or --max-items is given.',
      );
      anything(at.origin, `${file} ends before its last page`);
    }
    if (found === null && at.field('bindings').kind === 'a list') {
      members.push(...membersOf(at, nameOf(file)));
      taken.push({ name: nameOf(file), as: 'bindings of Google Cloud, as get-iam-policy prints them: lints alone read them', origin: at.origin });
      continue;
    }
    if (found === null) {
      // What Terraform reads lies beside the documents that it takes.
      if (isMap(at.value) && !(at.has('apiVersion') && at.has('kind')) && !file.endsWith('.tf.json'))
        at.warning(
          'no-policy',
          'This is neither a policy nor output of the AWS CLI or of Terraform that holds one; it was not read.',
          isStateFile(at) ? 'Of a state file give the output of terraform show -json.' : undefined,
        );
      continue;
    }
    for (const one of found) {
      const before = failures();
      const policy = policyOf(one);
      checkPlace(one);
      taken.push({ name: one.name, as: one.taken, origin: one.at.origin });
      const level = said?.level ?? 'one';
      if (failures() > before) untold(one, one.at.origin, `policy ${one.name} has faults and was left out`, level);
      else policies.push({ policy, role: one.role, level, told: one.doubt?.of !== 'text' });
    }
  }
  const accounts = new Set(lists.flatMap((l) => l.account ?? []));
  const [only = null] = accounts.size === 1 ? accounts : [];
  const first = <T>(items: readonly (T | undefined)[]): T | null => items.find((i) => i !== undefined) ?? null;
  return {
    policies: policies.map((p) => ({ ...p, account: saidOf(p.policy.origin.document.file)?.account ?? only })),
    members,
    account: first(lists.map((l) => l.account)),
    organization: first(lists.map((l) => l.organization)),
    taken,
    roles: together(roles),
    diagnostics,
    locator: new TextLocator(parsed),
  };
}

function policyOf({ name, kind, resource, at, doubt, service }: FoundPolicy): Policy {
  const about = { name, kind, resource };
  if (doubt?.of === 'text') return untoldPolicy(about, at.origin, doubt.why, service ?? null);
  const policy = readPolicy(at, about);
  return doubt === undefined ? policy : perhapsThere(policy, doubt.why);
}

/** Source: Google Cloud IAM documentation, Policy: bindings, each a role with its members. */
function membersOf(at: Reader, name: string): readonly GoogleMember[] {
  return at
    .field('bindings')
    .each()
    .flatMap((binding) =>
      binding
        .field('members')
        .each()
        .flatMap((item): readonly GoogleMember[] => {
          const member = item.string();
          return member === undefined ? [] : [{ role: binding.field('role').string() ?? '', member, name, origin: item.origin }];
        }),
    );
}

/** A resource policy must say what it belongs to: one of a key names its resource "*". */
function checkPlace({ kind, resource, at, doubt }: FoundPolicy): void {
  if (kind === 'resource' && resource === null && doubt === undefined)
    at.error(
      'unknown-resource',
      'It cannot be told which bucket or key this policy belongs to.',
      `List it in a document of kind ${listKind}: {file: …, kind: resource, on: ARN}.`,
    );
}

/** What Terraform keeps itself, in a format that is its own affair. Source: Terraform documentation, "State": use terraform show -json. */
function isStateFile(at: Reader): boolean {
  return at.has('terraform_version') && at.has('lineage') && at.has('serial');
}

function isListed(listed: Listed, file: string): boolean {
  return file === listed.file || file.endsWith(`/${listed.file}`);
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.(?:json|ya?ml)$/, '');
}

/** The text of a policy inside another document. Its faults have no place of their own but that of the string. */
function embeddedReader(at: Reader, text: string, diagnostics: Diagnostic[]): Reader {
  const parsed = parseSource({ file: `${at.origin.document.file}.json`, text });
  for (const d of parsed.diagnostics) diagnostics.push({ ...d, origin: at.origin });
  return new Reader(parsed.documents[0]?.value, at.origin, diagnostics);
}

function readList(at: Reader): { readonly policies: readonly Listed[]; readonly account: string | undefined; readonly organization: string | undefined } {
  at.object(['apiVersion', 'kind', 'metadata', 'spec']);
  at.field('apiVersion').oneOf(['ringfence.dev/v1alpha1']);
  at.required('spec');
  const spec = at.field('spec');
  spec.object(['account', 'organization', 'policies']);
  spec.required('policies');
  const account = spec.field('account').string();
  const policies = spec
    .field('policies')
    .each()
    .flatMap((item): readonly Listed[] => {
      item.object(['file', 'kind', 'on', 'role', 'level']);
      item.required('file');
      item.required('kind');
      const file = item.field('file').string();
      const kind = item.field('kind').oneOf(kinds);
      const text = (key: string): string | null => item.field(key).string() ?? null;
      return file === undefined || kind === undefined
        ? []
        : [
            {
              at: item.field('file'),
              file: file.replace(/^\.\//, ''),
              kind,
              on: text('on'),
              role: text('role'),
              level: text('level') ?? 'one',
              account: account ?? null,
            },
          ];
    });
  return { policies, account, organization: spec.field('organization').string() };
}
