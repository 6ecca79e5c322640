import { expect, test } from 'vitest';
import { asked, deny, dns, only, space } from '../../../cases/support/asked-job.ts';

function named(command: readonly string[], env: Readonly<Record<string, string>> = {}): readonly string[] {
  const init = { name: 'wait', image: 'busybox', command, env: Object.entries(env).map(([name, value]) => ({ name, value })) };
  const spec = { restartPolicy: 'Never', initContainers: [init], containers: [{ name: 't', image: 'x', command: ['python', 't.py'] }] };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'wk', namespace: 'ml' }, spec: { template: { spec } } };
  const { paths } = only(asked(JSON.stringify(job), [space, deny, dns], 'cilium@1.19'));
  return paths.filter((p) => p.id.startsWith('named/')).map((p) => `${p.id.slice(6)} ${p.status}${p.required ? '' : ' beside'}`);
}

test.each<readonly [string, string, Readonly<Record<string, string>>]>([
  ['until nc -z h.example.com 6379; do sleep 2; done', 'h.example.com:6379 blocked', {}],
  ['for i in $(seq 1 30); do nc -vzw 3 h.example.com 6379 && break; done', 'h.example.com:6379 blocked', {}],
  ['while ! nc -z -w1 203.0.113.9 5432 2>/dev/null; do :; done', '203.0.113.9:5432 blocked', {}],
  ['until nc -z redis 6379; do sleep 2; done', 'redis:6379 unknown', {}],
  ['nc -z $DB_H ${DB_P}', 'h.example.com:5432 blocked', { DB_H: 'h.example.com', DB_P: '5432' }],
  ['H=h.example.com; until nc -z $H 80; do sleep 1; done', 'h.example.com:80 blocked', {}],
  ['for h in a b; do nc -z $h 22; done', '${h}:22 unknown', {}],
  ['/wait-for-it.sh h.example.com:5432 -t 60 -- echo up', 'h.example.com:5432 blocked', {}],
  ['wait-for-it --host=h.example.com --port=5432', 'h.example.com:5432 blocked', {}],
  ['wait-for h.example.com:5432 -- true', 'h.example.com:5432 blocked', {}],
  ['until curl -sf h.example.com:8080/health; do sleep 1; done', 'h.example.com:8080 blocked', {}],
  ['until curl -sf http://h.example.com:8080/health; do sleep 1; done', 'h.example.com:8080 blocked', {}],
  ['until (echo > /dev/tcp/h.example.com/5432); do sleep 1; done', 'h.example.com:5432 blocked', {}],
])('what an init container waits for is a path that the job needs: %s', (script, wanted, env) => {
  expect(named(['sh', '-c', script], env)).toEqual([wanted]);
});

test('a command without a shell counts as well', () => {
  expect(named(['nc', '-z', 'h.example.com', '6379'])).toEqual(['h.example.com:6379 blocked']);
});

test.each([
  'nc -l -p 8080',
  'nc -lk 0.0.0.0 8080',
  'nc -zu h.example.com 53',
  'curl -u me:1234 -o out.txt --version',
  'until nc -z $MASTER_ADDR 29500; do sleep 1; done',
  'until nc -z localhost 8080; do sleep 1; done',
  'until getent hosts redis.db.svc; do sleep 1; done',
  'echo nc',
])('what dials nobody names nothing: %s', (script) => {
  expect(named(['sh', '-c', script])).toEqual([]);
});

test('no text of a command makes it hang', () => {
  for (const part of ['$(', 'nc -', '-w ', '/dev/tcp/', 'a:', '${', '[', '=']) named(['sh', '-c', `curl wait-for-it nc ${part.repeat(20_000)}`]);
});
