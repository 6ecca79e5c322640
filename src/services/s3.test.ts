import { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { awsPartition } from './aws-partition.ts';
import { type S3Address, s3Hosts } from './s3.ts';

const regions = ['us-east-1', 'us-west-2', 'eu-central-1', 'ap-southeast-4', 'cn-north-1', 'us-gov-west-1', 'eusc-de-east-1'];

const resolve = new S3Client({ region: 'us-east-1' }).config.endpointProvider;

/** The host that the SDK would call, or null where it refuses the combination. */
function oracle(address: S3Address, useGlobalEndpoint = false): string | null {
  const { bucket, region, style, dualStack, fips, accessPoint, interfaceEndpoint } = address;
  const { id, suffix } = awsPartition(region);
  const kind = accessPoint === null ? 'bucket' : 'accesspoint';
  try {
    const { url } = resolve?.({
      Bucket: accessPoint === null ? bucket : `arn:${id}:s3:${region}:${accessPoint.account}:accesspoint/${accessPoint.name}`,
      Region: region,
      ForcePathStyle: style === 'path',
      UseDualStack: dualStack,
      UseFIPS: fips,
      UseGlobalEndpoint: useGlobalEndpoint,
      Accelerate: false,
      UseArnRegion: true,
      DisableMultiRegionAccessPoints: false,
      ...(interfaceEndpoint === null ? {} : { Endpoint: `https://${kind}.${interfaceEndpoint}.s3.${region}.vpce.${suffix}` }),
    } as Parameters<NonNullable<typeof resolve>>[0]) ?? { url: null };
    return url?.hostname ?? null;
  } catch {
    return null;
  }
}

/** Every combination of what a zone may say of a bucket. */
const addresses: readonly S3Address[] = ['my-data', 'b12', 'ckpt--use1-az4--x-s3', 'runs--euc1-az2--x-s3'].flatMap((bucket) =>
  regions.flatMap((region) =>
    (['virtual-hosted', 'path'] as const).flatMap((style) =>
      [false, true].flatMap((dualStack) =>
        [false, true].flatMap((fips) =>
          [null, { name: 'train', account: '111122223333' }].flatMap((accessPoint) =>
            [null, 'vpce-1a2b3c4d-5e6f'].map((interfaceEndpoint) => ({
              bucket,
              region,
              endpoint: null,
              style,
              dualStack,
              fips,
              accessPoint,
              interfaceEndpoint,
            })),
          ),
        ),
      ),
    ),
  ),
);

test('where the SDK gives a host, it is the first of ours (the SDK is the oracle)', () => {
  const given = addresses.map((address) => ({ address, host: oracle(address) })).filter((one) => one.host !== null);
  expect(given.length).toBeGreaterThan(150);
  for (const { address, host } of given) expect(s3Hosts(address)[0]?.name, JSON.stringify(address)).toBe(host);
});

const plain: S3Address = {
  bucket: 'my-data',
  region: 'us-east-1',
  endpoint: null,
  style: 'virtual-hosted',
  dualStack: false,
  fips: false,
  accessPoint: null,
  interfaceEndpoint: null,
};

test.each(regions)('%s: the legacy global name is listed exactly where the SDK knows it', (region) => {
  const global = oracle({ ...plain, region }, true);
  const names = s3Hosts({ ...plain, region }).map((host) => host.name);
  expect(names).toContain(global);
  expect(names).toHaveLength(region === 'us-east-1' ? 2 : 1);
});

test('an endpoint of another store takes the place of all of it', () => {
  const own = { ...plain, region: '', endpoint: 's3.example.com', dualStack: true };
  expect(s3Hosts(own)).toEqual([{ name: 'my-data.s3.example.com', required: true }]);
  expect(s3Hosts({ ...own, style: 'path' })).toEqual([{ name: 's3.example.com', required: true }]);
});
