import { expect, test } from 'vitest';
import { asked, deny, dns, job, only, space } from '../../../cases/support/asked-job.ts';

const ns = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
const redis = (namespace: string): string => `
apiVersion: v1
kind: Service
metadata: {name: redis, namespace: ${namespace}}
spec: {selector: {app: redis}, ports: [{port: 6379}]}
---
apiVersion: v1
kind: Pod
metadata: {name: redis-0, namespace: ${namespace}, labels: {app: redis}}
spec: {containers: [{name: r, image: r}]}
`;

function judged(host: string, more: readonly string[] = []): string {
  const { paths } = only(asked(job(`, {name: U, value: "http://${host}"}`), [space, deny, dns, ...more], 'cilium@1.19'));
  const [path] = paths.filter((p) => p.id.startsWith('named/'));
  return `${path?.status} ${path?.witnesses[0]?.packet.to.kind ?? (path?.reasons.join().includes('may be a name outside or a Service of the cluster') ? 'which' : '')}`;
}

// Two letters: `db` is nobody's outside, `ml` and `io` are countries'.
test.each<readonly [string, readonly string[], string]>([
  ['redis.db:6379', [redis('db')], 'blocked pod'],
  ['redis.db:6379', [ns('db')], 'unknown which'],
  ['redis.db:6379', [], 'unknown which'],
  ['redis.ml:6379', [redis('ml')], 'blocked pod'],
  ['redis.io:6379', [redis('io')], 'blocked pod'],
  ['redis.io:6379', [], 'unknown which'],
  ['wandb.ai:443', [], 'blocked name'],
  ['wandb.ai:443', [ns('ai')], 'unknown which'],
  ['example.com:5000', [], 'blocked name'],
  ['redis-0.redis.db:6379', [redis('db')], 'blocked pod'],
  ['redis-0.redis.db:6379', [], 'unknown which'],
  ['api.wandb.ai:8080', [], 'blocked name'],
  ['tracker.corp.internal:5000', [], 'blocked name'],
  ['a.b.c.d:5000', [], 'blocked name'],
])('a short name is looked for in the cluster before it is looked for outside: %s', (host, more, wanted) => {
  expect(judged(host, more)).toBe(wanted);
});
