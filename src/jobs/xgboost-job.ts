import type { JobExpander } from './expander.ts';
import { replicaExpander } from './kubeflow-replicas.ts';

/** XGBoostJob. Sources: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/xgboost_types.go; pkg/controller.v1/xgboost IsMasterRole. */
export const expander: JobExpander = replicaExpander({
  kind: 'XGBoostJob',
  specs: 'xgbReplicaSpecs',
  roles: ['Master', 'Worker'],
  operator: 'xgboostjob-controller',
  container: 'xgboost',
  port: { name: 'xgboostjob-port', port: 9999 },
  masters: ['Master'],
  firstOf: null,
});
