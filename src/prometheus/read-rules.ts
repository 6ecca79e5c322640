import { isMap, memberOf } from '../kernel/map.ts';
import { type Origin, within } from '../kernel/origin.ts';
import type { PrometheusRule } from '../model/alerting.ts';
import { groupOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';

/** A document that is no Kubernetes object, with where it stands. */
export interface PlainDocument {
  readonly value: unknown;
  readonly origin: Origin;
}

/** Whether the object holds rules. */
export function isRuleObject({ kind, apiVersion }: Pick<RawObject, 'kind' | 'apiVersion'>): boolean {
  return kind === 'PrometheusRule' && groupOf(apiVersion) === 'monitoring.coreos.com';
}

/**
 * Rules of PrometheusRule objects and of plain rule files. What is no rule is passed over: Prometheus and its operator refuse it. Source: prometheus-operator pkg/apis/monitoring/v1 PrometheusRuleSpec; prometheus.io, Recording rules.
 */
export function readRules(objects: readonly RawObject[], documents: readonly PlainDocument[]): readonly PrometheusRule[] {
  return [
    ...objects
      .filter(isRuleObject)
      .flatMap(({ body, namespace, name, origin }) =>
        rulesOf(memberOf(body, 'spec', 'groups'), within(origin, 'spec', 'groups'), `${namespace ?? ''}/${name}`),
      ),
    ...documents
      .filter(({ value }) => isMap(value) && !Object.hasOwn(value, 'kind') && !Object.hasOwn(value, 'apiVersion'))
      .flatMap(({ value, origin }) => rulesOf(memberOf(value, 'groups'), within(origin, 'groups'), null)),
  ];
}

function rulesOf(groups: unknown, origin: Origin, object: string | null): readonly PrometheusRule[] {
  if (!Array.isArray(groups)) return [];
  return groups.flatMap((group: unknown, i) => {
    const rules = memberOf(group, 'rules');
    if (!Array.isArray(rules)) return [];
    const name = memberOf(group, 'name');
    return rules.flatMap((rule: unknown, j): readonly PrometheusRule[] => {
      const [alert, record, expr, wait] = ['alert', 'record', 'expr', 'for'].map((key) => memberOf(rule, key));
      const called = alert ?? record;
      if (typeof called !== 'string' || (typeof expr !== 'string' && typeof expr !== 'number')) return [];
      return [
        {
          name: called,
          kind: alert === undefined ? 'recording' : 'alert',
          expr: String(expr),
          wait: typeof wait === 'string' ? wait : null,
          labels: texts(memberOf(rule, 'labels')),
          annotations: texts(memberOf(rule, 'annotations')),
          group: typeof name === 'string' ? name : '',
          object,
          origin: within(origin, i, 'rules', j),
        },
      ];
    });
  });
}

function texts(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(isMap(value) ? Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string') : []);
}
