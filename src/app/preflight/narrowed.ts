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
import type { NeededPath, PathEnd } from './needed-path.ts';

/** A rule that lets part of an open path through only after a look above layer 4. `ends`: it lets nothing through of what the path carries, for certain. */
export interface Narrowed {
  readonly direction: Direction;
  readonly ends: boolean;
  readonly policy: string;
  readonly text: string;
}

/**
 * What is let through of an open path only after a look above layer 4: rules on methods, paths or TLS server names beside which no plain rule opens the port.
 * What the job says there is not in its manifest, but for protocols that are neither HTTP nor TLS. Filters of DNS names are judged by the names.
 */
export function narrowedAbove(reach: Reachability, path: NeededPath, from: Workload, end: PathEnd): readonly Narrowed[] {
  if (end.party.kind === 'name') return [];
  const filters = [...filtersOf(reach, from, 'egress'), ...(end.destination === null ? [] : filtersOf(reach, end.destination, 'ingress'))];
  const places = new Set(filters.map(({ rule }) => rule.origin));
  return filters.flatMap(({ policy, rule }): readonly Narrowed[] => {
    const ports = rule.ports === null ? end.ports : portSetOf(rule.ports, end.destination).intersect(end.ports);
    if (ports.isEmpty) return [];
    const { protocol, port } = believablePort(ports, end.destination);
    const packet = { from: { kind: 'pod' as const, workload: from.id, replica: 0 }, to: farEnd(from, end), protocol, port };
    const lets = decide(reach.snapshot, reach.profile, packet)[rule.direction].steps.filter((s) => s.outcome === 'allow');
    // A plain rule beside a filter undoes it. Source: cilium Documentation/security/policy/layer7.rst.
    if (!lets.some((s) => s.origin === rule.origin) || !lets.every((s) => places.has(s.origin))) return [];
    const passing = filters.filter((f) => lets.some((s) => s.origin === f.rule.origin));
    const ends = path.ownProtocol === true && passing.every((f) => endsOthers(f));
    const what = rule.application?.http === true ? 'HTTP' : 'TLS with a server name';
    const tail = ends
      ? `only ${what}, and this is neither: the connection opens, and the proxy ends it at its first bytes; a rule on layer 4 beside it lets all through`
      : `only what it lists above layer 4, and whether the job's traffic is that is not known`;
    return [{ direction: rule.direction, ends, policy: policy.id, text: `on ${portText(protocol, port)} ${policy.id} lets through ${tail}` }];
  });
}

/**
 * Whether a filter ends what is neither HTTP nor TLS. Cilium's proxy reads all that comes as HTTP, which fails on the first line, and admits no connection without
 * one of the server names. Sources: cilium/cilium pkg/envoy/xds_server.go getHttpFilterChainProto; envoyproxy.io, HttpConnectionManager, codec errors;
 * cilium/proxy cilium/network_policy.cc getVerdict (sni.empty()).
 */
function endsOthers({ policy, rule: { application } }: Filter): boolean {
  return policy.dialect === 'cilium' && application !== null && (application.http === true || application.serverNames !== null);
}

function farEnd(from: Workload, { endpoint }: PathEnd): Endpoint {
  return endpoint.kind === 'pod' && endpoint.workload === from.id ? { ...endpoint, replica: Math.min(1, from.replicas - 1) } : endpoint;
}

interface Filter {
  readonly policy: Policy;
  readonly rule: Rule;
}

function filtersOf({ snapshot }: Reachability, workload: Workload, direction: Direction): readonly Filter[] {
  return directoryOf(snapshot)
    .policiesFor([workload.namespace])
    .filter((p) => p.subject.kind === 'pods' && matchPods(snapshot, p.subject.match, workload, workload.labels).is !== 'no')
    .flatMap((policy) => policy.rules.filter((r) => r.direction === direction && isFilter(r)).map((rule) => ({ policy, rule })));
}

function isFilter({ action, application }: Rule): boolean {
  return action === 'allow' && application !== null && (application.otherL7 || application.serverNames !== null);
}
