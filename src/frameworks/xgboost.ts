import { dials, everyoneDialsEveryone, leadersOf, trainers } from './among.ts';
import type { Framework } from './framework.ts';
import { listenerPin } from './knobs.ts';
import { portsSaid, settingsIn } from './settings.ts';
import { configuredBy, ofKind } from './signs.ts';

/**
 * XGBoost: every worker dials the tracker, and then the others at ports that the kernel picks.
 * Sources: dmlc/xgboost src/collective; kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/xgboost_types.go; kubeflow/trainer pkg/runtime/framework/plugins/xgboost.
 */
export const framework: Framework = {
  id: 'xgboost',
  kind: 'framework',
  title: 'XGBoost',
  about: 'Every worker dials the tracker (9999 in an XGBoostJob), and then other workers at ports that the kernel picks.',
  sources: ['dmlc/xgboost src/collective/comm.cc', 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/xgboost_types.go'],
  knobs: [
    { kind: 'env', name: 'DMLC_TRACKER_PORT', what: 'the port of the tracker', source: 'dmlc/xgboost python-package/xgboost/tracker.py' },
    { kind: 'port-name', name: 'xgboostjob-port', what: 'the port of the tracker in an XGBoostJob', source: 'kubeflow/trainer release-1.9 xgboost_types.go' },
    listenerPin,
  ],
  fixedPorts: [9999],
  detect: (job) => [...ofKind(job, ['XGBoostJob']), ...configuredBy(job, ['DMLC_TRACKER_URI', 'DMLC_TRACKER_PORT'])],
  passages: (job) => [
    dials(trainers(job), leadersOf(job), {
      id: 'xgboost/tracker',
      ownProtocol: true,
      purpose: 'rendezvous',
      title: 'tracker',
      ...portsSaid(settingsIn(job, { variables: ['DMLC_TRACKER_PORT', 'MASTER_PORT'], portNames: ['xgboostjob-port'] }), {
        ports: [{ kind: 'fixed', port: job.kind === 'TrainJob' ? 29500 : 9999 }],
        because: 'the port that the operator sets',
      }),
      source: 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/xgboost_types.go',
    }),
    everyoneDialsEveryone(job, {
      id: 'xgboost/collectives',
      ownProtocol: true,
      purpose: 'collectives',
      title: 'collectives',
      ports: [{ kind: 'ephemeral' }],
      because: 'its workers listen at ports that the kernel picks',
      source: 'dmlc/xgboost src/collective/comm.cc',
    }),
  ],
};
