import type { Scenario } from './alert.ts';

/** What an alert on findings of one check about flows does; `keep` is how many minutes it keeps firing. For tests. */
export function flowFindingScenarios(check: string, keep: number): readonly Scenario[] {
  const found = (values: string, of = check, instance = 'a') => ({ series: `ringfence_flow_findings{check="${of}",instance="${instance}"}`, values });
  return [
    {
      name: 'one',
      input: [found('0x10 1x9 0x60')],
      at: '15m',
      fires: [{}],
      also: [
        { at: `${19 + keep}m`, fires: [{}] },
        { at: `${22 + keep}m`, fires: [] },
      ],
    },
    { name: 'told by two', input: [found('1x60'), found('2x60', check, 'b')], at: '15m', fires: [{}] },
    { name: 'none, and one of another check', input: [found('0x60'), found('3x60', 'long-connection')], at: '15m', fires: [] },
  ];
}
