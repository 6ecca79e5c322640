import { dialect as kubernetes } from '../dialects/kubernetes/dialect.ts';
import type { Origin, Path } from '../kernel/origin.ts';
import { type Diagnostic, failed, ok, type Result } from '../kernel/result.ts';
import type { SourceText } from '../kernel/source-text.ts';
import { sortedBy } from '../kernel/stable.ts';
import { madeByUs } from '../model/made-by.ts';
import type { Pack, PackFile } from '../model/pack.ts';
import { tenantControlAnnotation } from '../model/tenant-control.ts';
import { zoneIntents } from '../spec/intents.ts';
import { type LoadedZone, originIn } from '../spec/zone.ts';
import { admissionFiles } from './generate/admission.ts';
import { fabricFiles, fabricObjects } from './generate/fabric/files.ts';
import { identityFiles } from './generate/identity/files.ts';
import { dialectOf } from './generate/languages.ts';
import { monitoringFiles } from './generate/monitoring/files.ts';
import { nodePoolFiles } from './generate/node-pool.ts';
import { type DraftObject, draftObjects, zoneLabels } from './generate/objects.ts';
import { type DraftPolicy, draftPolicies } from './generate/policies.ts';
import { railNetworks, railPolicies } from './generate/rails.ts';
import { readme } from './generate/readme.ts';
import { nameClashes, refusals } from './generate/refusals.ts';
import { fragmentFile, templateFragments } from './generate/scheduling.ts';
import { yamlDocument, yamlFile } from './generate/yaml-text.ts';

/**
 * The pack of one zone: a pure function of the zone, byte for byte. Refuses, with every reason at its place in the zone, when the CNI's policy language
 * cannot say something the zone asks for. `zones` are all that share a fabric with it: its partition file is one for all. `texts` are the files that zones name
 * beside themselves (`filesBeside`).
 */
export function compile(loaded: LoadedZone, zones: readonly LoadedZone[] = [loaded], texts: readonly SourceText[] = []): Result<Pack> {
  const { zone } = loaded;
  const intents = zoneIntents(loaded);
  const refused = refusals(loaded, intents);
  if (refused.length > 0) return failed(refused);
  const originOf = (path: Path): Origin => originIn(loaded, ...path);
  const drafts = [...draftPolicies(intents, originOf), ...railPolicies(zone, intents, originOf)];
  const fabric = fabricFiles(loaded, zones);
  const monitoring = monitoringFiles(loaded, intents, texts);
  const diagnostics: Diagnostic[] = [...nameClashes(drafts), ...fabric.diagnostics, ...monitoring.diagnostics];
  const policies = drafts.map((draft) => writePolicy(loaded, draft, diagnostics));
  if (diagnostics.some((one) => one.severity === 'error')) return failed(diagnostics);
  const resources = filesOf([...draftObjects(zone), ...fabricObjects(zone, zoneLabels(zone)), ...railNetworks(zone), ...policies]);
  const kustomization = yamlDocument([`Everything of zone ${zone.metadata.name} that the API server takes: kubectl apply -k .`, madeByUs], {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: resources.map((file) => file.path),
  });
  const fragments = templateFragments(zone).map(({ workload, body }) =>
    yamlDocument(
      [
        `What every pod template of workload ${workload} must contain. Merge it into the job; it is no object of its own. Put your container's name in place of trainer.`,
        madeByUs,
      ],
      body,
    ),
  );
  const files = [
    ...resources,
    { path: 'kustomization.yaml', text: kustomization },
    { path: fragmentFile, text: yamlFile(fragments) },
    ...admissionFiles(zone),
    ...nodePoolFiles(zone),
    ...identityFiles(zone),
    ...fabric.files,
    ...monitoring.files,
    { path: 'README.md', text: readme(loaded, intents, drafts, resources, fabric) },
  ];
  return ok({ zone: zone.metadata.name, files: sortedBy(files, (file) => file.path) }, diagnostics);
}

/** The packs of several zones; all of them or none. */
export function compileAll(zones: readonly LoadedZone[], texts: readonly SourceText[] = []): Result<readonly Pack[]> {
  const results = zones.map((zone) => compile(zone, zones, texts));
  const diagnostics = results.flatMap((result) => result.diagnostics);
  const packs = results.flatMap((result) => (result.ok ? [result.value] : []));
  return packs.length === zones.length ? ok(packs, diagnostics) : failed(diagnostics);
}

/** A policy in its own language, with the zone's labels; a refusal goes to `diagnostics`. */
function writePolicy(loaded: LoadedZone, { file, about, policy, control }: DraftPolicy, diagnostics: Diagnostic[]): DraftObject {
  const emitted = (dialectOf(policy.dialect) ?? kubernetes).emit(policy);
  diagnostics.push(...emitted.diagnostics);
  if (!emitted.ok) return { file, about, body: {} };
  const { apiVersion, kind, metadata, ...rest } = emitted.value;
  return {
    file,
    about,
    body: {
      apiVersion,
      kind,
      metadata: {
        ...(metadata as Readonly<Record<string, unknown>>),
        labels: zoneLabels(loaded.zone),
        ...(control === null ? {} : { annotations: { [tenantControlAnnotation]: control } }),
      },
      ...rest,
    },
  };
}

function filesOf(objects: readonly DraftObject[]): readonly PackFile[] {
  const paths = [...new Set(objects.map((object) => object.file))];
  const files = paths.map((path) => ({
    path,
    text: yamlFile(objects.filter((object) => object.file === path).map((object) => yamlDocument(object.about, object.body))),
  }));
  return sortedBy(files, (file) => file.path);
}
