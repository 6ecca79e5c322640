import { asked, coredns, forwarded, type Json, minio, notebook, prometheus, workers } from './records.ts';
import type { Seeded } from './seeded.ts';

// What an ordinary day of training looks like. Invented: names and rhythms are those of the documents of PyTorch, S3, Weights & Biases and Kubernetes, not of
// any recorded cluster. Written without looking at what detectors ask for, and apart from the attacks.

const shards = 400;

/** Hosts that a day of training asks for: few names of its own, and many of clouds. */
function hosts(chance: Seeded): string[] {
  return [
    'my-training-data.s3.us-east-1.amazonaws.com',
    'my-checkpoints.s3.us-east-1.amazonaws.com',
    'sts.us-east-1.amazonaws.com',
    'api.wandb.ai',
    'huggingface.co',
    'cdn-lfs.huggingface.co',
    'us.aws.cdn.hf.co',
    'packages.example.org',
    'files.packages.example.org',
    `${chance.letters(14)}.cloudfront.net`,
    `${chance.letters(13)}.gr7.us-east-1.eks.amazonaws.com`,
    'minio.storage.svc.cluster.local',
    'telemetry.nvidia.com',
  ];
}

/** One day from `start` (milliseconds since 1970), thinned by `density` (1: all). */
export function* benignDay(chance: Seeded, start: number, density = 1): Generator<Json> {
  const uuid = (): string => `${chance.letters(8)}-${chance.letters(12)}`;
  const day = 86_400_000;
  const names = hosts(chance);
  const s3 = { ip: '52.216.10.20', names: ['my-training-data.s3.us-east-1.amazonaws.com'] };
  const wandb = { ip: '35.186.228.49', names: ['api.wandb.ai'] };
  const steps = Math.max(1, Math.floor(1440 * density));
  for (let i = 0; i < steps; i++) {
    const at = start + (i / steps) * day + chance.next() * 1000;
    const worker = chance.of(workers);
    // Search lists of resolv.conf: with ndots:5 an outside name is first asked for inside. Source: kubernetes.io, DNS for Services and Pods.
    const name = chance.of(names);
    if (chance.next() < 0.5) yield* asked(at, worker, `${name}.ai-training.svc.cluster.local`, ['A'], uuid(), 3);
    yield* asked(at + 1, worker, name, [chance.of(['A', 'AAAA'])], uuid());
    // Data that lies in many buckets and shards.
    if (chance.next() < 0.6)
      yield* asked(at + 5, worker, `shard-${String(chance.below(shards)).padStart(5, '0')}.my-training-data.s3.us-east-1.amazonaws.com`, ['A'], uuid());
    yield* forwarded({ at: at + 20, from: worker, to: s3, sourcePort: 33_000 + chance.below(27_000), port: 443 }, uuid());
    yield* forwarded({ at: at + 30, from: worker, to: minio, sourcePort: 33_000 + chance.below(27_000), port: 9000 }, uuid());
    if (i % 15 === 0)
      yield* forwarded({ at: at + 40, from: workers[0] as (typeof workers)[number], to: wandb, sourcePort: 33_000 + chance.below(27_000), port: 443 }, uuid());
    yield* forwarded({ at: at + 50, from: prometheus, to: worker, sourcePort: 33_000 + chance.below(27_000), port: 9400 }, uuid());
    const peer = chance.of(workers);
    if (peer !== worker)
      yield* forwarded({ at: at + 60, from: worker, to: peer, sourcePort: 33_000 + chance.below(27_000), port: 33_000 + chance.below(27_000) }, uuid());
    if (i % 60 === 0) yield* forwarded({ at: at + 70, from: notebook, to: { ...coredns }, sourcePort: 33_000 + chance.below(27_000), port: 53 }, uuid());
  }
}
