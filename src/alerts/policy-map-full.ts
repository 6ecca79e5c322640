import type { Alert } from './alert.ts';
import { said } from './text.ts';

export const alert: Alert = {
  id: 'policy-map-full',
  severity: 'critical',
  idle: ({ cni }) => (cni === 'cilium' ? null : 'it is about the agent of Cilium'),
  expr: () => 'max by (instance, map_name) (cilium_bpf_map_pressure{map_name=~"(cilium_)?policy.*"}) > 0.9',
  for: '5m',
  summary: `A policy map on ${said('instance')} is nearly full`,
  description: `The map ${said('map_name')} of the agent at ${said('instance')} is more than 90 % full. Rules that find no room are not in force.`,
  runbook: {
    means: 'Each pod has a map with an entry for each identity and port that it may speak to; an identity a job, or wide address rules, fill it.',
    look: ['`cilium-dbg bpf policy get ENDPOINT`', 'Labels that differ from pod to pod and count for identities: `ringfence scan` names them.'],
    mend: 'Leave such labels out of identities (`labels` of cilium-config), narrow rules by address, or raise `bpf.policyMapMax`.',
  },
  scenarios: () => {
    const map = (name: string, values: string) => ({ series: `cilium_bpf_map_pressure{map_name="${name}",job="cilium-agent",instance="a"}`, values });
    return [
      { name: 'nearly full', input: [map('cilium_policy_v2_00123', '0.95x30')], at: '10m', fires: [{ instance: 'a', map_name: 'cilium_policy_v2_00123' }] },
      { name: 'as older versions name it', input: [map('policy_00123', '0.95x30')], at: '10m', fires: [{ instance: 'a', map_name: 'policy_00123' }] },
      { name: 'for a moment', input: [map('cilium_policy_v2_00123', '0.5x8 0.95x30')], at: '11m', fires: [] },
      { name: 'half full, and another map', input: [map('cilium_policy_v2_00123', '0.5x30'), map('cilium_ct4_global', '0.95x30')], at: '10m', fires: [] },
    ];
  },
};
