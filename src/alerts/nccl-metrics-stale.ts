import type { Alert } from './alert.ts';
import { said } from './text.ts';

export const alert: Alert = {
  id: 'nccl-metrics-stale',
  severity: 'info',
  expr: () => 'time() - max by (instance) (node_textfile_mtime_seconds{file=~".*nccl_inspector_metrics_.*"}) > 300',
  for: '5m',
  summary: `NCCL has stopped telling on ${said('instance')}`,
  description: `The files of NCCL Inspector on ${said('instance')} have not been written for five minutes: the job ended or hangs. Right after a change of policies it is the change.`,
  runbook: {
    means:
      'The plugin writes every half a minute while a job runs, and its files stay when the job dies: their age is the signal, their numbers are not. Without the plugin this alert has nothing to look at.',
    look: ['Is the job still there? `ringfence diagnose` on its log says whether a policy is to blame.'],
    mend: 'Remove the files when jobs end (an epilogue, or the exporter’s own clean-up), so that only jobs that hang are left.',
  },
  scenarios: () => {
    const file = (values: string, name = '/textfile/nccl_inspector_metrics_GPU-1.prom') => ({
      series: `node_textfile_mtime_seconds{file="${name}",instance="n"}`,
      values,
    });
    return [
      { name: 'not written', input: [file('0x60')], at: '15m', fires: [{ instance: 'n' }] },
      { name: 'four minutes old', input: [file('0x60')], at: '4m', fires: [] },
      { name: 'just beyond', input: [file('0x60')], at: '8m', fires: [] },
      { name: 'another file of the node is', input: [file('0x60'), file('0+60x60', '/textfile/nccl_inspector_metrics_GPU-2.prom')], at: '15m', fires: [] },
      { name: 'files of others', input: [file('0x60', '/textfile/raid.prom')], at: '15m', fires: [] },
    ];
  },
};
