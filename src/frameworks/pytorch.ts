import type { Passage } from '../model/passage.ts';
import { memberOf, type TrainingJob } from '../model/training-job.ts';
import type { Container } from '../model/workload.ts';
import { dials, joiners, leadersOf } from './among.ts';
import { containersOf, mayBeOfScript, torchrunsIn, torchWordsOf } from './command-line.ts';
import type { Framework } from './framework.ts';
import { listenerPin } from './knobs.ts';
import { assignedIn, type Known, portOfEndpoint, portsSaid, type Setting, settingOf, settingsIn } from './settings.ts';
import { launchesTorch, standsAlone, torchSigns } from './torch-signs.ts';

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
  kind: 'framework',
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
    {
      kind: 'env',
      name: 'MASTER_PORT',
      what: 'the port of the worker store where no torchrun and no operator of a PyTorchJob decides it',
      source: 'pytorch torch/distributed/rendezvous.py',
    },
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
  const said = settingsIn(job, { options: ['rdzv-backend'], words: torchWordsOf, variables: ['PET_RDZV_BACKEND'] });
  if (said.some((s) => s.text === null)) return 'unknown';
  const kinds = new Set(said.map((s) => (s.text === 'static' ? 'static' : 'dynamic')));
  if (kinds.size > 1) return 'unknown';
  const [only] = kinds;
  return only ?? (job.kind === 'PyTorchJob' && memberOf(job, 'master') === undefined ? 'dynamic' : 'static');
}

function staticStore(job: TrainingJob): Passage {
  const all = joiners(job);
  return dials(all, leadersOf(job, all), {
    id: 'pytorch/store',
    ownProtocol: true,
    purpose: 'rendezvous',
    title: 'worker store',
    ...storePorts(job),
    source: run,
  });
}

/**
 * Where the store of a static job is. torchrun reads none of MASTER_PORT; the operator of a PyTorchJob with a master appends its own MASTER_PORT and
 * PET_MASTER_PORT to the variables of the template, and the last of a name wins. Sources: pytorch torch/distributed/run.py, torch/distributed/argparse_util.py
 * env; kubeflow/trainer release-1.9 pkg/controller.v1/pytorch envvar.go, master.go.
 */
function storePorts(job: TrainingJob): Known {
  const set = portsOfOperator(job);
  const otherwise: Known =
    job.kind === 'PyTorchJob'
      ? { ports: (set ?? [operatorPort]).map((port) => ({ kind: 'fixed', port })), because: 'the port that the operator of a PyTorchJob sets' }
      : { ports: [{ kind: 'fixed', port: storePort }], because: 'the default of torch.distributed' };
  const placed = containersOf(job).map((one) => (set === null ? one : { ...one, container: withOperatorPort(one.container, set) }));
  const option = { options: ['master-port', 'main-process-port'], words: torchWordsOf };
  const settings = placed.map((one) => {
    const variables = torchrunsIn(one.container).length > 0 ? ['PET_MASTER_PORT'] : ['PET_MASTER_PORT', 'MASTER_PORT'];
    if (set === null) return settingOf(one, { ...option, variables, portNames: [operatorPortName] });
    return settingOf(one, option) ?? assignedIn(one, variables);
  });
  const known = portsSaid(
    settings.filter((s) => s !== undefined),
    otherwise,
  );
  // What a container beside a launcher says is not said to it, and a script that takes such an option may or may not do what its name says.
  const doubtful = placed.some((one, i) => {
    if (!launchesTorch(one.container)) return settingOf(one, option) !== undefined;
    return settings[i] === undefined || (mayBeOfScript(one.container) && settingOf(one, option) !== undefined);
  });
  return doubtful ? { ...known, ports: [...new Map([...known.ports, ...otherwise.ports].map((use) => [JSON.stringify(use), use])).values()] } : known;
}

/** Ports that the operator of a PyTorchJob may tell all containers of: those with its name at the master; null where it tells none. */
function portsOfOperator(job: TrainingJob): readonly number[] | null {
  const master = job.kind === 'PyTorchJob' ? memberOf(job, 'master') : undefined;
  if (master === undefined) return null;
  const named = master.ports.filter((p) => p.name === operatorPortName).map((p) => p.port);
  return named.length > 0 ? [...new Set(named)] : [operatorPort];
}

function withOperatorPort(container: Container, ports: readonly number[]): Container {
  const value = ports.length === 1 ? String(ports[0]) : null;
  return { ...container, env: { ...container.env, MASTER_PORT: value, PET_MASTER_PORT: value } };
}

function dynamicStores(job: TrainingJob): readonly Passage[] {
  const all = joiners(job);
  const store = dials(all, all, {
    id: 'pytorch/elastic-store',
    ownProtocol: true,
    purpose: 'rendezvous',
    title: 'worker store of an elastic job',
    ports: [{ kind: 'ephemeral' }],
    because: 'whichever pod gets rank 0 opens the store at a port that the kernel picks',
    source: dynamic,
  });
  const backends = settingsIn(job, { options: ['rdzv-backend'], words: torchWordsOf, variables: ['PET_RDZV_BACKEND'] });
  // etcd is no pod of the job.
  if (backends.length > 0 && backends.every((s) => s.text?.startsWith('etcd'))) return [store];
  const endpoints = settingsIn(job, { options: ['rdzv-endpoint'], words: torchWordsOf, variables: ['PET_RDZV_ENDPOINT'] }).map((s) =>
    portOfEndpoint(s, rendezvousPort),
  );
  const named: readonly Setting[] = endpoints.length > 0 ? endpoints : settingsIn(job, { portNames: [operatorPortName] });
  const rendezvous = dials(all, leadersOf(job, all), {
    id: 'pytorch/rendezvous',
    ownProtocol: true,
    purpose: 'rendezvous',
    title: 'c10d rendezvous',
    ...portsSaid(named, { ports: [{ kind: 'fixed', port: rendezvousPort }], because: 'the default of torchrun' }),
    source: 'pytorch torch/distributed/elastic/rendezvous/c10d_rendezvous_backend.py',
  });
  return [rendezvous, store];
}
