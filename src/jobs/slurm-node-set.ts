import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { isLive } from '../model/metadata.ts';
import type { JobExpander } from './expander.ts';
import { slurmTemplate } from './slurm-template.ts';
import { mostReplicas, workloadOf } from './workload-of.ts';

/** A file does not say how many nodes there are; with two, pods of one set can talk to each other. */
const assumedNodes = 2;

/** The label that names the Controller of a set of nodes. Source: SlinkyProject/slurm-operator internal/builder/labels. */
const slurmClusterLabel = 'slinky.slurm.net/cluster';

/**
 * NodeSet of slurm-operator (Slinky): pods that run slurmd, in which Slurm starts the jobs of its users. Labels that number the pods are left out where it
 * scales like a DaemonSet, and where it pads their numbers.
 * Source: SlinkyProject/slurm-operator internal/builder/workerbuilder/worker_app.go, internal/builder/labels, api/v1beta1/{nodeset_types,well_known}.go.
 */
export const expander: JobExpander = {
  kinds: [{ group: 'slinky.slurm.net', kind: 'NodeSet' }],
  training: { label: null, source: 'SlinkyProject/slurm-operator api/v1beta1' },
  expand(object) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const spec = at.field('spec');
    if (at.required('spec')) spec.expect('an object');
    const perNode = spec.field('scalingMode').oneOf(['StatefulSet', 'DaemonSet']) === 'DaemonSet';
    const told = isLive(object) ? at.field('status').field('desired').integer(0, mostReplicas) : undefined;
    const replicas = perNode ? (told ?? assumedNodes) : (spec.field('replicas').integer(0, mostReplicas) ?? 1);
    const ssh = spec.field('ssh').field('enabled').boolean() === true;
    const cluster = spec.field('controllerRef').field('name').string() ?? '';
    const template = slurmTemplate(spec, object, {
      name: 'slurmd',
      ports: { slurmd: 6818, ...(ssh ? { ssh: 22 } : {}) },
      privileged: true,
    });
    const numbered = !perNode && (spec.field('ordinalPadding').integer(0, 100) ?? 0) === 0;
    return finish(diagnostics, () => [
      workloadOf(object, template, {
        replicas,
        labels: {
          'app.kubernetes.io/name': 'slurmd',
          'app.kubernetes.io/instance': object.name,
          'app.kubernetes.io/component': object.apiVersion.endsWith('/v1alpha1') ? 'compute' : 'worker',
          ...(cluster === '' ? {} : { [slurmClusterLabel]: cluster }),
        },
        perPodLabels: numbered
          ? [
              { key: 'nodeset.slinky.slurm.net/pod-name', prefix: `${object.name}-`, start: 0 },
              { key: 'nodeset.slinky.slurm.net/pod-index', prefix: '', start: 0 },
            ]
          : [],
      }),
    ]);
  },
};
