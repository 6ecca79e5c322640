import { workloadTitle } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import type { Check } from './check.ts';
import { distributedJobs, jobPairs } from './distributed.ts';
import { defaultDeny, documents, networkPolicy, pretrain, trainingNamespace } from './example-parts.ts';
import { policyIndex } from './policy-index.ts';
import { subjectsOf } from './subjects.ts';

const tcp = TransportSet.of('TCP');
const workers = '{podSelector: {matchLabels: {training.kubeflow.org/replica-type: worker}}}';
const master = '{podSelector: {matchLabels: {training.kubeflow.org/replica-type: master}}}';

export const check: Check = {
  slug: 'one-way-job-traffic',
  title: 'Pods of a job may talk in one direction only',
  severity: 'high',
  plane: 'network',
  why: 'Nobody can say beforehand who dials whom inside a job: the root of NCCL dials back to every rank, in Gloo the larger address dials, the Ray head dials its workers, MPI daemons dial back to mpirun. Rules such as "workers may reach the master" hang all of them.',
  fix: 'Allow the pods of a job to reach each other both ways: one policy that selects the whole job and names the whole job as its peer, for ingress and for egress.',
  sources: [
    'NVIDIA/nccl src/bootstrap.cc: the root connects to the listener of every rank',
    'facebookincubator/gloo gloo/transport/tcp/device.cc: isInitiator',
    'ray-project/ray doc/source/ray-core/configure.rst; open-mpi/ompi orte/mca/oob/tcp',
  ],
  example: {
    bad: documents(
      trainingNamespace,
      pretrain,
      defaultDeny,
      networkPolicy(
        'workers',
        `  podSelector: {matchLabels: {training.kubeflow.org/replica-type: worker}}\n  policyTypes: [Ingress, Egress]\n  ingress: [{from: [${workers}]}]\n  egress: [{to: [${workers}, ${master}]}]`,
      ),
      networkPolicy(
        'master',
        `  podSelector: {matchLabels: {training.kubeflow.org/replica-type: master}}\n  policyTypes: [Ingress]\n  ingress: [{from: [${workers}]}]`,
      ),
    ),
    good: documents(
      trainingNamespace,
      pretrain,
      defaultDeny,
      networkPolicy(
        'job',
        '  podSelector: {matchLabels: {app: pretrain}}\n  policyTypes: [Ingress, Egress]\n  ingress: [{from: [{podSelector: {matchLabels: {app: pretrain}}}]}]\n  egress: [{to: [{podSelector: {matchLabels: {app: pretrain}}}]}]',
      ),
    ),
  },
  *run({ snapshot, reach, ...rest }) {
    const context = { snapshot, reach, ...rest };
    const index = policyIndex(snapshot);
    for (const job of distributedJobs(context)) {
      for (const [from, to] of jobPairs(job)) {
        const there = reach.between({ kind: 'workload', id: from.id }, { kind: 'workload', id: to.id }, 'every');
        const back = reach.between({ kind: 'workload', id: to.id }, { kind: 'workload', id: from.id }, 'every');
        if (there.allowed.intersect(tcp).isEmpty || !back.allowed.union(back.unknown).intersect(tcp).isEmpty) continue;
        const opening = index.rules(from.id, 'egress').find(({ rule }) => rule.action === 'allow' && index.peers(rule).includes(to));
        const shut = reach.side('egress', { kind: 'workload', id: to.id }, { kind: 'workload', id: from.id }).allowed.intersect(tcp).isEmpty
          ? `an egress rule of ${workloadTitle(to)}`
          : `an ingress rule of ${workloadTitle(from)}`;
        yield {
          severity: 'high',
          confidence: 'certain',
          message: `${workloadTitle(from)} may dial ${workloadTitle(to)}, which may not dial back: collectives need both directions, so ${job.title} hangs.`,
          primary: opening?.rule.origin ?? from.origin,
          related: [{ origin: to.origin, message: `may not reach ${workloadTitle(from)} on any TCP port` }],
          fix: `Open the way back: ${shut} is missing.`,
          subjects: subjectsOf(job.members),
        };
        break;
      }
    }
  },
};
