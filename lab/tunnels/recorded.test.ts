import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FlowDetection } from '../../src/app/flows/detect.ts';
import { CoverageCount } from '../../src/flows/coverage.ts';
import { DropMerger } from '../../src/flows/drop-merger.ts';
import { FlowScanner } from '../../src/flows/flow-scanner.ts';

// What real tunnels asked for: dns2tcp and iodine in network namespaces (`npm run lab:tunnels` records them anew).

describe.each(['dns2tcp-txt', 'iodine-null', 'iodine-txt'])('the recorded tunnel %s', (name) => {
  const text = gunzipSync(readFileSync(new URL(`recorded/${name}.csv.gz`, import.meta.url)));

  test('is told of, as data in names below its domain', () => {
    const detection = new FlowDetection({ allowed: [], budget: 20e9 });
    const count = new CoverageCount(2n ** 62n);
    const scanner = new FlowScanner(name, { now: 0n, count, merger: new DropMerger(), flow: (flow) => detection.add(flow), badLine: () => {} });
    scanner.feed(text);
    scanner.end();
    const { findings } = detection.done(count.done());
    expect(count.bad).toBe(0);
    expect(findings.map((f) => [f.check, f.subjects])).toEqual([['dns-tunnel', ['ai-training/notebook', 'exfil-test.net']]]);
    expect(findings[0]?.confidence).toBe(name === 'iodine-null' ? 'certain' : 'likely');
  });
});
