import { describe, expect, test } from 'vitest';
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

describe('a place that a variable names, beside a setting to stay off it', () => {
  const named = (env: string): readonly [string, string, boolean][] =>
    only(asked(job(env), cluster, 'cilium@1.19'))
      .paths.filter((p) => p.id.startsWith('named/'))
      .map(({ id, status, required }) => [id, status, required]);
  const hub = ', {name: HF_ENDPOINT, value: "https://hub.example.com"}';
  const tracker = ', {name: WANDB_BASE_URL, value: "https://wandb.example.com"}';
  const [hubPath, trackerPath] = ['named/hub.example.com:443', 'named/wandb.example.com:443'];

  test.each<[string, string, readonly [string, string, boolean][]]>([
    ['a hub', hub, [[hubPath, 'blocked', true]]],
    ['HF_HUB_OFFLINE', `${hub}, {name: HF_HUB_OFFLINE, value: "1"}`, []],
    ['HF_HUB_OFFLINE that is off', `${hub}, {name: HF_HUB_OFFLINE, value: "0"}`, [[hubPath, 'blocked', true]]],
    ['TRANSFORMERS_OFFLINE', `${hub}, {name: TRANSFORMERS_OFFLINE, value: "true"}`, []],
    ['HF_DATASETS_OFFLINE, which binds one library', `${hub}, {name: HF_DATASETS_OFFLINE, value: "1"}`, [[hubPath, 'unknown', false]]],
    ['a tracker', tracker, [[trackerPath, 'blocked', true]]],
    ['WANDB_MODE=offline', `${tracker}, {name: WANDB_MODE, value: offline}`, []],
    ['WANDB_MODE=disabled', `${tracker}, {name: WANDB_MODE, value: disabled}`, []],
    ['WANDB_MODE=online', `${tracker}, {name: WANDB_MODE, value: online}`, [[trackerPath, 'blocked', true]]],
    ['WANDB_MODE of a Secret', `${tracker}, {name: WANDB_MODE, valueFrom: {secretKeyRef: {name: w, key: k}}}`, [[trackerPath, 'unknown', false]]],
    ['WANDB_DISABLED, which transformers alone reads', `${tracker}, {name: WANDB_DISABLED, value: "true"}`, [[trackerPath, 'unknown', false]]],
    ['a setting of the other', `${tracker}, {name: HF_HUB_OFFLINE, value: "1"}`, [[trackerPath, 'blocked', true]]],
    ['the hub by its scheme', ', {name: DATA, value: "hf://datasets/x"}, {name: HF_HUB_OFFLINE, value: "1"}', []],
  ])('%s', (_, env, expected) => {
    expect(named(env)).toEqual(expected);
  });

  test.each([
    ['WANDB_MODE=online', ', {name: WANDB_API_KEY, value: x}, {name: WANDB_MODE, value: online}', { 'usual/api.wandb.ai': 'unknown' }],
    ['TRANSFORMERS_OFFLINE', ', {name: HF_TOKEN, value: x}, {name: TRANSFORMERS_OFFLINE, value: "1"}', {}],
  ])('and what is asked by default: %s', (_, env, expected) => {
    expect(usual(env)).toEqual(expected);
  });
});
