import { describe, expect, test } from 'vitest';
import { among, asked, deny, dns, job, only, space, statuses } from '../../../cases/support/asked-job.ts';

const value = (name: string, text: string): string => `, {name: ${name}, value: ${JSON.stringify(text)}}`;
const hub = value('HUB', 'https://hub.example.com/x');
const open = [space, deny, dns, among('{protocol: TCP}')];
const named = (env: string, cluster: readonly string[] = open): Record<string, string> =>
  Object.fromEntries(Object.entries(statuses(only(asked(job(env), cluster, 'cilium@1.19')))).filter(([id]) => /^(?:named|usual|credentials)/.test(id)));

describe('places outside that a container reaches through a proxy', () => {
  const proxy = value('HTTPS_PROXY', 'http://proxy.corp.example.com:3128');

  test.each<[string, string, Record<string, string>]>([
    ['no proxy', hub, { 'named/hub.example.com:443': 'blocked' }],
    ['a proxy by name', hub + proxy, { 'named/proxy.corp.example.com:3128': 'blocked' }],
    ['a proxy by address', hub + value('https_proxy', 'http://user:p@10.0.0.9:3128'), { 'named/10.0.0.9:3128': 'blocked' }],
    ['without a scheme', hub + value('HTTPS_PROXY', 'proxy.example.com:3128'), { 'named/proxy.example.com:3128': 'blocked' }],
    [
      'a proxy for http alone',
      hub + value('HTTP_PROXY', 'http://p.example.com:80'),
      { 'named/hub.example.com:443': 'blocked', 'named/p.example.com:80': 'blocked' },
    ],
    [
      'NO_PROXY has its domain',
      hub + proxy + value('NO_PROXY', '.cluster.local,.example.com'),
      { 'named/hub.example.com:443': 'blocked', 'named/proxy.corp.example.com:3128': 'blocked' },
    ],
    ['NO_PROXY has another', hub + proxy + value('NO_PROXY', 'ample.com, 10.0.0.0/8'), { 'named/proxy.corp.example.com:3128': 'blocked' }],
    [
      'NO_PROXY has everything',
      hub + proxy + value('no_proxy', '*'),
      { 'named/hub.example.com:443': 'blocked', 'named/proxy.corp.example.com:3128': 'blocked' },
    ],
    [
      'NO_PROXY has its block',
      value('A', 'https://10.1.2.3/x') + proxy + value('NO_PROXY', '10.0.0.0/8'),
      { 'named/10.1.2.3:443': 'blocked', 'named/proxy.corp.example.com:3128': 'blocked' },
    ],
    [
      'a data base',
      value('DB', 'postgres://db.example.com') + proxy,
      { 'named/db.example.com:5432': 'blocked', 'named/proxy.corp.example.com:3128': 'blocked' },
    ],
    ['a bucket', value('DATA', 's3://corpus/x') + proxy, { 'named/proxy.corp.example.com:3128': 'blocked' }],
    ['a hub by default', value('HF_TOKEN', 'x') + proxy, { 'named/proxy.corp.example.com:3128': 'blocked' }],
  ])('%s', (_, env, expected) => expect(named(env)).toEqual(expected));

  test('the proxy is told with what goes there, and opened', () => {
    const found = only(asked(job(hub + proxy), open, 'cilium@1.19'));
    const path = found.paths.find((p) => p.id.startsWith('named/'));
    expect(path?.because).toContain('HTTPS_PROXY of container pytorch');
    expect(path?.because).toContain('for hub.example.com of HUB');
    expect(found.patch?.opens).toEqual([path?.id]);
  });

  test('a proxy whose address is not in sight leaves the place unknown', () => {
    const secret = ', {name: HTTPS_PROXY, valueFrom: {secretKeyRef: {name: proxy, key: url}}}';
    expect(named(hub + secret)['named/hub.example.com:443']).toBe('unknown');
    expect(named(hub + secret, [space])['named/hub.example.com:443']).toBe('unknown');
  });

  test('a Service of the cluster that NO_PROXY lacks is unknown, and says what to write', () => {
    const tracker = value('T', 'http://mlflow.tracking.svc:5000') + value('HTTP_PROXY', 'http://p.example.com:3128');
    const found = only(asked(job(tracker), [space], 'cilium@1.19'));
    const path = found.paths.find((p) => p.id === 'named/mlflow.tracking.svc:5000');
    expect(path?.status).toBe('unknown');
    expect(path?.reasons.join()).toContain('NO_PROXY does not have it');
    expect(named(tracker + value('NO_PROXY', '.svc'), [space])['named/mlflow.tracking.svc:5000']).toBe('unknown');
    expect(
      only(asked(job(tracker + value('NO_PROXY', '.svc')), [space], 'cilium@1.19'))
        .paths.map((p) => p.reasons.join())
        .join(),
    ).not.toContain('NO_PROXY');
  });
});

test('credentials that all containers fetch through a proxy are the proxy’s', () => {
  const account =
    'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: ml, annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::1:role/x"}}\n';
  const region = value('AWS_REGION', 'us-east-1');
  expect(named(region, [...open, account])).toEqual({ 'credentials/irsa': 'blocked' });
  expect(named(region + value('HTTPS_PROXY', 'http://p.example.com:3128'), [...open, account])).toEqual({ 'named/p.example.com:3128': 'blocked' });
});
