import { expect, test } from 'vitest';
import { sightingIn } from './sighting.ts';

test.each([
  ['the number of a collective', 'Watchdog caught collective operation timeout: WorkNCCL(SeqNum=110, OpType=ALLREDUCE', 'pytorch/watchdog'],
  ['that of a fault of a GPU', 'NVRM: Xid (PCI:0000:3b:00): 104, pid=1234', 'programs/xid'],
  ['what CUDA says of a kernel', 'CUDA error: the launch timed out and was terminated', 'programs/cuda-error'],
])('%s is no way for a connection to end', (_, text, id) => {
  const sighting = sightingIn(text, null);
  expect([sighting?.signature.id, sighting?.outcome]).toEqual([id, 'unclear']);
});
