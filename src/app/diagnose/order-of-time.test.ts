import { describe, expect, test } from 'vitest';
import { diagnose } from './diagnose.ts';
import { LogScanner, type ScannedLog } from './log-scanner.ts';

function scanned(file: string, lines: readonly string[]): ScannedLog {
  const scanner = new LogScanner(file);
  scanner.feed(Buffer.from(`${lines.join('\n')}\n`, 'utf8'));
  return scanner.end();
}

const firsts = (logs: readonly ScannedLog[]): unknown => diagnose(logs, null).causes.map(({ first }) => [first?.time, first?.pod]);
const memory = 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB';
const module = "ModuleNotFoundError: No module named 'flash_attn'";

describe('when a cause was first seen', () => {
  test('is the earliest of all logs that show it', () => {
    const logs = [
      scanned('w-0.log', [`2026-11-26T10:00:09Z ${memory}`, `2026-11-26T10:00:03Z ${module}`]),
      scanned('w-1.log', [`2026-11-26T10:00:01Z ${memory}`]),
    ];
    expect(firsts(logs)).toEqual([
      ['2026-11-26T10:00:01.000Z', 'w-1'],
      ['2026-11-26T10:00:03.000Z', 'w-0'],
    ]);
  });

  test('is the earliest line where nobody tells whose they are', () => {
    const log = scanned('all.log', [`2026-11-26T10:00:05Z ${memory}`, `2026-11-26T10:00:03Z ${module}`, `2026-11-26T10:00:01Z ${memory}`]);
    expect(firsts([log])).toEqual([
      ['2026-11-26T10:00:01.000Z', null],
      ['2026-11-26T10:00:03.000Z', null],
    ]);
  });

  test('is not told where one of the lines that show it tells no time, or one of another clock', () => {
    const others = (line: string): unknown => firsts([scanned('w-0.log', [`2026-11-26T10:00:09Z ${memory}`]), scanned('w-1.log', [line])]);
    expect(others(memory)).toEqual([[undefined, undefined]]);
    expect(others(`E1126 09:00:00.0 1 a.py:1] ${memory}`)).toEqual([[undefined, undefined]]);
  });

  test('tells no order across the turn of a year that nobody names', () => {
    expect(firsts([scanned('all.log', [`E1231 23:59:59.0 1 a.py:1] ${memory}`, `E0101 00:00:01.0 1 a.py:1] ${module}`])])).toEqual([
      ['12-31 23:59:59.0', null],
      ['01-01 00:00:01.0', null],
    ]);
    expect(firsts([scanned('all.log', [`E1231 23:59:59.0 1 a.py:1] ${memory}`, `E1231 23:59:51.0 1 a.py:1] ${module}`])])).toEqual([
      ['12-31 23:59:51.0', null],
      ['12-31 23:59:59.0', null],
    ]);
  });

  test('is said to come first where all else that is as likely came later', () => {
    const because = (logs: readonly ScannedLog[]): unknown => diagnose(logs, null).causes.map((c) => c.because.some((b) => b.startsWith('it came first')));
    expect(because([scanned('all.log', [`2026-11-26T10:00:05Z ${memory}`, `2026-11-26T10:00:03Z ${module}`])])).toEqual([true, false]);
    expect(because([scanned('all.log', [`2026-11-26T10:00:03.9Z ${memory}`, `2026-11-26T10:00:03.1Z ${module}`])])).toEqual([false, false]);
    expect(because([scanned('all.log', [`2026-11-26T10:00:05Z ${memory}`])])).toEqual([false]);
  });
});
