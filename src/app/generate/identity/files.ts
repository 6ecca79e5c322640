import { madeByUs } from '../../../model/made-by.ts';
import type { PackFile } from '../../../model/pack.ts';
import type { TrainingZone } from '../../../spec/zone.ts';
import { yamlDocument, yamlFile } from '../yaml-text.ts';
import { awsPerimeter } from './aws-perimeter.ts';
import { awsRoles, roleFiles } from './aws-role.ts';
import { azureFiles } from './azure.ts';
import { googleFiles } from './google.ts';
import { type IdentityFiles, joined } from './identity-files.ts';
import { oracleFiles } from './oracle.ts';
import { storeKeyFiles } from './store-keys.ts';
import { terraform } from './terraform.ts';

/** Folder of the pack that holds identity. The API server takes none of it. */
export const identityFolder = 'iam';

/** Every document of identity that the zone has enough words for, and what is missing for the others. */
export function identityOf(zone: TrainingZone): IdentityFiles {
  return joined([
    ...awsRoles(zone).map((role) => roleFiles(zone, role)),
    awsPerimeter(zone),
    googleFiles(zone),
    azureFiles(zone),
    oracleFiles(zone),
    storeKeyFiles(zone),
  ]);
}

/** As files: JSON, and the same for Terraform. */
export function identityFiles(zone: TrainingZone): readonly PackFile[] {
  const { documents } = identityOf(zone);
  const plan = terraform(zone, documents);
  const listed = documents.flatMap(({ name, attached }) => (attached === undefined ? [] : [{ file: `${name}.json`, ...attached }]));
  const { account, organization } = zone.spec.platform;
  const list = {
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'IdentityPolicies',
    spec: { ...(account === null ? {} : { account }), ...(organization === null ? {} : { organization }), policies: listed },
  };
  const about = [`Which file of this folder is what, for: ringfence iam verify -f zone.yaml ${identityFolder}/`, madeByUs];
  const json = [...documents, ...(plan === null ? [] : [{ name: 'main.tf', body: plan }])].map(({ name, body }) => ({
    path: `${identityFolder}/${name}.json`,
    text: `${JSON.stringify(body, null, 2)}\n`,
  }));
  return listed.length === 0 ? json : [...json, { path: `${identityFolder}/policies.yaml`, text: yamlFile([yamlDocument(about, list)]) }];
}
