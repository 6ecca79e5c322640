import type { Path } from '../kernel/origin.ts';
import type { TenantControl } from '../model/tenant-control.ts';
import { awsPartition } from '../services/aws-partition.ts';
import { directoryBucketZone } from '../services/s3.ts';
import { driverOf } from './csi-driver.ts';
import { dialsItself } from './data-need.ts';
import type { Fault } from './fault.ts';
import { shutFaults } from './shut-faults.ts';
import type { DataSet, S3Location, ZoneSpec } from './zone.ts';

const places = ['s3', 'gcs', 'azureBlob', 'oci', 'objectStore', 'mount'] as const;

/** What is wrong with one data set whose every field is fine by itself. */
export function dataFaults(spec: ZoneSpec, data: DataSet, path: Path): readonly Fault[] {
  return [
    ...placeFaults(spec, data, path),
    ...(data.s3 === null ? [] : [...s3Faults(spec, data.s3, [...path, 's3']), ...sessionFaults(data, data.s3, path)]),
    ...prefixFaults(data, path),
    ...pathFaults(data, path),
    ...controlFaults(data, path),
    ...shutFaults(spec, data.cidrs, [...path, 'cidrs']),
  ];
}

function placeFaults(spec: ZoneSpec, data: DataSet, path: Path): readonly Fault[] {
  const faults: Fault[] = [];
  const given = places.filter((key) => data[key] !== null);
  if (given.length > 1)
    faults.push({
      code: 'several-locations',
      path,
      message: `The data set lies in ${given.join(' and ')}; one place is expected.`,
      hint: 'Make a data set of each.',
    });
  if (given.length === 0 && data.cidrs.length === 0)
    faults.push({
      code: 'location-missing',
      path,
      message: `The data set ${data.name} does not say where it lies.`,
      hint: `Add one of ${places.join(', ')}, or cidrs with port.`,
    });
  if (data.objectStore !== null && data.cidrs.length > 0)
    faults.push({
      code: 'cidrs-without-effect',
      path: [...path, 'cidrs'],
      message: 'A store in the cluster is chosen by its pods; addresses do not apply.',
      hint: 'Remove cidrs.',
    });
  if (data.oci !== null && data.oci.region === null && spec.platform.region === null)
    faults.push({
      code: 'region-missing',
      path: [...path, 'oci'],
      message: `The host name of bucket ${data.oci.bucket} needs a region.`,
      hint: 'Add oci.region or platform.region.',
    });
  const store = data.objectStore;
  if (
    store !== null &&
    spec.protected.some((zone) => zone.namespaces !== null && 'names' in zone.namespaces && zone.namespaces.names.includes(store.namespace))
  )
    faults.push({
      code: 'wanted-and-protected',
      path: [...path, 'objectStore', 'namespace'],
      message: `The namespace ${store.namespace} is protected from training and holds data that training needs.`,
      hint: 'Take it out of protected; everything but the listed port stays shut anyway.',
    });
  return faults;
}

/** Source of what cannot be combined: the endpoint rule set of @aws-sdk/client-s3, which refuses or overrides each of these. */
function s3Faults(spec: ZoneSpec, s3: S3Location, path: Path): readonly Fault[] {
  const faults: Fault[] = [];
  const region = s3.region ?? spec.platform.region;
  if (region === null && s3.endpoint === null)
    faults.push({
      code: 'region-missing',
      path,
      message: `The host name of bucket ${s3.bucket} needs a region.`,
      hint: 'Add s3.region or platform.region.',
    });
  if (s3.bucket.includes('.') && s3.style === 'virtual-hosted' && s3.accessPoint === null)
    faults.push({
      code: 'bucket-with-dots',
      path: [...path, 'bucket'],
      message: `Clients reach bucket ${s3.bucket} under the shared path-style name, because its own name has dots.`,
      hint: "Write style: path (it opens every tenant's buckets), or use a bucket without dots.",
    });
  const express = directoryBucketZone(s3.bucket) !== null;
  if (s3.style === 'path' && (s3.accessPoint !== null || (express && s3.endpoint === null)))
    faults.push({
      code: 'no-path-style',
      path: [...path, 'style'],
      message: `${s3.accessPoint === null ? 'A bucket of S3 Express One Zone' : 'An access point'} has no path-style name.`,
      hint: 'Remove style.',
    });
  if (s3.interfaceEndpoint !== null && express)
    faults.push({
      code: 'no-interface-endpoint',
      path: [...path, 'interfaceEndpoint'],
      message: 'A bucket of S3 Express One Zone is not behind the interface endpoint of S3: it has endpoints of its own (com.amazonaws.REGION.s3express).',
      hint: 'Remove interfaceEndpoint, or write the host name that clients use into endpoint.',
    });
  if (s3.interfaceEndpoint !== null && (s3.dualStack || s3.fips))
    faults.push({
      code: 'switch-without-effect',
      path: [...path, s3.dualStack ? 'dualStack' : 'fips'],
      message: 'A client that is pointed at an interface endpoint takes no dual-stack or FIPS name: SDKs refuse the two together.',
      hint: 'Keep one of the two.',
    });
  if (s3.fips && region !== null && !awsPartition(region).s3Fips)
    faults.push({
      code: 'no-fips-here',
      path: [...path, 'fips'],
      message: `S3 has no FIPS names in ${region}.`,
      hint: 'Remove fips.',
    });
  const replaced = (['accessPoint', 'interfaceEndpoint', 'dualStack', 'fips'] as const).filter((key) => s3[key] !== null && s3[key] !== false);
  if (s3.endpoint !== null && replaced.length > 0)
    faults.push({
      code: 'endpoint-replaces',
      path: [...path, 'endpoint'],
      message: `endpoint replaces Amazon's front end, so ${replaced.join(' and ')} would have no effect.`,
      hint: `Remove endpoint, or ${replaced.join(' and ')}.`,
    });
  return faults;
}

/** What a session of a directory bucket cannot hold to. Source: Amazon S3 API reference, CreateSession: it is for a bucket, and for reading or for all. */
function sessionFaults({ access }: DataSet, { bucket, prefix, accessPoint, endpoint }: S3Location, path: Path): readonly Fault[] {
  if (directoryBucketZone(bucket) === null || accessPoint !== null || endpoint !== null) return [];
  const wider = [
    ...(access === 'read' || access === 'rotate' ? [] : [`lets whoever writes delete, which ${access} is not to`]),
    ...((prefix ?? '') === '' ? [] : ['covers the whole bucket, whatever the prefix']),
  ];
  if (wider.length === 0) return [];
  return [
    {
      severity: 'warning',
      code: 'session-too-wide',
      path,
      message: `A session of S3 Express One Zone ${wider.join(', and ')}: no policy holds it to less.`,
      hint: 'Use a general purpose bucket, or write what a session can do: access: rotate, without a prefix.',
    },
  ];
}

/** Policies of S3 and of stores that speak it read these as wildcards and variables. Source: IAM user guide, policy elements: Resource, variables. */
function prefixFaults({ s3, objectStore, azureBlob }: DataSet, path: Path): readonly Fault[] {
  if (azureBlob !== null && azureBlob.prefix !== null)
    return [
      {
        severity: 'warning',
        code: 'prefix-not-held',
        path: [...path, 'azureBlob', 'prefix'],
        message: 'Roles of Azure are assigned for a whole container, and nothing that is made holds the workload to a prefix in it.',
        hint: 'Give the data set a container of its own, or put a condition on the role assignment (attribute blobs:path).',
      },
    ];
  const place = s3 === null ? 'objectStore' : 's3';
  const sign = /[*?]|\$\{/.exec((s3 ?? objectStore)?.prefix ?? '')?.[0];
  if (sign === undefined) return [];
  return [
    {
      code: 'wildcard-in-prefix',
      path: [...path, place, 'prefix'],
      message: `A policy would read ${sign} in a prefix as more than itself, and let in what lies beside it.`,
      hint: 'Write what all keys begin with, as it is; what follows is meant by itself.',
    },
  ];
}

function pathFaults(data: DataSet, path: Path): readonly Fault[] {
  const faults: Fault[] = [];
  if (data.mount !== null && data.through !== 'node' && data.through !== 'csi-pod')
    faults.push({
      code: 'mount-is-not-dialled',
      path: [...path, 'through'],
      message: 'A mounted file system is reached by the node or by a pod of its driver, never by the training process.',
      hint: 'Write through: node (kernel mounts and most CSI drivers), or through: csi-pod.',
    });
  if (!dialsItself(data) && driverOf(data) === null && data.mount === null && data.cidrs.length > 0)
    faults.push({
      code: 'cidrs-without-effect',
      path: [...path, 'cidrs'],
      severity: 'warning',
      message: `No policy is made for this, because the connection comes from elsewhere (through: ${data.through}); the addresses have no effect.`,
      hint: 'Remove cidrs, or write through: sdk where the training process itself connects.',
    });
  return faults;
}

/** Which control can stand before which store. */
const controlsOf: Readonly<Record<(typeof places)[number], readonly TenantControl[]>> = {
  s3: ['endpoint-policy', 'proxy'],
  gcs: ['vpc-service-controls', 'proxy'],
  azureBlob: ['service-endpoint-policy', 'private-endpoint', 'proxy'],
  oci: ['private-endpoint', 'proxy'],
  objectStore: [],
  mount: [],
};

function controlFaults(data: DataSet, path: Path): readonly Fault[] {
  const place = places.find((key) => data[key] !== null);
  const control = data.tenantControl;
  if (control === null || place === undefined || controlsOf[place].includes(control)) return [];
  const known = controlsOf[place];
  return [
    {
      code: 'control-of-another-store',
      path: [...path, 'tenantControl'],
      message: `${control} does not decide whose data is reached in ${place}.`,
      hint: known.length === 0 ? 'Remove tenantControl: the store is yours alone.' : `Write one of ${known.join(', ')}, or remove it.`,
    },
  ];
}
