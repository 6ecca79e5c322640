import type { Direction, PortMatch, Rule } from '../model/policy.ts';
import { enforces } from '../model/profile.ts';
import { type Workload, type WorkloadId, workloadTitle } from '../model/workload.ts';
import { type IpSet, ipIsEmpty, ipSubtract, parseCidr } from '../space/ip-set.ts';
import type { Check, CheckContext } from './check.ts';
import { documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { type PlacedRule, policyIndex } from './policy-index.ts';
import { governedTraining, subjectOf } from './subjects.ts';

/**
 * Combinations of protocol and port that VPC CNI holds for one CIDR, over all policies of a pod. Source: aws/aws-network-policy-agent pkg/ebpf/c
 * MAX_PORT_PROTOCOL; Amazon EKS User Guide, network policy considerations.
 */
const most = 24;

const policy = (name: string, first: number, count: number): string =>
  networkPolicy(
    name,
    `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [{ipBlock: {cidr: 10.9.0.0/16}}]\n    ports: [${Array.from({ length: count }, (_, i) => `{protocol: TCP, port: ${first + i}}`).join(', ')}]`,
  );

export const check: Check = {
  slug: 'eks-ports-per-cidr',
  title: 'More ports for one block than VPC CNI holds',
  severity: 'medium',
  plane: 'network',
  running: true,
  why: 'VPC CNI keeps at most 24 combinations of protocol and port for a CIDR, counted over every policy of the pod; selectors become CIDRs too, and a narrow block takes over the ports of the blocks around it. Each policy for itself looks fine. What is above the limit is not promised to be enforced: a port that the policies open may stay shut.',
  fix: 'Write neighbouring ports as one range (`endPort` counts once), or open all ports of that block in one rule where that is meant.',
  sources: [
    'Amazon EKS User Guide, network policy considerations',
    'aws/aws-network-policy-agent pkg/ebpf/c: MAX_PORT_PROTOCOL 24; pkg/fwruleprocessor: ports of broader CIDRs',
  ],
  example: {
    profile: 'eks',
    bad: documents(trainingNamespace, trainer(), policy('one', 8000, 20), policy('two', 9000, 20)),
    good: documents(trainingNamespace, trainer(), policy('one', 8000, 12), policy('two', 9000, 12)),
  },
  *run(context) {
    if (context.profile.id.split('@')[0] !== 'eks') return;
    const told = new Set<Rule>();
    for (const workload of governedTraining(context))
      for (const direction of ['egress', 'ingress'] as const) {
        const full = fullest(context, workload, direction);
        const last = full?.rules.at(-1);
        if (full === null || last === undefined || told.has(last.rule)) continue;
        told.add(last.rule);
        yield {
          severity: 'medium',
          confidence: 'likely',
          message: `The policies of ${workloadTitle(workload)} hold ${full.count} combinations of protocol and port ${direction === 'egress' ? 'towards' : 'from'} ${full.what}, and VPC CNI keeps ${most}: some of these ports may stay shut.`,
          primary: last.rule.origin,
          related: full.rules.slice(0, -1).map(({ policy, rule }) => ({ origin: rule.origin, message: `${policy.id} counts too` })),
          fix: 'Write neighbouring ports as one range with endPort, or open the block on all ports.',
          subjects: [subjectOf(workload)],
        };
      }
  },
};

interface Counted {
  readonly what: string;
  readonly count: number;
  readonly rules: readonly PlacedRule[];
}

/** The block or the pods for which a workload's rules hold the most combinations; null where none has too many. */
function fullest(context: CheckContext, workload: Workload, direction: Direction): Counted | null {
  const index = policyIndex(context.snapshot);
  const rules = index
    .rules(workload.id, direction)
    .filter(({ policy, rule }) => rule.action === 'allow' && enforces(context.profile, policy) && policy.tier.id === 'normal' && rule.peers !== null);
  if (combinations(rules) <= most) return null;
  const blocks = new Map<string, IpSet>();
  const pods = new Map<WorkloadId, PlacedRule[]>();
  for (const placed of rules) {
    for (const peer of placed.rule.peers ?? []) {
      const cidr = peer.kind === 'cidr' ? parseCidr(peer.cidr) : undefined;
      if (cidr !== undefined) blocks.set(cidr.text, cidr.set);
    }
    for (const peer of index.peers(placed.rule)) pods.set(peer.id, [...(pods.get(peer.id) ?? []), placed]);
  }
  const found = [
    ...[...blocks].map(([what, set]) => ({
      what,
      rules: rules.filter(({ rule }) => rule.peers?.some((peer) => peer.kind === 'cidr' && covers(blocks, peer.cidr, set))),
    })),
    ...[...pods].map(([id, placed]) => ({ what: `pods of ${id}`, rules: placed })),
  ].map((one) => ({ ...one, count: combinations(one.rules) }));
  return found.reduce<Counted | null>((worst, one) => (one.count > Math.max(most, worst?.count ?? 0) ? one : worst), null);
}

function covers(blocks: ReadonlyMap<string, IpSet>, wide: string, narrow: IpSet): boolean {
  const set = blocks.get(parseCidr(wide)?.text ?? '');
  return set !== undefined && ipIsEmpty(ipSubtract(narrow, set));
}

/** How many entries the rules make together: a range is one, and so are all ports. */
function combinations(rules: readonly PlacedRule[]): number {
  return new Set(rules.flatMap(({ rule }) => rule.ports?.map(entry) ?? ['all'])).size;
}

function entry({ protocol, port, endPort }: PortMatch): string {
  return `${protocol} ${port ?? 'all'}-${endPort ?? port ?? 'all'}`;
}
