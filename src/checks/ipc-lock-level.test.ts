import { expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { preflight } from '../app/preflight/preflight.ts';
import { runChecks } from '../app/run-checks.ts';
import { profileOf } from '../engine/profiles.ts';
import { reach } from '../engine/reach.ts';
import { wouldRun } from '../model/preflight-report.ts';
import { documents } from './example-parts.ts';
import { check } from './rdma-without-ipc-lock.ts';

const namespace = (labels: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ai-training, labels: {${labels}}}`;

test.each([
  ['', /^Add IPC_LOCK/],
  ['pod-security.kubernetes.io/enforce: privileged', /^Add IPC_LOCK/],
  ['pod-security.kubernetes.io/enforce: baseline', /^Raise memlock.*level baseline of namespace ai-training refuses/],
  ['pod-security.kubernetes.io/enforce: restricted', /^Raise memlock.*level restricted of namespace ai-training refuses/],
])('what to do about memory that may not be locked goes by the level of the namespace: %s', (labels, told) => {
  const profile = profileOf('kubernetes');
  if (!profile.ok) throw new Error('no profile');
  const { snapshot } = loadSnapshot([{ file: 'example.yaml', text: documents(namespace(labels), check.example.bad.split('---\n').at(-1) ?? '') }]);
  const [finding] = runChecks(reach(snapshot, profile.value)).filter((f) => f.check === check.slug);
  expect(finding?.fix).toMatch(told);
  expect(finding?.patch === undefined).toBe(/baseline|restricted/.test(labels));
});

test.each(['bad', 'good'] as const)('whether a job that may not lock memory runs hangs on the runtime, which no input tells: %s example', (which) => {
  const profile = profileOf('kubernetes');
  if (!profile.ok) throw new Error('no profile');
  const { snapshot } = loadSnapshot([{ file: 'job.yaml', text: check.example[which] }]);
  const { jobs } = preflight(snapshot, profile.value, { files: new Set(['job.yaml']), zones: [] });
  expect(jobs.map(wouldRun)).toEqual([which === 'good']);
});
