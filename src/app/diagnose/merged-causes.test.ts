import { describe, expect, test } from 'vitest';
import { diagnose } from './diagnose.ts';
import { LogScanner, type ScannedLog } from './log-scanner.ts';

function scanned(file: string, lines: readonly string[]): ScannedLog {
  const scanner = new LogScanner(file);
  scanner.feed(Buffer.from(`${lines.join('\n')}\n`, 'utf8'));
  return scanner.end();
}

const connect = (ip: string): string => `h-0:1:2 [0] NCCL WARN socketPollConnect: Connect to ${ip}<41235> returned 110(Connection timed out) errno 0(Success)`;
const gaveUp = (host: string): string => `${host}:1:2 [0] NCCL WARN socketPollConnect: exceeded timeouts (3)`;

describe('what says the same is told once', () => {
  test('tries that were too many go with the connection that they were for', () => {
    const { causes } = diagnose([scanned('a.log', [connect('10.0.0.7'), gaveUp('h-0')])], null);
    expect(causes.map((c) => c.quotes.map((q) => q.line))).toEqual([[1, 2]]);
  });

  test('but not those of another log, nor of another host', () => {
    expect(diagnose([scanned('a.log', [connect('10.0.0.7')]), scanned('b.log', [gaveUp('h-0')])], null).causes).toHaveLength(2);
    expect(diagnose([scanned('a.log', [connect('10.0.0.7'), gaveUp('h-1')])], null).causes).toHaveLength(2);
  });

  test('connections to two hosts stay two', () => {
    expect(diagnose([scanned('a.log', [connect('10.0.0.7'), connect('10.0.0.8')])], null).causes).toHaveLength(2);
  });
});

test('ranks with different versions of NCCL are told', () => {
  const rank = (file: string, version: string): ScannedLog => scanned(file, [`${file}:1:2 [0] NCCL INFO NCCL version ${version}+cuda12.4`]);
  expect(diagnose([rank('a', '2.21.5'), rank('b', '2.27.7')], null).facts.at(-1)).toContain('different versions of NCCL (NCCL 2.21.5, NCCL 2.27.7)');
  expect(diagnose([rank('a', '2.21.5'), rank('b', '2.21.5')], null).facts).toEqual(['NCCL 2.21.5']);
});
