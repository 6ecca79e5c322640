import { STSClient } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { stsHosts } from './sts.ts';

const resolve = new STSClient({ region: 'us-east-1' }).config.endpointProvider;

const rows = ['us-east-1', 'eu-west-3', 'ap-east-1', 'me-central-1', 'cn-north-1', 'us-gov-west-1', 'us-gov-east-1', 'eusc-de-east-1'].flatMap((region) =>
  [false, true].flatMap((dualStack) => [false, true].map((fips) => ({ region, dualStack, fips }))),
);

test.each(rows)('$region, dual stack $dualStack, FIPS $fips: the SDK asks for the first host', ({ region, dualStack, fips }) => {
  const url = resolve?.({ Region: region, UseDualStack: dualStack, UseFIPS: fips, UseGlobalEndpoint: false }).url;
  expect(stsHosts(region, { dualStack, fips })[0]).toEqual({ name: url?.hostname, required: true });
});

test('the global name is for old clients of the commercial partition alone', () => {
  const global = (region: string) => stsHosts(region, { dualStack: false, fips: false }).some((host) => host.name === 'sts.amazonaws.com' && !host.required);
  expect(['us-east-1', 'ap-east-1'].map(global)).toEqual([true, true]);
  expect(['cn-north-1', 'us-gov-west-1', 'eusc-de-east-1'].map(global)).toEqual([false, false, false]);
});
