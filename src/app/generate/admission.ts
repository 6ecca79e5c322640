import { madeByUs } from '../../model/made-by.ts';
import type { PackFile } from '../../model/pack.ts';
import type { AdmissionEngine, TrainingZone } from '../../spec/zone.ts';
import { admissionObjects, admissionPolicies } from '../admission/objects.ts';
import { zoneLabels } from './objects.ts';
import { yamlDocument, yamlFile } from './yaml-text.ts';

/** Folder of the pack that holds admission. It is applied by itself: its policies belong to the cluster, and refuse pods of other namespaces too. */
export const admissionFolder = 'admission';

export const engineTitles: Readonly<Record<AdmissionEngine, string>> = {
  kubernetes: 'the API server (ValidatingAdmissionPolicy, Kubernetes 1.30 or later)',
  kyverno: 'Kyverno 1.17 or later',
  gatekeeper: 'Gatekeeper 3.17 or later',
};

/** A file for training, one for everybody else, and what lists them for kustomize. */
export function admissionFiles(zone: TrainingZone): readonly PackFile[] {
  const { engine } = zone.spec.admission;
  const policies = admissionPolicies(zone).map((policy) => ({
    path: `${policy.side}.yaml`,
    text: yamlFile(
      admissionObjects(policy, engine).map((body, i) => {
        const { apiVersion, kind, metadata, ...rest } = body;
        const labelled = { ...(metadata as Readonly<Record<string, unknown>>), labels: zoneLabels(zone) };
        return yamlDocument(i === 0 ? [...policy.about, `Refused by ${engineTitles[engine]}.`] : ['What puts it in force.'], {
          apiVersion,
          kind,
          metadata: labelled,
          ...rest,
        });
      }),
    ),
  }));
  const kustomization = yamlDocument([`What new pods may ask for, of the whole cluster: kubectl apply -k ${admissionFolder}`, madeByUs], {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: policies.map((file) => file.path),
  });
  return [...policies, { path: 'kustomization.yaml', text: kustomization }].map(({ path, text }) => ({ path: `${admissionFolder}/${path}`, text }));
}
