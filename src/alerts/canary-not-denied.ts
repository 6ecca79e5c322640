import type { Alert } from './alert.ts';
import { withoutCanary } from './canary.ts';
import { literally, quoted, said } from './text.ts';

export const alert: Alert = {
  id: 'canary-not-denied',
  severity: 'critical',
  idle: withoutCanary,
  expr: ({ namespace, canary }) => {
    const where = `namespace=${quoted(namespace)}`;
    const jobs = `${where},job_name=~${quoted(`${literally(canary?.name ?? '')}-[0-9]+`)}`;
    const cronJob = `cronjob=${quoted(canary?.name ?? '')}`;
    const failed = `kube_job_created{${jobs}} and on (namespace, job_name) (kube_job_status_failed > 0)`;
    const since = `max by (namespace) (kube_cronjob_status_last_successful_time{${cronJob}}) or max by (namespace) (kube_cronjob_created{${cronJob}})`;
    return `max by (namespace) (${failed}) > on (namespace) (${since})`;
  },
  for: '1m',
  summary: `The canary of ${said('namespace')} was not refused`,
  description: `A pod of ${said('namespace')} that no rule is about tried to open a connection to the API server, and its job did not end with "denied". The default deny is not in force where it ran.`,
  runbook: {
    means: 'The canary is a pod without any right. It succeeds when it is refused. Its last job failed: it got through, or could not tell.',
    look: [
      '`kubectl -n NAMESPACE logs -l ringfence.dev/canary=true --tail 5`: "connected" is an open door; anything else could not tell.',
      'The node it ran on: is the agent of the CNI well there?',
      '`ringfence explain PATH… --from NAMESPACE/CANARY --to …` on what is in the cluster now.',
    ],
    mend: 'Stop training on the node, bring the policies in force, and run the canary again: `kubectl -n NAMESPACE create job --from=cronjob/CANARY canary-by-hand`.',
  },
  scenarios: ({ namespace, canary }) => {
    const name = canary?.name ?? '';
    const job = (metric: string, number: number, values: string, rest = '', where = namespace) => ({
      series: `${metric}{namespace="${where}",job_name="${name}-${number}"${rest}}`,
      values,
    });
    const success = (values: string) => ({ series: `kube_cronjob_status_last_successful_time{namespace="${namespace}",cronjob="${name}"}`, values });
    const born = { series: `kube_cronjob_created{namespace="${namespace}",cronjob="${name}"}`, values: '1000x60' };
    const failed = (number: number, values: string, where = namespace) => job('kube_job_status_failed', number, values, ',reason=""', where);
    const failing = [job('kube_job_created', 1, '2000x60'), failed(1, '1x60')];
    const others = ['created', 'status_last_successful_time'].map((what) => ({
      series: `kube_cronjob_${what}{namespace="${namespace}",cronjob="other"}`,
      values: '9000x60',
    }));
    return [
      { name: 'it failed after it had succeeded', input: [born, success('1500x60'), ...failing, ...others], at: '10m', fires: [{ namespace }] },
      { name: 'it never succeeded', input: [born, ...failing, ...others.slice(0, 1)], at: '10m', fires: [{ namespace }] },
      {
        name: 'what is told is a moment old',
        input: [born, success('1500x60'), job('kube_job_created', 1, '_x9 2000x60'), failed(1, '_x9 1x60')],
        at: '9m',
        fires: [],
      },
      { name: 'it succeeded since', input: [born, success('2500x60'), ...failing], at: '10m', fires: [] },
      {
        name: 'a job that runs, one of that name elsewhere, and one of another',
        input: [
          born,
          success('1500x60'),
          job('kube_job_created', 1, '2000x60'),
          failed(1, '0x60'),
          failed(1, '1x60', 'elsewhere'),
          ...['created', 'status_failed'].map((what) => ({ series: `kube_job_${what}{namespace="${namespace}",job_name="train-1"}`, values: '3000x60' })),
        ],
        at: '10m',
        fires: [],
      },
      {
        name: 'another namespace',
        input: [
          born,
          success('1500x60'),
          { ...born, series: born.series.replace(namespace, 'elsewhere') },
          job('kube_job_created', 1, '2000x60', '', 'elsewhere'),
          failed(1, '1x60', 'elsewhere'),
        ],
        at: '10m',
        fires: [],
      },
    ];
  },
};
