import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Packet } from '../model/verdict.ts';
import { explainCommand } from './explain-command.ts';

const packet = (over: Partial<Packet>): Packet => ({
  from: { kind: 'pod', workload: 'PyTorchJob/ml/llm/worker', replica: 3 },
  to: { kind: 'address', ip: '10.0.0.1' },
  protocol: 'TCP',
  port: 443,
  ...over,
});

describe('the command line that explains a packet', () => {
  test.each([
    ['a role of a job', packet({}), ['m'], 'kubernetes', 'ringfence explain m --from PyTorchJob/ml/llm --to 10.0.0.1 --port 443/TCP'],
    ['a profile', packet({}), ['m'], 'cilium@1.19', 'ringfence explain m --from PyTorchJob/ml/llm --to 10.0.0.1 --port 443/TCP --profile cilium@1.19'],
    ['a node', packet({ to: { kind: 'node', node: 'n1' } }), ['m'], 'kubernetes', 'ringfence explain m --from PyTorchJob/ml/llm --to node/n1 --port 443/TCP'],
    ['a path like an option', packet({}), ['-x', '-'], 'kubernetes', 'ringfence explain ./-x - --from PyTorchJob/ml/llm --to 10.0.0.1 --port 443/TCP'],
    ['no port', packet({ protocol: 'OTHER', port: 0 }), ['m'], 'kubernetes', null],
    ['an echo request', packet({ protocol: 'ICMP', port: 8 }), ['m'], 'kubernetes', 'ringfence explain m --from PyTorchJob/ml/llm --to 10.0.0.1 --port ICMP'],
    ['another ICMP message', packet({ protocol: 'ICMP', port: 3 }), ['m'], 'kubernetes', null],
    ['a pod to come', packet({ to: { kind: 'pod', workload: 'Representative/possible/ml/any pod', replica: 0 } }), ['m'], 'kubernetes', null],
    ['a path that would act on a terminal', packet({}), ['a\u001b[2Jb'], 'kubernetes', null],
  ])('%s', (_, asked, inputs, profile, line) => {
    expect(explainCommand(asked, { inputs, profile })).toBe(line);
  });

  test('a shell reads the paths as they were given', () => {
    const inputs = ['it\'s $(id) `id` "x"', 'a b;c', '*', '~', '#c', '!1', 'ä'];
    const line = explainCommand(packet({}), { inputs, profile: 'kubernetes' }) ?? '';
    const read = execFileSync('sh', ['-c', line.replace('ringfence explain', "printf '%s\\n'")], { encoding: 'utf8' }).split('\n');
    expect(read.slice(0, inputs.length)).toEqual(inputs);
  });
});
