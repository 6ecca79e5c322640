import type { Path } from '../kernel/origin.ts';
import { azureBlobHosts } from '../services/azure-blob.ts';
import { gcsHost } from '../services/gcs.ts';
import { type Host, s3Hosts } from '../services/s3.ts';
import { nameLanguage } from './cni.ts';
import { exactly, type Need, type NeedTarget, tcp } from './need.ts';
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
const pathShared = "Path-style names are shared by all tenants: this rule opens every bucket of the front end, not only this one's.";

/** What one data set needs. On a CNI that knows names, listed addresses are left alone where a name says the same more narrowly. */
export function dataNeed(spec: ZoneSpec, data: DataSet, path: Path): Need {
  const common = { id: `data/${data.name}`, purpose: 'storage', path, addressesField: [...path, 'cidrs'] } as const;
  if (data.objectStore !== null) {
    const { namespace, selector, port, bucket } = data.objectStore;
    return {
      ...common,
      title: titled(bucket === null ? `object store in ${namespace}` : `bucket ${bucket} in ${namespace}`, data),
      targets: [{ kind: 'pods', namespace, selector }],
      ports: [tcp(port)],
      tenancy: 'own',
      notes: [],
      addressesField: null,
    };
  }
  if (data.s3 !== null) {
    const { bucket, endpoint, style } = data.s3;
    const region = data.s3.region ?? spec.platform.region ?? '';
    return named(
      spec,
      data,
      { ...common, title: titled(`S3 bucket ${bucket}`, data) },
      s3Hosts(bucket, region, endpoint, style),
      style === 'path' ? 'shared-front-end' : 'own',
      style === 'path' ? pathShared : sharedNamesOn(spec),
    );
  }
  if (data.gcs !== null)
    return named(
      spec,
      data,
      { ...common, title: titled(`Cloud Storage bucket ${data.gcs.bucket}`, data) },
      [{ name: gcsHost, required: true }],
      'shared-front-end',
      gcsShared,
    );
  if (data.azureBlob !== null) {
    const hosts = azureBlobHosts(data.azureBlob.account).map((name, index) => ({ name, required: index === 0 }));
    return named(
      spec,
      data,
      { ...common, title: titled(`Azure container ${data.azureBlob.account}/${data.azureBlob.container}`, data) },
      hosts,
      'own',
      sharedNamesOn(spec),
    );
  }
  return {
    ...common,
    title: titled(`addresses of ${data.name}`, data),
    targets: openAddresses(spec, data.cidrs),
    ports: [tcp(data.port)],
    tenancy: 'shared-front-end',
    notes: [sharedAddresses],
  };
}

function sharedNamesOn(spec: ZoneSpec): string {
  return nameLanguage(spec.platform.cni) === 'cilium' ? sharedNames : sharedWithoutServerName;
}

/** A need for outside hosts: by name where the CNI can, by the listed addresses where it cannot; with neither, still by name, for the caller to refuse. */
function named(
  spec: ZoneSpec,
  data: DataSet,
  common: Pick<Need, 'id' | 'purpose' | 'path' | 'addressesField' | 'title'>,
  hosts: readonly Host[],
  tenancy: Need['tenancy'],
  note: string,
): Need {
  if (nameLanguage(spec.platform.cni) !== null || data.cidrs.length === 0) {
    const targets: readonly NeedTarget[] = [{ kind: 'names', hosts: hosts.map(exactly) }];
    return { ...common, targets, ports: [tcp(443)], tenancy, notes: [note] };
  }
  return { ...common, targets: openAddresses(spec, data.cidrs), ports: [tcp(data.port)], tenancy: 'shared-front-end', notes: [sharedAddresses] };
}

function titled(what: string, data: DataSet): string {
  return `${what} (${data.access})`;
}
