import { z } from 'zod';
import { tenantControls } from '../model/tenant-control.ts';
import { maybe } from './maybe.ts';
import { cidrs, dnsLabel, hostName, plain, port, selector, shown } from './text.ts';

/** Names hosts. */
export const region: z.ZodString = z
  .string()
  .regex(/^[a-z0-9-]{2,40}$/, { error: (issue) => `expected a region such as us-east-1, found ${shown(issue.input)}` });

/** Twelve digits, as text: a number would lose leading zeros. */
export const awsAccount: z.ZodString = z.string().regex(/^\d{12}$/, { error: () => 'expected an AWS account id: 12 digits, in quotes' });

const prefix = maybe(plain(1024)).describe('Key prefix inside the bucket. No network rule can see it; it is for identity policies.');

const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
  error: (issue) => `expected a bucket name (3 to 63 lower-case letters, digits, dots and dashes), found ${shown(issue.input)}`,
});

/** One data set of a workload. Rules that need more than one field are in `data-faults.ts`. */
export const dataSet = z.strictObject({
  name: dnsLabel.describe('Name of the data set; names its policy.'),
  access: z
    .enum(['read', 'write-once', 'write-resume', 'rotate'])
    .default('read')
    .describe(
      'What the workload does with it. write-once: new objects only (S3 has no such right: who may write may replace, so keep what is there by versioning or Object Lock); write-resume: also reads its own back; rotate: also deletes old ones.',
    ),
  s3: maybe(
    z.strictObject({
      bucket: bucketName.describe('Bucket name.'),
      prefix,
      region: maybe(region).describe('Region of the bucket. Default: platform.region.'),
      endpoint: maybe(hostName).describe(
        'Host name of another front end (dual-stack, FIPS, interface endpoint, S3-compatible). Default: Amazon S3 of the region.',
      ),
      style: z
        .enum(['virtual-hosted', 'path'])
        .default('virtual-hosted')
        .describe("virtual-hosted: the bucket is part of the host name. path: the shared host name is opened, and with it every tenant's buckets."),
      dualStack: z.boolean().default(false).describe('Whether clients use the names that also resolve to IPv6 (AWS_USE_DUALSTACK_ENDPOINT).'),
      fips: z.boolean().default(false).describe('Whether clients use the FIPS names (AWS_USE_FIPS_ENDPOINT).'),
      accessPoint: maybe(
        z.strictObject({
          name: z
            .string()
            .regex(/^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$/, { error: (issue) => `expected the name of an access point, found ${shown(issue.input)}` })
            .describe('Name of the access point.'),
          account: awsAccount.describe('AWS account that owns the access point, in quotes.'),
        }),
      ).describe('Access point through which clients reach the bucket; its name takes the place of the bucket in the host name.'),
      account: maybe(awsAccount).describe(
        'AWS account that owns the bucket, in quotes. Policies then hold for the bucket of this account alone, should the name ever pass to another.',
      ),
      kmsKey: maybe(
        z.string().regex(/^arn:aws[a-z-]{0,20}:kms:[a-z0-9-]{2,40}:\d{12}:key\/[A-Za-z0-9-]{1,64}$/, {
          error: (issue) => `expected the ARN of a KMS key, found ${shown(issue.input)}`,
        }),
      ).describe(
        'KMS key that encrypts its objects, where it is not that of S3. Give checkpoints a key of their own: who may write under a key may also decrypt under it.',
      ),
      interfaceEndpoint: maybe(
        z.string().regex(/^vpce-[0-9a-z-]{8,60}$/, { error: (issue) => `expected the id of a VPC endpoint (vpce-1a2b3c4d-5e6f), found ${shown(issue.input)}` }),
      ).describe(
        'Interface endpoint of S3 that clients are pointed at: the id in its DNS names. Write its addresses into cidrs where the CNI knows no names. The bucket of S3 Express One Zone has none.',
      ),
    }),
  ).describe('Amazon S3, or a store that speaks it, outside the cluster.'),
  gcs: maybe(
    z.strictObject({
      bucket: plain(222).describe('Bucket name.'),
      prefix,
      vip: z
        .enum(['public', 'private', 'restricted'])
        .default('public')
        .describe(
          "Where the VPC sends the names of Google APIs. restricted: to 199.36.153.4/30 and 2600:2d00:2:1000::/64, which serve only what VPC Service Controls govern. private: to 199.36.153.8/30 and 2600:2d00:2:2000::/64. public: to Google's front ends.",
        ),
    }),
  ).describe("Google Cloud Storage. One host name serves every tenant: no network rule can tell this bucket from another's."),
  azureBlob: maybe(
    z.strictObject({
      account: z
        .string()
        .regex(/^[a-z0-9]{3,24}$/, { error: (issue) => `expected a storage account name (3 to 24 lower-case letters and digits), found ${shown(issue.input)}` })
        .describe('Storage account; it is part of the host name.'),
      container: plain(63).describe('Container.'),
      prefix,
    }),
  ).describe('Azure Blob Storage or Data Lake Storage.'),
  oci: maybe(
    z.strictObject({
      namespace: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: (issue) => `expected the Object Storage namespace of the tenancy, found ${shown(issue.input)}` })
        .describe('Object Storage namespace of the tenancy.'),
      bucket: plain(256).describe('Bucket name.'),
      prefix,
      region: maybe(region).describe('Region of the bucket. Default: platform.region.'),
      api: z
        .enum(['native', 's3', 'shared'])
        .default('native')
        .describe(
          'native: the dedicated host name, which names the tenancy. s3: the host names of the S3-compatible API, which do too. shared: the older host name that serves every tenancy.',
        ),
    }),
  ).describe('OCI Object Storage.'),
  mount: maybe(
    z.strictObject({
      filesystem: z.enum(['nfs', 'lustre', 'smb', 'other']).describe('What is mounted.'),
      server: plain(255).describe('Its server, for people: an address or a name.'),
    }),
  ).describe('A file system that the node mounts (NFS, Lustre, FSx, Filestore, a CSI volume). The pod opens no connection for it.'),
  objectStore: maybe(
    z.strictObject({
      namespace: dnsLabel.describe('Namespace of the store.'),
      selector: selector.describe("Labels of the store's pods."),
      port: port.describe("Port the store's pods listen on: the Service's targetPort, not its port."),
      bucket: maybe(plain(255)).describe('Bucket, for identity policies.'),
      prefix,
    }),
  ).describe('An object store in this cluster (MinIO, Ceph RGW and the like).'),
  through: z
    .enum(['sdk', 'sidecar', 'csi-pod', 'node'])
    .default('sdk')
    .describe(
      'Who opens the connection. sdk: the training process. sidecar: a container beside it (gcsfuse). csi-pod: a pod of a CSI driver in a namespace of its own; for S3 this is Mountpoint, in mount-s3, and the policies are made there. node: a driver on the node (blobfuse, kernel mounts), which no policy governs: none is made. Of the last two no rule on training pods is made, and none would govern them.',
    ),
  tenantControl: maybe(z.enum(tenantControls)).describe(
    "What decides whose data can be reached, where a shared front end does not: the policy of the VPC endpoint, a perimeter of VPC Service Controls, an Azure service endpoint policy, a private endpoint with no public route, or a proxy that opens TLS. It is the zone's word; no network rule shows it. Left out: nothing does.",
  ),
  cidrs: cidrs.default([]).describe('Addresses of the store: used where the CNI knows no names, or on their own.'),
  port: port.default(443).describe('TCP port of the store at cidrs.'),
});
