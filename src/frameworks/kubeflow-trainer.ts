import { trainers } from './among.ts';
import type { Framework } from './framework.ts';
import { portOfEndpoint, portsSaid, settingsIn } from './settings.ts';
import { configuredBy, ofKind } from './signs.ts';

const plugin = 'kubeflow/trainer pkg/runtime/framework/plugins/trainjobstatus, pkg/apis/config/v1alpha1/defaults.go';

/** Where pods of a TrainJob tell how far they are, from release 2.2 on. Training goes on without it. Source: kubeflow/trainer pkg/apis/config/v1alpha1/defaults.go. */
const statusPort = 10443;

/** Kubeflow Trainer v2: beside what its jobs run, pods report their progress to its controller. */
export const framework: Framework = {
  id: 'kubeflow-trainer',
  kind: 'library',
  title: 'Kubeflow Trainer',
  about:
    'From release 2.2 on, where the feature is on, pods of a TrainJob report their progress to the controller at 10443, in another namespace. Training goes on without it.',
  sources: [plugin],
  knobs: [{ kind: 'env', name: 'KUBEFLOW_TRAINER_SERVER_URL', what: 'where pods report to; the controller sets it', source: plugin }],
  fixedPorts: [],
  detect: (job) => [...ofKind(job, ['TrainJob']), ...configuredBy(job, ['KUBEFLOW_TRAINER_SERVER_URL'])],
  passages: (job) => [
    {
      id: 'kubeflow-trainer/status',
      purpose: 'status',
      title: 'progress, reported to the controller',
      from: { kind: 'members', members: trainers(job) },
      to: {
        kind: 'pods',
        title: 'the controller of Kubeflow Trainer',
        namespace: null,
        selector: { 'app.kubernetes.io/component': 'manager', 'app.kubernetes.io/part-of': 'kubeflow' },
      },
      ...portsSaid(
        settingsIn(job, { variables: ['KUBEFLOW_TRAINER_SERVER_URL'] }).map((s) => portOfEndpoint({ ...s, text: hostOf(s.text) }, statusPort)),
        { ports: [{ kind: 'fixed', port: statusPort }], because: 'the default of its controller' },
      ),
      required: false,
      source: plugin,
    },
  ],
};

/** `host:port` of a URL; the whole text where it is none. */
function hostOf(url: string | null): string | null {
  if (url === null) return null;
  const start = url.indexOf('://');
  return (start < 0 ? url : url.slice(start + 3)).split('/', 1)[0] ?? null;
}
