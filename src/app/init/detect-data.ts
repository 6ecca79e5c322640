import type { Service } from '../../model/cluster.ts';
import { type Labels, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';

/** Data sets in the form of the `data` answer, and the namespaces of the stores among them. */
export interface DetectedData {
  readonly data: readonly string[];
  readonly storeNamespaces: ReadonlySet<string>;
}

/** What object stores are called on their pods. */
const storeNames = /minio|ceph-rgw|rgw|seaweedfs|garage/;

/** Flags and variables whose URL is written to. */
const written = /check|ckpt|output|save|artifact/i;

/** Longest text that URLs are looked for in. */
const longest = 4096;

/**
 * Buckets and in-cluster stores that the containers' own arguments and variables mention. A store that nobody mentions is not proposed: a zone opens
 * what is needed, not what is there.
 */
export function detectData(snapshot: Snapshot, training: readonly Workload[]): DetectedData {
  const texts = [...new Set(training.flatMap(spoken))].filter((text) => text.length <= longest);
  const buckets = texts.flatMap((text) =>
    [...text.matchAll(/\b(s3|gs):\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[\w./=-]{0,200})?)/g)].map(([, scheme, bucket, path]) =>
      entry(`${scheme}://${bucket}${prefixOf(path ?? '')}`, text),
    ),
  );
  const stores = snapshot.services.flatMap((service) => (texts.some((text) => mentions(text, service)) ? storeEntry(snapshot, service, texts) : []));
  return { data: [...new Set([...buckets, ...stores.map((store) => store.entry)])], storeNamespaces: new Set(stores.map((store) => store.namespace)) };
}

/** Words of the command line and `NAME=value` of the variables. */
function spoken(workload: Workload): readonly string[] {
  return workload.pod.containers.flatMap((container) => [
    ...container.command,
    ...container.args,
    ...Object.entries(container.env).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`])),
  ]);
}

/** The folder of a path: `/runs/a.pt` is `/runs/`, a lone slash nothing. */
function prefixOf(path: string): string {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return folder === '/' ? '' : folder;
}

function entry(url: string, text: string): string {
  return written.test(text.slice(0, text.indexOf('://'))) ? `${url} write-resume` : url;
}

function mentions(text: string, service: Service): boolean {
  const at = text.indexOf(`${service.name}.${service.namespace}`);
  return at >= 0 && !/[\w-]/.test(text.charAt(at - 1)) && !/[\w-]/.test(text.charAt(at + service.name.length + service.namespace.length + 1));
}

/** The store behind a Service, by its pods and the port they listen on; nothing where the pods are unknown or no store. */
function storeEntry(snapshot: Snapshot, service: Service, texts: readonly string[]): readonly { readonly entry: string; readonly namespace: string }[] {
  const { selector } = service;
  if (selector === null) return [];
  const pods = snapshot.workloads.find((workload) => workload.namespace === service.namespace && selects(selector, workload.labels));
  const port = service.ports[0];
  if (
    pods === undefined ||
    port === undefined ||
    !(storeNames.test(service.name) || storeNames.test(pods.name) || pods.pod.containers.some((container) => storeNames.test(container.image)))
  )
    return [];
  const target = typeof port.targetPort === 'number' ? port.targetPort : pods.ports.find((one) => one.name === port.targetPort)?.port;
  const labels: Labels = Object.fromEntries(
    selector.requirements.flatMap((one) => (one.operator === 'In' && one.values.length === 1 ? [[one.key, one.values[0] ?? '']] : [])),
  );
  if (target === undefined || Object.keys(labels).length === 0) return [];
  const text = texts.find((one) => mentions(one, service)) ?? '';
  const url = `pods://${service.namespace}/${Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join('&')}:${target}`;
  return [{ entry: entry(url, text), namespace: service.namespace }];
}
