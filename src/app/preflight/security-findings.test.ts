import { expect, test } from 'vitest';
import { asked, job, only, space } from '../../../cases/support/asked-job.ts';
import { wouldRun } from '../../model/preflight-report.ts';
import { preflightFindings, stoppingFindings } from '../../report/preflight-findings.ts';
import { preflightHeadline } from '../../report/preflight-text.ts';

const changed = (spec: string): string => job().replaceAll('{containers: [', `{${spec}, containers: [`);
const enforcing = (level: string): string => space.replace('{name: ml}', `{name: ml, labels: {pod-security.kubernetes.io/enforce: ${level}}}`);

test.each([
  ['a volume of the node', changed('volumes: [{name: d, hostPath: {path: /data}}]'), 'privileged-or-hostpath-in-training'],
  ['privileged', job().replaceAll('image: "train:1"', 'image: "train:1", securityContext: {privileged: true}'), 'privileged-or-hostpath-in-training'],
  ['the network of the node', changed('hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet'), 'hostnetwork-bypass'],
])('what a pod may do is told and no reason not to run, unless Pod Security refuses it: %s', (_, text, slug) => {
  for (const cluster of [space, enforcing('privileged')]) {
    const report = asked(text, [cluster]);
    const found = only(report);
    expect(found.security.map((f) => f.check)).toContain(slug);
    expect(found.problems).toEqual([]);
    expect(wouldRun(found)).toBe(true);
    expect(preflightHeadline(found)).toMatch(/^would run/);
    expect(preflightFindings(report).map((f) => f.check)).toContain(slug);
    expect(stoppingFindings(report)).toEqual([]);
  }
  const refused = only(asked(text, [enforcing('baseline')]));
  expect(wouldRun(refused)).toBe(false);
  expect(refused.problems.map((f) => f.check)).toContain('pod-security-refuses-job');
  expect(refused.security.map((f) => f.check)).toContain(slug);
});
