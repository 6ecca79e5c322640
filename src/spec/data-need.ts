import type { Path } from '../kernel/origin.ts';
import { azureBlobHosts } from '../services/azure-blob.ts';
import { type GoogleVip, gcsHost, googleVips } from '../services/gcs.ts';
import { ociHosts } from '../services/oci.ts';
import { directoryBucketZone, type Host, s3Hosts } from '../services/s3.ts';
import { nameLanguage } from './cni.ts';
import { connectHangs, exactly, type Need, type NeedTarget, tcp } from './need.ts';
import { openAddresses } from './open-addresses.ts';
import type { DataSet, ZoneSpec } from './zone.ts';

const sharedNames =
  'Names are enforced by the addresses they resolve to; another tenant of the same front end shares those addresses, so keep the TLS server name in the rule and close the rest with an endpoint policy.';
const sharedWithoutServerName =
  'Names are enforced by the addresses they resolve to, and here nothing asks for the TLS server name: another tenant of the same front end is open too, until an endpoint policy closes it.';
const sharedAddresses =
  'These addresses serve every tenant of the store: only an endpoint policy or another identity control can keep data from leaving to a foreign bucket.';
const gcsShared =
  'Cloud Storage serves every bucket of every customer under one name: no network rule can tell them apart. Use VPC Service Controls with the restricted addresses.';
const gcsRestricted =
  'The restricted addresses serve only what VPC Service Controls govern: the perimeter decides whose buckets. DNS must send *.googleapis.com to them.';
const ociShared = 'The shared host name has the tenancy in the path: this rule opens every tenancy of the region. Use the dedicated host name (api: native).';
const pathShared = "Path-style names are shared by all tenants: this rule opens every bucket of the front end, not only this one's.";

/**
 * What one data set needs of the pod's network; null where the pod opens no connection for it: a driver's pod or the node does.
 * On a CNI that knows names, listed addresses are left alone where a name says the same more narrowly.
 */
export function dataNeed(spec: ZoneSpec, data: DataSet, path: Path): Need | null {
  return dialsItself(data) ? storageNeed(spec, data, path) : null;
}

/** What a data set needs of the network of whoever opens the connection. */
export function storageNeed(spec: ZoneSpec, data: DataSet, path: Path): Need {
  const common: Common = {
    id: `data/${data.name}`,
    purpose: 'storage',
    control: data.tenantControl,
    whenShut: connectHangs,
    path,
    addressesField: [...path, 'cidrs'],
    title: titled(locationTitle(data), data),
  };
  const { s3, gcs, azureBlob, oci, objectStore } = data;
  if (objectStore !== null) {
    const { namespace, selector, port } = objectStore;
    return { ...common, targets: [{ kind: 'pods', namespace, selector }], ports: [tcp(port)], tenancy: 'own', notes: [], addressesField: null };
  }
  if (s3 !== null) {
    const shared = s3.style === 'path' && s3.accessPoint === null && directoryBucketZone(s3.bucket) === null;
    const hosts = s3Hosts({ ...s3, region: s3.region ?? spec.platform.region ?? '' });
    return named(spec, data, common, hosts, shared ? 'shared-front-end' : 'own', shared ? pathShared : sharedNamesOn(spec));
  }
  if (gcs !== null) return gcsNeed(spec, data, common, gcs.vip);
  if (azureBlob !== null) {
    const hosts = azureBlobHosts(azureBlob.account, spec.platform.region).map((name, index) => ({ name, required: index === 0 }));
    return named(spec, data, common, hosts, 'own', sharedNamesOn(spec));
  }
  if (oci !== null) {
    const hosts = ociHosts(oci.namespace, oci.region ?? spec.platform.region ?? '', oci.api).map((name, index) => ({ name, required: index === 0 }));
    return named(spec, data, common, hosts, oci.api === 'shared' ? 'shared-front-end' : 'own', oci.api === 'shared' ? ociShared : sharedNamesOn(spec));
  }
  return { ...common, targets: openAddresses(spec, data.cidrs), ports: [tcp(data.port)], tenancy: 'shared-front-end', notes: [sharedAddresses] };
}

/** Whether the pod itself opens the connection to the store. */
export function dialsItself(data: DataSet): boolean {
  return data.mount === null && (data.through === 'sdk' || data.through === 'sidecar');
}

/** Where a data set lies, in a few words: `S3 bucket corpus`. */
export function locationTitle({ name, s3, gcs, azureBlob, oci, objectStore, mount }: DataSet): string {
  if (objectStore !== null)
    return objectStore.bucket === null ? `object store in ${objectStore.namespace}` : `bucket ${objectStore.bucket} in ${objectStore.namespace}`;
  if (s3 !== null) return `S3 bucket ${s3.bucket}`;
  if (gcs !== null) return `Cloud Storage bucket ${gcs.bucket}`;
  if (azureBlob !== null) return `Azure container ${azureBlob.account}/${azureBlob.container}`;
  if (oci !== null) return `OCI bucket ${oci.namespace}/${oci.bucket}`;
  if (mount !== null) return `${mount.filesystem === 'other' ? 'file system' : mount.filesystem} of ${mount.server}`;
  return `addresses of ${name}`;
}

/**
 * Cloud Storage. Behind the private and restricted addresses the rule is on these addresses: a name that resolves to the public front ends, for want of the
 * DNS zone that sends it elsewhere, then opens nothing.
 */
function gcsNeed(spec: ZoneSpec, data: DataSet, common: Common, vip: GoogleVip): Need {
  if (vip === 'public') return named(spec, data, common, [{ name: gcsHost, required: true }], 'shared-front-end', gcsShared);
  const targets: readonly NeedTarget[] = [{ kind: 'addresses', cidrs: googleVips[vip], except: [] }];
  const note = vip === 'restricted' ? gcsRestricted : gcsShared;
  return { ...common, targets, ports: [tcp(443)], tenancy: 'shared-front-end', notes: [note], addressesField: null, resolves: [gcsHost] };
}

function sharedNamesOn(spec: ZoneSpec): string {
  return nameLanguage(spec.platform.cni) === 'cilium' ? sharedNames : sharedWithoutServerName;
}

type Common = Pick<Need, 'id' | 'purpose' | 'control' | 'whenShut' | 'path' | 'addressesField' | 'title'>;

/** A need for outside hosts: by name where the CNI can, by the listed addresses where it cannot; with neither, still by name, for the caller to refuse. */
function named(spec: ZoneSpec, data: DataSet, common: Common, hosts: readonly Host[], tenancy: Need['tenancy'], note: string): Need {
  if (nameLanguage(spec.platform.cni) !== null || data.cidrs.length === 0) {
    const targets: readonly NeedTarget[] = [{ kind: 'names', hosts: hosts.map(exactly) }];
    return { ...common, targets, ports: [tcp(443)], tenancy, notes: [note] };
  }
  return { ...common, targets: openAddresses(spec, data.cidrs), ports: [tcp(data.port)], tenancy: 'shared-front-end', notes: [sharedAddresses] };
}

function titled(what: string, data: DataSet): string {
  return `${what} (${data.access})`;
}
