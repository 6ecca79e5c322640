import { type Detected, detectedIn, type OwnersWord, passagesOf } from '../../frameworks/job-frameworks.ts';
import { listenerPorts } from '../../frameworks/listeners.ts';
import { trainingJobs } from '../../frameworks/training-jobs.ts';
import { carriersOf } from '../../frameworks/transport.ts';
import type { PortUse } from '../../model/passage.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import type { Workload } from '../../model/workload.ts';
import { TransportSet } from '../../space/transport-set.ts';

/** What is read off the jobs of a zone's workload: on which ports one sort of pods dials another. */
export class PassagesRead {
  readonly #passages: readonly { readonly from: ReadonlySet<Workload>; readonly to: ReadonlySet<Workload>; readonly ports: readonly PortUse[] }[];
  /** What was found, a line for each framework. */
  readonly evidence: readonly string[];

  /** `wordOn`: what the zone says of a job. */
  constructor(workloads: readonly Workload[], wordOn: (job: TrainingJob) => OwnersWord) {
    const jobs = trainingJobs(workloads).map((job) => {
      const word = wordOn(job);
      return { job, word, detected: detectedIn(job, word) };
    });
    this.#passages = jobs
      .flatMap(({ job, word }) => passagesOf(job, word))
      .flatMap(({ from, to, ports, required }) =>
        required && from.kind === 'members' && to.kind === 'members' ? [{ from: new Set(from.members), to: new Set(to.members), ports }] : [],
      );
    this.evidence = [...new Set(jobs.flatMap(({ detected }) => detected.map(said)))];
  }

  /** Ports on which `to` must be open to `from`, as its own settings place its listeners. */
  ports(from: Workload, to: Workload): TransportSet {
    const found = this.#passages.filter((p) => p.from.has(from) && p.to.has(to));
    return TransportSet.unionAll(found.flatMap((p) => p.ports.map((use) => listenerPorts(use, to))));
  }
}

/** What carries data beside TCP, a line for each: no policy on pods sees that. */
export function carried(workloads: readonly Workload[]): readonly string[] {
  const found = trainingJobs(workloads).flatMap(carriersOf);
  return [...new Map(found.map((c) => [c.carrier, c])).values()].map(
    ({ carrier, signs }) => `data goes over ${carrier} (${signs[0]?.text ?? ''}), which no NetworkPolicy sees; its set-up is TCP`,
  );
}

function said({ framework, signs }: Detected): string {
  return `${framework.title}, read off the job: ${signs[0]?.text ?? ''}`;
}
