import { describe, expect, test } from 'vitest';
import { timeIn, timeOf } from './log-time.ts';

describe('the time at the beginning of a line', () => {
  test.each([
    ['2026-11-26T10:00:00.123456789Z text', '2026-11-26T10:00:00.123Z', true],
    ['2026-11-26T10:00:00+01:00 text', '2026-11-26T09:00:00.000Z', true],
    ['2026-11-26T10:00:00-0330', '2026-11-26T13:30:00.000Z', true],
    ['2026-11-26 10:00:00,123 INFO text', '2026-11-26 10:00:00,123', false],
    ['WARNING:root:2026-11-26 10:00:00,123', '2026-11-26 10:00:00,123', false],
    ['[2026-11-26 10:00:00] llm-worker-0:1:2 [0] NCCL INFO', '2026-11-26 10:00:00', false],
    ['[2026-11-26 10:00:00,123 W 1 1] (raylet) text', '2026-11-26 10:00:00,123', false],
    ['[W1126 10:00:00.123456 socket.cpp:697] [c10d] text', '11-26 10:00:00.123456', false],
    ['E1126 10:00:00.1 1 a.cc:1] text', '11-26 10:00:00.1', false],
  ])('%s', (text, shown, zoned) => {
    expect(timeIn(text)).toMatchObject({ text: shown, zoned });
  });

  test.each([
    '',
    '2026-13-26 10:00:00',
    '2026-11-26 25:00:00',
    '2026-11-26 10:00:001',
    'step 3 of 2026-11-26 10:00:00',
    '[W socket.cpp:697] text',
    '[W1326 10:00:00.1',
  ])('is none in %j', (text) => {
    expect(timeIn(text)).toBeNull();
  });
});

describe('the time in a field', () => {
  test.each([
    [1_795_690_809.5, '2026-11-26T11:00:09.500Z'],
    [1_795_690_809_500, '2026-11-26T11:00:09.500Z'],
    ['1795690809500000', '2026-11-26T11:00:09.500Z'],
    ['1795690809500000000', '2026-11-26T11:00:09.500Z'],
    ['2026-11-26T11:00:09.5Z', '2026-11-26T11:00:09.500Z'],
  ])('%s', (stamp, shown) => {
    expect(timeOf(stamp)).toMatchObject({ text: shown, zoned: true });
  });

  test.each([0, 12, -1, 1e300, Number.NaN, '', '17', 'soon', 'x'.repeat(100_000)])('is none in %j', (stamp) => {
    expect(timeOf(stamp)).toBeNull();
  });
});
