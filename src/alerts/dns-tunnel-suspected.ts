import type { Alert } from './alert.ts';
import { flowFindingScenarios } from './flow-findings.ts';

export const alert: Alert = {
  id: 'dns-tunnel-suspected',
  severity: 'warning',
  expr: () => 'max(ringfence_flow_findings{check="dns-tunnel"}) > 0',
  keepFiringFor: '15m',
  summary: 'A training workload asks for names as a tunnel does',
  description: 'Very many different names under one registered domain, with many bytes in them. Who asks, and under which domain, is in the report.',
  runbook: {
    means: 'Distinct names and bytes of sub-labels, by registered domain and hour. How random a name looks is no measure: names of clouds look random.',
    look: [
      '`ringfence flows detect` names the workload, the domain, the names an hour and the bytes.',
      'Is the domain that of a cloud or a content network that the job uses?',
    ],
    mend: 'Give the zone a list of names (a CNI with rules on names then refuses the rest), or stop the workload.',
  },
  scenarios: () => flowFindingScenarios('dns-tunnel', 15),
};
