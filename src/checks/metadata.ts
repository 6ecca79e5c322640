import type { Finding, Severity } from '../model/finding.ts';
import { labelOf } from '../model/labels.ts';
import type { Workload } from '../model/workload.ts';
import type { CheckContext } from './check.ts';
import { rulesTowards, towards } from './external.ts';
import { accountOf, gkeAnnotation } from './identity.ts';
import { governedTraining, groupedBy, namesOf, subjectsOf } from './subjects.ts';
import { http } from './well-known.ts';

/** Whether a workload's credentials come from the metadata address on purpose: Workload Identity of GKE. Source: GKE documentation, Workload Identity Federation. */
export function needsMetadata(context: CheckContext, workload: Workload): boolean {
  const account = accountOf(context, workload);
  return account !== undefined && labelOf(account.annotations, gkeAnnotation) !== undefined;
}

/** Training workloads that reach an address that hands out credentials on TCP 80, one finding for each rule (or namespace without one) that opens it. */
export function* openMetadata(
  context: CheckContext,
  address: string,
  severity: Severity,
  applies: (workload: Workload) => boolean,
  prize: string,
  patch: string,
): Iterable<Omit<Finding, 'check'>> {
  const open = governedTraining(context)
    .filter(applies)
    .flatMap((workload) => {
      const flow = towards(context.reach, workload.id, address);
      const certain = !flow.allowed.intersect(http).isEmpty;
      if (!certain && flow.unknown.intersect(http).isEmpty) return [];
      return [{ workload, certain, rule: rulesTowards(context.reach, workload, address, http)[0] }];
    });
  const key = (o: (typeof open)[number]): string =>
    `${o.certain} ${o.rule === undefined ? o.workload.namespace : o.rule.policy.id + JSON.stringify(o.rule.rule.origin.path)}`;
  for (const group of groupedBy(open, key).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const workloads = group.map((o) => o.workload);
    const { rule, certain } = first;
    yield {
      severity,
      confidence: certain ? 'certain' : 'possible',
      message: `${namesOf(workloads)} ${certain ? 'can' : 'may be able to'} reach the metadata service at ${address} and take ${prize}${rule === undefined ? ': no policy shuts its egress' : `, through ${rule.policy.id}`}.`,
      primary: rule?.rule.origin ?? first.workload.origin,
      related: workloads.slice(0, 3).map((w) => ({ origin: w.origin, message: 'can reach it' })),
      fix:
        rule === undefined
          ? `Add a default deny for egress to namespace ${first.workload.namespace}, and open only what the jobs need.`
          : `Except ${address} from the range that ${rule.policy.id} opens.`,
      ...(rule === undefined ? {} : { patch }),
      subjects: subjectsOf(workloads),
    };
  }
}
