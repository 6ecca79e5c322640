import type { Passage } from '../model/passage.ts';
import { memberOf, type TrainingJob } from '../model/training-job.ts';
import { dials, joiners, leadersOf } from './among.ts';
import type { Framework } from './framework.ts';
import { listenerPin } from './knobs.ts';
import { type Known, portOfEndpoint, portsSaid, type Setting, settingsIn } from './settings.ts';
import { standsAlone, torchSigns } from './torch-signs.ts';

const run = 'pytorch torch/distributed/run.py';
const dynamic = 'pytorch torch/distributed/elastic/rendezvous/dynamic_rendezvous.py';

/** Port of the store of torch.distributed when nothing says otherwise, also under Trainer v2. Sources: pytorch torch/distributed/run.py; kubeflow/trainer pkg/constants. */
const storePort = 29500;

/** Port of the c10d rendezvous when its endpoint names none. Source: pytorch torch/distributed/elastic/rendezvous/c10d_rendezvous_backend.py. */
const rendezvousPort = 29400;

/** Port of the store that the training operator v1 tells the pods of. Source: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/pytorch_types.go. */
const operatorPort = 23456;
const operatorPortName = 'pytorchjob-port';

/**
 * torch.distributed, by itself or under torchrun, accelerate, DeepSpeed and others: every rank dials the store of rank 0. Under the c10d rendezvous that
 * store is at a port that the kernel picks, in whichever pod gets rank 0; only the rendezvous itself is at a fixed one.
 * Sources: pytorch torch/distributed/run.py, torch/distributed/elastic/rendezvous.
 */
export const framework: Framework = {
  id: 'pytorch',
  title: 'PyTorch',
  about:
    'Every rank dials the worker store of rank 0: port 29500 by default, 23456 in a PyTorchJob. An elastic job (c10d) meets at 29400, and then opens that store at a port that the kernel picks, in whichever pod gets rank 0. accelerate, DeepSpeed, Megatron and composer end in the same store.',
  sources: [
    'pytorch torch/distributed/run.py',
    'pytorch torch/distributed/elastic/rendezvous',
    'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/pytorch_types.go',
  ],
  knobs: [
    { kind: 'argument', name: '--master-port', what: 'the port of the worker store, in static mode only', source: run },
    { kind: 'env', name: 'MASTER_PORT', what: 'the port of the worker store where no torchrun decides it', source: 'pytorch torch/distributed/rendezvous.py' },
    { kind: 'env', name: 'PET_MASTER_PORT', what: 'what `--master-port` does', source: run },
    { kind: 'argument', name: '--rdzv-endpoint', what: 'host and port of the rendezvous', source: run },
    { kind: 'env', name: 'PET_RDZV_ENDPOINT', what: 'what `--rdzv-endpoint` does', source: run },
    {
      kind: 'port-name',
      name: operatorPortName,
      what: 'the port of the store in a PyTorchJob',
      source: 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/pytorch_types.go',
    },
    listenerPin,
  ],
  fixedPorts: [operatorPort, rendezvousPort, storePort],
  detect: torchSigns,
  passages: (job) => {
    if (standsAlone(job)) return [];
    switch (rendezvousOf(job)) {
      case 'static':
        return [staticStore(job)];
      case 'dynamic':
        return dynamicStores(job);
      case 'unknown':
        return [staticStore(job), ...dynamicStores(job)];
    }
  },
};

/** Which way the pods of a job find each other. The default of torchrun is static; a PyTorchJob without a master is an elastic one. */
function rendezvousOf(job: TrainingJob): 'static' | 'dynamic' | 'unknown' {
  const said = settingsIn(job, { options: ['rdzv-backend'], variables: ['PET_RDZV_BACKEND'] });
  if (said.some((s) => s.text === null)) return 'unknown';
  const kinds = new Set(said.map((s) => (s.text === 'static' ? 'static' : 'dynamic')));
  if (kinds.size > 1) return 'unknown';
  const [only] = kinds;
  return only ?? (job.kind === 'PyTorchJob' && memberOf(job, 'master') === undefined ? 'dynamic' : 'static');
}

function staticStore(job: TrainingJob): Passage {
  const said = settingsIn(job, {
    options: ['master-port', 'main-process-port'],
    variables: ['PET_MASTER_PORT', 'MASTER_PORT'],
    portNames: [operatorPortName],
  });
  const byOperator: Known = { ports: [{ kind: 'fixed', port: operatorPort }], because: 'the port that the operator of a PyTorchJob sets' };
  const byDefault: Known = { ports: [{ kind: 'fixed', port: storePort }], because: 'the default of torch.distributed' };
  const all = joiners(job);
  return dials(all, leadersOf(job, all), {
    id: 'pytorch/store',
    purpose: 'rendezvous',
    title: 'worker store',
    ...portsSaid(said, job.kind === 'PyTorchJob' ? byOperator : byDefault),
    source: run,
  });
}

function dynamicStores(job: TrainingJob): readonly Passage[] {
  const all = joiners(job);
  const store = dials(all, all, {
    id: 'pytorch/elastic-store',
    purpose: 'rendezvous',
    title: 'worker store of an elastic job',
    ports: [{ kind: 'ephemeral' }],
    because: 'whichever pod gets rank 0 opens the store at a port that the kernel picks',
    source: dynamic,
  });
  const backends = settingsIn(job, { options: ['rdzv-backend'], variables: ['PET_RDZV_BACKEND'] });
  // etcd is no pod of the job.
  if (backends.length > 0 && backends.every((s) => s.text?.startsWith('etcd'))) return [store];
  const endpoints = settingsIn(job, { options: ['rdzv-endpoint'], variables: ['PET_RDZV_ENDPOINT'] }).map((s) => portOfEndpoint(s, rendezvousPort));
  const named: readonly Setting[] = endpoints.length > 0 ? endpoints : settingsIn(job, { portNames: [operatorPortName] });
  const rendezvous = dials(all, leadersOf(job, all), {
    id: 'pytorch/rendezvous',
    purpose: 'rendezvous',
    title: 'c10d rendezvous',
    ...portsSaid(named, { ports: [{ kind: 'fixed', port: rendezvousPort }], because: 'the default of torchrun' }),
    source: 'pytorch torch/distributed/elastic/rendezvous/c10d_rendezvous_backend.py',
  });
  return [rendezvous, store];
}
