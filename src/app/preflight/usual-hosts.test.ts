import { expect, test } from 'vitest';
import { among, asked, deny, dns, job, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { wouldRun } from '../../model/preflight-report.ts';

const cluster = [space, deny, dns, among('{protocol: TCP}')];
const usual = (env: string, command = 'torchrun, train.py'): Record<string, string> =>
  Object.fromEntries(
    Object.entries(statuses(only(asked(job(env).replaceAll('torchrun, train.py', command), cluster, 'cilium@1.19')))).filter(([id]) => id.startsWith('usual/')),
  );

test.each([
  ['a token of the hub', ', {name: HF_TOKEN, value: x}', undefined, { 'usual/huggingface.co': 'unknown' }],
  ['a key of the tracker', ', {name: WANDB_API_KEY, valueFrom: {secretKeyRef: {name: w, key: k}}}', undefined, { 'usual/api.wandb.ai': 'unknown' }],
  ['an installation', '', 'sh, -c, "pip install x && torchrun train.py"', { 'usual/index-of-Python-packages': 'unknown' }],
  ['another hub', ', {name: HF_TOKEN, value: x}, {name: HF_ENDPOINT, value: "https://hub.example.com"}', undefined, {}],
  ['no hub', ', {name: HF_TOKEN, value: x}, {name: HF_HUB_OFFLINE, value: "1"}', undefined, {}],
  ['a hub after all', ', {name: HF_TOKEN, value: x}, {name: HF_HUB_OFFLINE, value: "0"}', undefined, { 'usual/huggingface.co': 'unknown' }],
  ['a tracker that is off', ', {name: WANDB_API_KEY, value: x}, {name: WANDB_MODE, value: offline}', undefined, {}],
  ['another index', '', 'sh, -c, "pip install --index-url=https://pip.example.com/s x && torchrun train.py"', {}],
  ['nothing', '', undefined, {}],
])('%s', (_, env, command, expected) => {
  expect(usual(env, command)).toEqual(expected);
});

test('an index that nothing names stops no job either', () => {
  const found = only(asked(job('').replaceAll('torchrun, train.py', 'sh, -c, "pip install x && torchrun train.py"'), cluster, 'cilium@1.19'));
  expect(found.paths.find((p) => p.id.startsWith('usual/'))?.reasons.join()).toContain('no manifest says');
  expect(wouldRun(found)).toBe(true);
});

test('stops no job', () => {
  const found = only(asked(job(', {name: HF_TOKEN, value: x}'), cluster, 'cilium@1.19'));
  expect(found.paths.find((p) => p.id === 'usual/huggingface.co')).toMatchObject({ required: false, reasons: ['it is not known whether the job needs it'] });
  expect(wouldRun(found)).toBe(true);
});
