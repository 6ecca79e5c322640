import type { Alert } from './alert.ts';

export const alert: Alert = {
  id: 'fabric-not-apart',
  severity: 'critical',
  idle: ({ rdma }) => (rdma ? null : 'no workload of the zone uses RDMA'),
  expr: () => 'max(ringfence_fabric_findings{severity=~"critical|high"}) > 0',
  summary: 'The audit of the fabric has findings that are critical or high',
  description:
    'Hosts share a partition that must not, or the subnet manager does otherwise than the zone says. RDMA meets no policy: nothing else keeps it apart.',
  runbook: {
    means: 'The last audit found something critical or high.',
    look: ['`ringfence fabric audit` with the dumps of today: each finding has its place.'],
    mend: 'Apply `fabric/` of the pack to every subnet manager, then audit again.',
  },
  scenarios: () => {
    const found = (severity: string, values: string, instance = 'a') => ({
      series: `ringfence_fabric_findings{severity="${severity}",instance="${instance}"}`,
      values,
    });
    return [
      { name: 'critical', input: [found('critical', '2x30')], at: '5m', fires: [{}] },
      { name: 'high', input: [found('high', '2x30')], at: '5m', fires: [{}] },
      { name: 'told by two', input: [found('high', '2x30'), found('high', '1x30', 'b')], at: '5m', fires: [{}] },
      { name: 'none, and lesser ones', input: [found('critical', '0x30'), found('high', '0x30'), found('low', '4x30')], at: '5m', fires: [] },
    ];
  },
};
