import type { TrainingJob } from '../model/training-job.ts';
import { dials, leadersOf, trainers } from './among.ts';
import type { Framework } from './framework.ts';
import { portOfEndpoint, portsSaid, type Setting, settingsIn } from './settings.ts';
import { asksFor, configuredBy } from './signs.ts';
import { standsAlone } from './torch-signs.ts';

/** Where libtpu of each pod answers the others as they make up a slice. Source: AI-Hypercomputer/xpk src/xpk/core/docker_resources.py add_container_ports (slice builder). */
const slicePort = 8471;

/** Where the coordinator of several slices answers. Source: AI-Hypercomputer/xpk src/xpk/core/docker_resources.py add_container_ports (megascale). */
const megascalePort = 8080;

/** Where Ray puts it. Source: ray-project/ray python/ray/util/tpu.py get_tpu_coordinator_env_vars. */
const rayMegascalePort = 8081;

/**
 * TPUs: libtpu of each pod dials that of every other at the start, whatever program runs on them, and of several slices every pod the coordinator. The data goes
 * between chips, and between slices over ports that no source at hand names.
 */
export const framework: Framework = {
  id: 'tpu',
  kind: 'library',
  title: 'libtpu',
  about:
    'Pods on TPUs dial each other at 8471 as they make up a slice, and the coordinator of several slices at 8080, under Ray at 8081. On which ports slices send each other data is not known.',
  sources: ['AI-Hypercomputer/xpk src/xpk/core/docker_resources.py', 'GKE documentation, TPU Multislice'],
  knobs: [
    {
      kind: 'env',
      name: 'TPU_PROCESS_PORT',
      what: 'the port at which a pod answers others of its slice',
      source: 'kubernetes-sigs/lws pkg/utils/accelerators/tpu.go',
    },
    { kind: 'env', name: 'TPU_PROCESS_ADDRESSES', what: 'hosts and ports of the pods of a slice', source: 'kubernetes-sigs/lws pkg/utils/accelerators/tpu.go' },
    {
      kind: 'env',
      name: 'MEGASCALE_PORT',
      what: 'the port of the coordinator of several slices',
      source: 'ray-project/ray python/ray/util/tpu.py',
    },
  ],
  fixedPorts: [slicePort, megascalePort, rayMegascalePort],
  detect: (job) => asksFor(job, ['google.com/tpu']),
  passages: (job) => {
    const [tpu] = asksFor(job, ['google.com/tpu']);
    if (tpu === undefined || standsAlone(job)) return [];
    const source = 'AI-Hypercomputer/xpk src/xpk/core/docker_resources.py';
    const slice = dials(trainers(job), trainers(job), {
      id: 'tpu/slice',
      purpose: 'rendezvous',
      title: 'making up the slice',
      ...portsSaid(addressesSaid(job), { ports: [{ kind: 'fixed', port: slicePort }], because: tpu.text }),
      source,
    });
    const [several] = configuredBy(job, ['MEGASCALE_']);
    if (several === undefined) return [slice];
    const said = settingsIn(job, { variables: ['MEGASCALE_PORT'] });
    const coordinators = settingsIn(job, { variables: ['MEGASCALE_COORDINATOR_ADDRESS'] }).filter((s) => s.text?.includes(':') === true);
    const usual = job.kind.startsWith('Ray') ? rayMegascalePort : megascalePort;
    const ports = said.length > 0 ? said : coordinators.map((s) => portOfEndpoint(s, usual));
    return [
      slice,
      dials(trainers(job), leadersOf(job), {
        id: 'tpu/megascale',
        purpose: 'rendezvous',
        title: 'coordinator of the slices',
        ...portsSaid(ports, { ports: [{ kind: 'fixed', port: usual }], because: several.text }),
        source,
      }),
    ];
  },
};

/** What the pods are told of each other: a port of their own, or a list of hosts with one. */
function addressesSaid(job: TrainingJob): readonly Setting[] {
  const own = settingsIn(job, { variables: ['TPU_PROCESS_PORT'] });
  const listed = settingsIn(job, { variables: ['TPU_PROCESS_ADDRESSES'] }).flatMap((s) =>
    s.text === null
      ? [s]
      : s.text
          .split(',')
          .slice(0, 1024)
          .map((one) => portOfEndpoint({ ...s, text: one.trim() }, slicePort)),
  );
  return [...own, ...listed];
}
