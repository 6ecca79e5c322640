import { kept } from '../../kernel/memo.ts';
import type { AccountMatch } from '../../model/account-match.ts';
import { type LabelSelector, labelOf, type Requirement, type SelectorTerm } from '../../model/labels.ts';
import { namespaceNameLabel, namespacesBy } from '../../model/namespace-match.ts';
import type { PodMatch } from '../../model/policy.ts';
import type { Facts } from './facts.ts';
import { type Expression, evaluate, namespaceLabel } from './selector.ts';

/**
 * Pods that an expression selects. Where `gap` is not null only perhaps: something is not known of them.
 * Items of a list are alternatives.
 */
export interface Selected {
  readonly match: PodMatch;
  readonly gap: string | null;
}

/** Prefixes of labels that pods inherit. Source: libcalico-go/lib/backend/k8s/conversion/constants.go. */
export const namespacePrefix = 'pcns.';
export const accountPrefix = 'pcsa.';
/** The label that holds the name of a namespace or service account, below its prefix. */
const nameLabel = 'projectcalico.org/name';
export const accountLabel = 'projectcalico.org/serviceaccount';
const orchestratorLabel = 'projectcalico.org/orchestrator';

/** More alternatives than anybody writes by hand; an expression that needs more is refused. */
const mostAlternatives = 256;

/** What a label of an expression is about, and its key there. */
type Aspect = { readonly of: 'pod' | 'namespace' | 'account' | 'account-name' | 'orchestrator'; readonly key: string };

function aspectOf(label: string): Aspect {
  if (label === namespaceLabel || label === namespacePrefix + nameLabel) return { of: 'namespace', key: namespaceNameLabel };
  if (label === accountLabel || label === accountPrefix + nameLabel) return { of: 'account-name', key: nameLabel };
  if (label === orchestratorLabel) return { of: 'orchestrator', key: label };
  if (label.startsWith(namespacePrefix)) return { of: 'namespace', key: label.slice(namespacePrefix.length) };
  if (label.startsWith(accountPrefix)) return { of: 'account', key: label.slice(accountPrefix.length) };
  return { of: 'pod', key: label };
}

/** One way to be selected: everything in it must hold. */
interface Way {
  readonly pods: LabelSelector;
  readonly namespaces: readonly Requirement[];
  /** Tests of the pod's service account, over `pcsa.` labels. */
  readonly accounts: readonly Expression[];
  readonly gap: string | null;
}

const anyWay: Way = { pods: { requirements: [] }, namespaces: [], accounts: [], gap: null };

/**
 * The pods that an expression over Calico's labels of workload endpoints selects: labels of the pod, of its namespace (`pcns.`), of its service
 * account (`pcsa.`). Null when it takes too many alternatives to say. Namespaces and service accounts are looked up where their names alone cannot tell.
 * Source: libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go.
 */
export function selectedPods(expression: Expression, facts: Facts): readonly Selected[] | null {
  const ways = waysOf(expression, false, facts);
  return ways === null ? null : ways.flatMap((way) => resolveAccounts(way, facts));
}

function waysOf(expression: Expression, negated: boolean, facts: Facts): readonly Way[] | null {
  if (isAboutPods(expression)) return [{ ...anyWay, pods: podSelector(expression, negated) }];
  switch (expression.kind) {
    case 'all':
      return negated ? [] : [anyWay];
    case 'global':
      return negated ? [anyWay] : [];
    case 'not':
      return waysOf(expression.of, !negated, facts);
    case 'and':
    case 'or':
      return (expression.kind === 'and') === negated ? anyOf(expression.of, negated, facts) : allOf(expression.of, negated, facts);
    case 'has':
    case 'among':
    case 'text':
      return testWays(expression, negated, facts);
  }
}

function anyOf(parts: readonly Expression[], negated: boolean, facts: Facts): readonly Way[] | null {
  const all: Way[] = [];
  for (const part of parts) {
    const ways = waysOf(part, negated, facts);
    if (ways === null || all.length + ways.length > mostAlternatives) return null;
    all.push(...ways);
  }
  return all;
}

function allOf(parts: readonly Expression[], negated: boolean, facts: Facts): readonly Way[] | null {
  let all: readonly Way[] = [anyWay];
  for (const part of parts) {
    const ways = waysOf(part, negated, facts);
    if (ways === null || all.length * ways.length > mostAlternatives) return null;
    all = all.flatMap((a) => ways.map((b) => both(a, b)));
  }
  return all;
}

function both(a: Way, b: Way): Way {
  return {
    pods: together([a.pods, b.pods]),
    namespaces: [...a.namespaces, ...b.namespaces],
    accounts: [...a.accounts, ...b.accounts],
    gap: a.gap ?? b.gap,
  };
}

/** A test of something that is no label of the pod's own. */
function testWays(test: Extract<Expression, { label: string }>, negated: boolean, facts: Facts): readonly Way[] {
  const aspect = aspectOf(test.label);
  switch (aspect.of) {
    case 'orchestrator': {
      const holds = evaluate(test, () => ({ value: 'k8s' })) === 'yes';
      return holds === negated ? [] : [anyWay];
    }
    case 'account':
    case 'account-name':
      return [{ ...anyWay, accounts: [negated ? { kind: 'not', of: test } : test] }];
    default:
      return test.kind === 'text' ? namespacesByText(test, aspect.key, negated, facts) : namespaceRequirement(test, aspect.key, negated);
  }
}

/** Every namespace has a name, so that asking whether it has one settles itself. */
function namespaceRequirement(test: Extract<Expression, { kind: 'has' | 'among' }>, key: string, negated: boolean): readonly Way[] {
  if (test.kind === 'has' && key === namespaceNameLabel) return negated ? [] : [anyWay];
  if (test.kind === 'among' && test.values.length === 0) return negated ? [anyWay] : [];
  return [{ ...anyWay, namespaces: [requirementOf(test, key, negated)] }];
}

/** Parts of labels: namespaces of the input are looked up; of others the labels are not known. */
function namespacesByText(test: Extract<Expression, { kind: 'text' }>, key: string, negated: boolean, facts: Facts): readonly Way[] {
  const all = [...facts.namespaces.keys()];
  const wanted = negated ? 'no' : 'yes';
  const found = all.filter((name) => evaluate(test, () => ({ value: labelOf(facts.namespaces.get(name) ?? {}, key) })) === wanted);
  const named = (operator: 'In' | 'NotIn', values: readonly string[]): readonly Requirement[] =>
    values.length === 0 ? [] : [{ key: namespaceNameLabel, operator, values }];
  return [
    ...(found.length === 0 ? [] : [{ ...anyWay, namespaces: named('In', found) }]),
    { ...anyWay, namespaces: named('NotIn', all), gap: 'labels of namespaces that the input does not hold' },
  ];
}

function requirementOf(test: Extract<Expression, { kind: 'has' | 'among' }>, key: string, negated: boolean): Requirement {
  if (test.kind === 'has') return { key, operator: negated ? 'DoesNotExist' : 'Exists', values: [] };
  return { key, operator: negated ? 'NotIn' : 'In', values: test.values };
}

function isAboutPods(expression: Expression): boolean {
  switch (expression.kind) {
    case 'all':
      return true;
    case 'global':
      return false;
    case 'not':
      return isAboutPods(expression.of);
    case 'and':
    case 'or':
      return expression.of.every(isAboutPods);
    case 'has':
    case 'among':
    case 'text':
      return aspectOf(expression.label).of === 'pod';
  }
}

const nothing: LabelSelector = { requirements: [], terms: [{ kind: 'any-of', selectors: [] }] };

/** An expression over a pod's own labels as a selector of the model; `not` is pushed down to the tests. */
export function podSelector(expression: Expression, negated: boolean): LabelSelector {
  switch (expression.kind) {
    case 'all':
      return negated ? nothing : { requirements: [] };
    case 'global':
      return negated ? { requirements: [] } : nothing;
    case 'has':
      return { requirements: [requirementOf(expression, expression.label, negated)] };
    case 'among':
      if (expression.values.length === 0) return negated ? { requirements: [] } : nothing;
      return { requirements: [requirementOf(expression, expression.label, negated)] };
    case 'text': {
      const term: SelectorTerm = { kind: 'text', key: expression.label, how: expression.how, value: expression.value };
      return { requirements: [], terms: [negated ? { kind: 'not', selector: { requirements: [], terms: [term] } } : term] };
    }
    case 'not':
      return podSelector(expression.of, !negated);
    case 'and':
    case 'or': {
      const parts = expression.of.map((part) => podSelector(part, negated));
      return (expression.kind === 'and') === negated ? { requirements: [], terms: [{ kind: 'any-of', selectors: parts }] } : together(parts);
    }
  }
}

function together(parts: readonly LabelSelector[]): LabelSelector {
  const terms = parts.flatMap((part) => part.terms ?? []);
  return { requirements: parts.flatMap((part) => part.requirements), ...(terms.length === 0 ? {} : { terms }) };
}

/** Settles the service accounts of one way: by name where that is all that is asked, else by those of the input. */
function resolveAccounts(way: Way, facts: Facts): readonly Selected[] {
  const matchOf = (namespaces: readonly Requirement[], serviceAccounts: AccountMatch): PodMatch => ({
    namespaces: namespacesBy({ requirements: [...way.namespaces, ...namespaces] }),
    pods: way.pods,
    serviceAccounts,
  });
  const tests = way.accounts.filter((test) => !(test.kind === 'has' && aspectOf(test.label).of === 'account-name'));
  if (tests.length === 0) return [{ match: matchOf([], null), gap: way.gap }];
  const names = namesAlone(tests);
  if (names !== null) return names.length === 0 ? [] : [{ match: matchOf([], names), gap: way.gap }];
  const groups = accountGroups(tests, facts);
  const known = accountGroups([{ kind: 'all' }], facts);
  const gap = way.gap ?? 'labels of service accounts that the input does not hold';
  return [
    ...groups.map((g) => ({ match: matchOf(g.namespaces, g.names), gap: way.gap })),
    ...known.map((g) => ({ match: matchOf(g.namespaces, { otherThan: g.names }), gap })),
  ];
}

/** The names, when every test asks for some of a few names; null otherwise. */
function namesAlone(tests: readonly Expression[]): readonly string[] | null {
  let names: readonly string[] | null = null;
  for (const test of tests) {
    if (test.kind !== 'among' || aspectOf(test.label).of !== 'account-name') return null;
    const { values } = test;
    names = names === null ? values : names.filter((name) => values.includes(name));
  }
  return names;
}

/**
 * Service accounts of the input that pass every test, by namespaces that have the same ones. Each namespace has a `default` one, without labels unless
 * the input shows it otherwise. Source: kubernetes pkg/controller/serviceaccount.
 */
function accountGroups(
  tests: readonly Expression[],
  facts: Facts,
): readonly { readonly namespaces: readonly Requirement[]; readonly names: readonly string[] }[] {
  const passes = (name: string, labels: Readonly<Record<string, string>>): boolean =>
    tests.every((test) => evaluate(test, (label) => readAccount(label, name, labels)) === 'yes');
  const byNames = new Map<string, { names: string[]; namespaces: string[] }>();
  for (const [namespace, accounts] of facts.accounts) {
    const all = accounts.has('default') ? [...accounts] : [...accounts, ['default', {}] as const];
    const names = all.filter(([name, labels]) => passes(name, labels)).map(([name]) => name);
    if (names.length > 0) kept(byNames, JSON.stringify(names), () => ({ names, namespaces: [] })).namespaces.push(namespace);
  }
  const groups = [...byNames.values()].map(({ names, namespaces }) => ({
    names,
    namespaces: [{ key: namespaceNameLabel, operator: 'In' as const, values: namespaces }],
  }));
  if (!passes('default', {})) return groups;
  const elsewhere: readonly Requirement[] =
    facts.accounts.size === 0 ? [] : [{ key: namespaceNameLabel, operator: 'NotIn', values: [...facts.accounts.keys()] }];
  return [...groups, { names: ['default'], namespaces: elsewhere }];
}

function readAccount(label: string, name: string, labels: Readonly<Record<string, string>>): { readonly value: string | undefined } {
  const aspect = aspectOf(label);
  return { value: aspect.of === 'account-name' ? name : labelOf(labels, aspect.key) };
}
