import type { FlowGap } from '../../model/flow-report.ts';
import { Counts } from './counts.ts';
import type { FlowGroup } from './flow-groups.ts';
import type { Judge } from './judge.ts';

/** Flows that policies were not asked about, as nobody knows who an end of theirs is. */
export class Untold {
  readonly #why = new Counts();

  add(group: FlowGroup, judge: Judge, flows: number): void {
    this.#why.add(whyOf(group, judge), flows);
  }

  get gaps(): readonly FlowGap[] {
    return this.#why.all.map(({ name, count }) => ({
      what: name,
      count,
      mend: 'Give the pods, nodes and Services as they were (kubectl get pods,svc,nodes,ns -A -o yaml) with --policies.',
    }));
  }
}

function whyOf(group: FlowGroup, judge: Judge): string {
  for (const end of [group.from, group.to]) {
    const resolved = judge.resolve(end);
    if (resolved.kind === 'nobody') return `flows with ${resolved.why}`;
  }
  return 'flows neither end of which is in the cluster';
}
