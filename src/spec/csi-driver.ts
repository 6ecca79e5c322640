import type { Path } from '../kernel/origin.ts';
import type { Labels } from '../model/labels.ts';
import type { NameIntent } from '../model/name-intent.ts';
import { credentialNeeds } from './credential-need.ts';
import { storageNeed } from './data-need.ts';
import { dnsNeed } from './dns-need.ts';
import type { Need } from './need.ts';
import type { DataSet, ZoneSpec, ZoneWorkload } from './zone.ts';

/** A CSI driver that fetches data in pods of its own: rules belong there, for that is where the traffic starts. */
interface CsiDriver {
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  readonly namespace: string;
  /** Of its pods that fetch; the empty selector is all pods of the namespace. */
  readonly selector: Labels;
}

/**
 * One pod a mount, on the pod network, in a namespace where nothing else runs; its labels have values that differ from mount to mount. It asks S3 and, for the role
 * that it mounts with, STS or the agent of Pod Identity. Source: awslabs/mountpoint-s3-csi-driver charts/aws-mountpoint-s3-csi-driver/values.yaml
 * (mountpointPod.namespace, eksPodIdentityAgent), pkg/podmounter/mppod/creator.go, docs/CONFIGURATION.md.
 */
const mountpoint: CsiDriver = { name: 's3.csi.aws.com', title: 'Mountpoint for S3', namespace: 'mount-s3', selector: {} };

/** The driver whose pods fetch a data set; null where other pods or the node do, or where it is not known which pods those are. */
export function driverOf({ through, s3 }: Pick<DataSet, 'through' | 's3'>): CsiDriver | null {
  return through === 'csi-pod' && s3 !== null ? mountpoint : null;
}

/** What the pods of a driver must reach for one workload. */
export interface DriverIntent extends CsiDriver {
  /** DNS, the data sets and the credentials that they are fetched with. */
  readonly needs: readonly Need[];
  readonly names: readonly NameIntent[];
  /** Of the data of the workload in the zone document. */
  readonly path: Path;
}

/** What pods of drivers fetch for a workload. */
export function driverIntents(spec: ZoneSpec, workload: ZoneWorkload, workloadPath: Path): readonly DriverIntent[] {
  const path = [...workloadPath, 'data'];
  const drivers = [...new Set(workload.data.flatMap((data) => driverOf(data) ?? []))];
  return drivers.map((driver) => {
    const beyondDns = [
      ...workload.data.flatMap((data, index) => (driverOf(data) === driver ? [storageNeed(spec, data, [...path, index])] : [])),
      ...credentialNeeds(spec, workload, workloadPath),
    ];
    const dns = dnsNeed(spec.platform, beyondDns, ['spec', 'platform', 'dns']);
    return { ...driver, needs: [dns.need, ...beyondDns], names: dns.names, path };
  });
}
