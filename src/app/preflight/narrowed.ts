import { decide } from '../../engine/decide.ts';
import { directoryOf } from '../../engine/directory.ts';
import { matchPods } from '../../engine/match.ts';
import { portSetOf } from '../../engine/port-set-of.ts';
import type { Reachability } from '../../engine/reach.ts';
import { believablePort } from '../../engine/witness.ts';
import type { Direction, Policy, Rule } from '../../model/policy.ts';
import type { Endpoint } from '../../model/verdict.ts';
import type { Workload } from '../../model/workload.ts';
import { portText } from '../claims/judge.ts';
import type { PathEnd } from './needed-path.ts';

/**
 * What is let through of an open path only after a look above layer 4, a line each: rules on methods, paths or TLS server names beside which no plain rule
 * opens the port. What the job says there is not in its manifest, and most of it is not HTTP. Filters of DNS names are judged by the names.
 */
export function narrowedAbove(reach: Reachability, from: Workload, end: PathEnd): readonly string[] {
  if (end.party.kind === 'name') return [];
  const filters = [...filtersOf(reach, from, 'egress'), ...(end.destination === null ? [] : filtersOf(reach, end.destination, 'ingress'))];
  const places = new Set(filters.map(({ rule }) => rule.origin));
  return filters.flatMap(({ policy, rule }) => {
    const ports = rule.ports === null ? end.ports : portSetOf(rule.ports, end.destination).intersect(end.ports);
    if (ports.isEmpty) return [];
    const { protocol, port } = believablePort(ports, end.destination);
    const packet = { from: { kind: 'pod' as const, workload: from.id, replica: 0 }, to: farEnd(from, end), protocol, port };
    const lets = decide(reach.snapshot, reach.profile, packet)[rule.direction].steps.filter((s) => s.outcome === 'allow');
    // A plain rule beside a filter undoes it. Source: cilium Documentation/security/policy/layer7.rst.
    return lets.some((s) => s.origin === rule.origin) && lets.every((s) => places.has(s.origin))
      ? [`on ${portText(protocol, port)} ${policy.id} lets through only what it lists above layer 4, and whether the job's traffic is that is not known`]
      : [];
  });
}

function farEnd(from: Workload, { endpoint }: PathEnd): Endpoint {
  return endpoint.kind === 'pod' && endpoint.workload === from.id ? { ...endpoint, replica: Math.min(1, from.replicas - 1) } : endpoint;
}

function filtersOf({ snapshot }: Reachability, workload: Workload, direction: Direction): readonly { readonly policy: Policy; readonly rule: Rule }[] {
  return directoryOf(snapshot)
    .policiesFor([workload.namespace])
    .filter((p) => p.subject.kind === 'pods' && matchPods(snapshot, p.subject.match, workload, workload.labels).is !== 'no')
    .flatMap((policy) => policy.rules.filter((r) => r.direction === direction && isFilter(r)).map((rule) => ({ policy, rule })));
}

function isFilter({ action, application }: Rule): boolean {
  return action === 'allow' && application !== null && (application.otherL7 || application.serverNames !== null);
}
