import type { JobExpander } from './expander.ts';
import { replicaExpander } from './kubeflow-replicas.ts';

/** JAXJob: workers, of which the first coordinates. Sources: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/jax_types.go; pkg/controller.v1/jax IsMasterRole. */
export const expander: JobExpander = replicaExpander({
  kind: 'JAXJob',
  specs: 'jaxReplicaSpecs',
  roles: ['Worker'],
  operator: 'jaxjob-controller',
  container: 'jax',
  port: { name: 'jaxjob-port', port: 6666 },
  masters: [],
  firstOf: 'Worker',
});
