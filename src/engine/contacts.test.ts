import { describe, expect, test } from 'vitest';
import { policy, rule, snapshotOf, workload } from '../../cases/support/hand-made.ts';
import type { Direction, Policy } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Workload } from '../model/workload.ts';
import { profileOf } from './profiles.ts';
import { reach } from './reach.ts';

const found = profileOf('kubernetes');
const profile = (found.ok ? found.value : undefined) as Profile;

const serving = (name: string, port: number): Workload => workload(name, { labels: {}, ports: [{ name: 'http', port, protocol: 'TCP', hostPort: null }] });
const http = [{ protocol: 'TCP' as const, port: 'http', endPort: null }];
const named = (direction: Direction): Policy =>
  policy('named', [rule({ direction, ports: http })], { isolates: { ingress: direction === 'ingress', egress: direction === 'egress' } });

/** A port name means other numbers on other pods: those that are dialled by it are not alike, whichever side names it. */
describe('two pods that differ in the number behind a port name alone', () => {
  test.each<readonly [string, readonly Policy[], Direction, boolean]>([
    ['are told apart where they are dialled, by a rule on what comes in', [named('ingress')], 'ingress', false],
    ['are told apart where they are dialled, by a rule on what goes out', [named('egress')], 'ingress', false],
    ['are alike as they dial', [named('ingress'), named('egress')], 'egress', true],
    ['are alike where no rule uses the name', [], 'ingress', true],
  ])('%s', (_, policies, direction, alike) => {
    const solved = reach(snapshotOf({ workloads: [serving('one', 80), serving('other', 8080), workload('client')], policies }), profile);
    expect(solved.podsSortOf('Pod/ns/one', direction) === solved.podsSortOf('Pod/ns/other', direction)).toBe(alike);
  });
});
