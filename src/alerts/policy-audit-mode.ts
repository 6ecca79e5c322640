import type { Alert, Scenario } from './alert.ts';
import { risen, risenScenarios, unrelated, upSeries } from './parts.ts';
import { quoted, said } from './text.ts';

const side = (which: 'source' | 'destination', namespace: string): string =>
  `sum by (direction) (${risen(`hubble_policy_verdicts_total{action="audit",${which}_namespace=${quoted(namespace)}}`, '10m')})`;

export const alert: Alert = {
  id: 'policy-audit-mode',
  severity: 'critical',
  idle: ({ cni }) => (cni === 'cilium' ? null : 'only Cilium has an audit mode that shows in metrics'),
  expr: ({ namespace }) => `(${side('source', namespace)} or ${side('destination', namespace)}) > 0`,
  summary: `Policies of training let everything pass: audit mode is on (${said('direction')})`,
  description:
    'Cilium writes down what policies would refuse, and refuses nothing. No drop is counted while it lasts, so that every other alert on drops is silent.',
  runbook: {
    means: 'A verdict was "audit": the agent, or single endpoints, run with policy audit mode, and what is denied is forwarded.',
    look: [
      '`kubectl -n kube-system get configmap cilium-config -o yaml | grep policy-audit-mode`',
      '`cilium-dbg endpoint list` marks endpoints with audit mode of their own.',
    ],
    mend: 'Turn it off (`policyAuditMode: false`, or `cilium-dbg endpoint config ID PolicyAuditMode=Disabled`), and take what ran meanwhile as having had no policies.',
  },
  scenarios: ({ namespace, jobs }) => {
    const series = (rest: string): string => `hubble_policy_verdicts_total{match="none",${rest},job="${jobs.hubble}",instance="a"}`;
    const one = series(`source_namespace="${namespace}",direction="egress",action="audit"`);
    const inward = series(`destination_namespace="${namespace}",direction="ingress",action="audit"`);
    const of = (direction: string, name: string): readonly Scenario[] =>
      risenScenarios({ series: name, job: jobs.hubble, window: 10, keep: 0, fires: [{ direction }] }).map((s) => ({ ...s, name: `${s.name} (${direction})` }));
    return [
      ...of('egress', one),
      ...of('ingress', inward),
      {
        name: 'verdicts that are enforced, and others’ audit',
        input: [
          upSeries(jobs.hubble, 'a', '1x120'),
          ...[one, inward]
            .flatMap((name) => [name.replace('"audit"', '"dropped"'), name.replace(`"${namespace}"`, '"elsewhere"')])
            .flatMap((name) => unrelated(name, 20)),
        ],
        at: '22m',
        fires: [],
      },
    ];
  },
};
