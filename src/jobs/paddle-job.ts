import type { JobExpander } from './expander.ts';
import { replicaExpander } from './kubeflow-replicas.ts';

/** PaddleJob. Sources: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/paddlepaddle_types.go; pkg/controller.v1/paddlepaddle IsMasterRole. */
export const expander: JobExpander = replicaExpander({
  kind: 'PaddleJob',
  specs: 'paddleReplicaSpecs',
  roles: ['Master', 'Worker'],
  operator: 'paddlejob-controller',
  container: 'paddle',
  port: { name: 'master', port: 36543 },
  masters: ['Master'],
  firstOf: null,
});
