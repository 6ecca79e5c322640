import { describe, expect, test } from 'vitest';
import { isLoopback } from './loopback.ts';

describe('the loopback of whoever dials it', () => {
  test.each(['127.0.0.1', '127.0.1.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1', 'localhost', 'LOCALHOST.', 'ip6-localhost'])('%s is', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  test.each(['128.0.0.1', '10.127.0.1', '::2', 'localhost.example.com', 'not-localhost', '127.example.com', ''])('%s is not', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
