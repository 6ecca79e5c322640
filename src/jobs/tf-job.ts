import type { JobExpander } from './expander.ts';
import { replicaExpander } from './kubeflow-replicas.ts';

/**
 * TFJob. Any role makes pods, in any case; parameter servers serve until they are ended.
 * Sources: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/tensorflow_types.go; pkg/controller.v1/tensorflow/tfjob_controller.go IsMasterRole;
 * pkg/webhooks/tensorflow, which looks at no role's name.
 */
export const expander: JobExpander = replicaExpander({
  kind: 'TFJob',
  specs: 'tfReplicaSpecs',
  roles: ['PS', 'Worker', 'Chief', 'Master', 'Evaluator'],
  otherRoles: true,
  operator: 'tfjob-controller',
  container: 'tensorflow',
  port: { name: 'tfjob-port', port: 2222 },
  masters: ['Chief', 'Master'],
  firstOf: 'Worker',
  lasting: ['PS'],
});
