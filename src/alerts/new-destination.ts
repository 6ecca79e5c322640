import type { Alert } from './alert.ts';
import { flowFindingScenarios } from './flow-findings.ts';

export const alert: Alert = {
  id: 'new-destination',
  severity: 'warning',
  expr: () => 'max(ringfence_flow_findings{check="new-destination"}) > 0',
  keepFiringFor: '15m',
  summary: 'A training workload speaks to somebody new',
  description: 'Flows show a connection to a destination that the workload had never spoken to. Who, and where to, is in the report: names are no labels.',
  runbook: {
    means:
      'The policies let it pass, and it is new. Front ends serve many tenants behind one name; a new name under a wide rule is how data leaves an allowed way.',
    look: ['`ringfence flows detect` has the workload, the destination and the flows.', 'Did the image, the framework or the data set change?'],
    mend: 'Known: nothing to do, it is not new tomorrow. Unknown: narrow the rule that let it pass.',
  },
  scenarios: () => flowFindingScenarios('new-destination', 15),
};
