import { isMap } from '../kernel/map.ts';
import { shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { ParsedFile } from './parse.ts';

/** Names that kustomize looks for. Source: kubernetes-sigs/kustomize api/konfig RecognizedKustomizationFileNames. */
const fileNames = /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/;

/** Fields that make something else of the files of the folder. Source: kubernetes-sigs/kustomize api/types Kustomization. */
const changing: readonly string[] = [
  'namespace',
  'namePrefix',
  'nameSuffix',
  'labels',
  'commonLabels',
  'commonAnnotations',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'replacements',
  'vars',
  'replicas',
  'components',
  'transformers',
  'generators',
  'configMapGenerator',
  'secretGenerator',
  'helmCharts',
  'helmChartInflationGenerator',
];

/**
 * A warning for each kustomization that makes other objects than the files beside it hold (or takes some from elsewhere): what was read are those files as
 * they stand, not what is applied. A kustomization that only lists files of its folder changes nothing, and is silent.
 */
export function kustomizationWarnings(files: readonly ParsedFile[]): readonly Diagnostic[] {
  return files
    .filter(({ file }) => fileNames.test(file))
    .flatMap(({ file, documents }) =>
      documents.flatMap(({ ref, value }): readonly Diagnostic[] => {
        const why = isMap(value) ? whatChanges(value) : undefined;
        if (why === undefined) return [];
        const slash = file.lastIndexOf('/');
        const folder = slash < 0 ? '.' : slash === 0 ? '/' : file.slice(0, slash);
        return [
          {
            code: 'kustomization-not-built',
            severity: 'warning',
            message: `The files of ${shown(folder)} were read as they stand; kustomize makes other objects of them (${why.text}), and those are what a cluster gets.`,
            hint: `Read what it makes: kubectl kustomize ${/^[\w./-]+$/.test(folder) && !folder.startsWith('-') ? folder : 'DIR'} | ringfence …, with - as the path.`,
            origin: { document: ref, path: [why.field] },
          },
        ];
      }),
    );
}

function whatChanges(kustomization: Readonly<Record<string, unknown>>): { readonly field: string; readonly text: string } | undefined {
  const fields = changing.filter((field) => Object.hasOwn(kustomization, field) && !isEmpty(kustomization[field]));
  if (fields[0] !== undefined) return { field: fields[0], text: fields.join(', ') };
  for (const field of ['resources', 'bases']) {
    const listed = Object.hasOwn(kustomization, field) ? kustomization[field] : undefined;
    if (Array.isArray(listed) && listed.some(isElsewhere)) return { field, text: `${field} from elsewhere` };
  }
  return undefined;
}

/** Whether a resource lies outside the folder: above it, or behind a URL or a repository. */
function isElsewhere(resource: unknown): boolean {
  return (
    typeof resource === 'string' && (/^(?:\.\.(?:\/|$)|\/)/.test(resource.replace(/^(?:\.\/)+/, '')) || /:\/\/|\?ref=|^git@|^github\.com\//.test(resource))
  );
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}
