import { actionData } from '../../../iam/actions.gen.ts';
import { type KnownAction, type KnownService, knownActions, storageServices } from '../../../iam/catalogue.ts';
import { matchesPattern } from '../../../iam/matches-pattern.ts';
import type { Pattern } from '../../../iam/pattern.ts';
import type { Policy, PolicyKind, Statement } from '../../../iam/policy.ts';
import { findText } from '../../../iam/prover/find-text.ts';
import { Union } from '../../../iam/prover/union.ts';
import { kept } from '../../../kernel/memo.ts';
import { type Origin, within } from '../../../kernel/origin.ts';
import type { Finding } from '../../../model/finding.ts';
import type { LintContext } from './lint.ts';

/** A statement with the policy that it stands in. */
export interface Placed {
  readonly policy: Policy;
  readonly statement: Statement;
}

/** The statements of policies of some kinds. */
export function statementsOf({ read }: LintContext, kinds: readonly PolicyKind[], effect: Statement['effect'] | null = null): readonly Placed[] {
  return read.policies
    .filter(({ policy }) => kinds.includes(policy.kind))
    .flatMap(({ policy }) => policy.statements.flatMap((statement) => (effect === null || statement.effect === effect ? [{ policy, statement }] : [])));
}

/** Policies that grant to whoever they are attached to. */
export const granting: readonly PolicyKind[] = ['identity', 'session'];
export const everyKind: readonly PolicyKind[] = ['identity', 'resource', 'trust', 'boundary', 'session', 'scp', 'rcp', 'endpoint'];

const known = new Map<string, readonly KnownAction[]>();
const services = Object.keys(actionData.services) as KnownService[];

/** The actions that the table knows, with resources of the partition that the statement names. */
export function tableFor({ resource }: Statement): readonly KnownAction[] {
  const partition = resource?.patterns.map((p) => /^arn:(aws(?:-[a-z]{1,20}){0,2}):/.exec(p.source)?.[1]).find((p) => p !== undefined) ?? 'aws';
  return kept(known, partition, () => knownActions(services, partition));
}

const noContext = new Map<string, readonly string[]>();

/** The service that a pattern of actions names; null: all. */
export function serviceOf({ source }: Pattern): string | null {
  const colon = source.indexOf(':');
  return colon < 0 ? null : source.slice(0, colon).toLowerCase();
}

export function isKnownService(service: string): boolean {
  return services.some((s) => s === service);
}

export function matchesAction(pattern: Pattern, name: string): boolean {
  const head = pattern.source.search(/[*?]/);
  // Most patterns are a name, or begin with the service.
  const fixed = (head < 0 ? pattern.source : pattern.source.slice(0, head)).toLowerCase();
  const lower = name.toLowerCase();
  return head < 0 ? lower === fixed : lower.startsWith(fixed) && matchesPattern(pattern, name, noContext);
}

const asked = new WeakMap<Statement, readonly KnownAction[]>();

/** The actions of the table that a statement is about. */
export function actionsOf(statement: Statement): readonly KnownAction[] {
  const { not, patterns } = statement.action;
  return kept(asked, statement, () => tableFor(statement).filter(({ range }) => patterns.some((p) => matchesAction(p, range.name)) !== not));
}

/** Where an action, a resource or the like stands. */
export function placeOfAction({ origin, action }: Statement, index: number): Origin {
  return within(origin, action.not ? 'NotAction' : 'Action', index);
}

export function placeOfResource({ origin, resource }: Statement, index: number): Origin {
  return within(origin, resource?.not === true ? 'NotResource' : 'Resource', index);
}

/** The first place that names one of the actions. */
export function placeNaming(statement: Statement, names: readonly string[]): Origin {
  const index = statement.action.not ? -1 : statement.action.patterns.findIndex((p) => names.some((name) => matchesAction(p, name)));
  return index < 0 ? statement.origin : placeOfAction(statement, index);
}

/** A pattern in which variables may be anything. */
function opened(pattern: Pattern): Pattern {
  return { ...pattern, parts: pattern.parts.map((p) => (p.kind === 'variable' ? { kind: 'many', of: 'anything' } : p)) };
}

/** Whether some text matches both patterns; where that is too long to find out, it counts as so. */
export function meet(a: Pattern, b: Pattern): boolean {
  return findText([new Union(0, [opened(a)]), new Union(1, [opened(b)])], []) !== null;
}

/** Whether a statement is about some resource that matches a pattern. */
export function mayConcern({ resource }: Statement, pattern: Pattern): boolean {
  if (resource === null) return true;
  if (!resource.not) return resource.patterns.some((p) => meet(p, pattern));
  return (
    findText(
      [new Union(0, [opened(pattern)])],
      [
        new Union(
          1,
          resource.patterns.filter((p) => p.parts.every((part) => part.kind !== 'variable')),
        ),
      ],
    ) !== null
  );
}

const storage: ReadonlySet<string> = new Set(storageServices);

export function isStorage({ service }: KnownAction): boolean {
  return storage.has(service);
}

/** `a, b, c and 4 more`. */
export function some(names: readonly string[], shown = 3): string {
  const all = [...new Set(names)];
  return all.length <= shown ? all.join(', ') : `${all.slice(0, shown).join(', ')} and ${all.length - shown} more`;
}

/** What people call a statement. */
export function titleOfStatement({ policy, statement }: Placed): string {
  return `${policy.name}, ${statement.sid ?? `statement ${statement.index + 1}`}`;
}

/** A finding about a policy. */
export function finding(
  { policy }: Pick<Placed, 'policy'>,
  severity: Finding['severity'],
  primary: Origin,
  message: string,
  fix: string,
  confidence: Finding['confidence'] = 'certain',
): Omit<Finding, 'check'> {
  return { severity, confidence, message, primary, related: [], fix, subjects: [policy.name] };
}
