import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { load } from 'js-yaml';
import { z } from 'zod';

/** Container ports by name: a number is TCP, `53/UDP` says otherwise. */
const portMap = z.record(z.string(), z.union([z.number().int(), z.string()]));

const pod = z.strictObject({
  /** Object kind; a pod with `replicas` is a Deployment unless this says otherwise. */
  kind: z.enum(['Pod', 'Deployment', 'StatefulSet', 'Job', 'DaemonSet']).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  replicas: z.number().int().optional(),
  ports: portMap.optional(),
  /** Ports of a native sidecar (an init container with restartPolicy Always). */
  sidecarPorts: portMap.optional(),
  /** Ports of a plain init container. */
  initPorts: portMap.optional(),
  hostPorts: z.record(z.string(), z.number().int()).optional(),
  ips: z.array(z.string()).optional(),
  node: z.string().optional(),
  hostNetwork: z.boolean().optional(),
  phase: z.enum(['Running', 'Pending', 'Succeeded', 'Failed']).optional(),
  reason: z.string().optional(),
  terminating: z.boolean().optional(),
  /** A Pod without metadata.ownerReferences; others have some. */
  unowned: z.boolean().optional(),
  serviceAccount: z.string().optional(),
});

export type PodSpec = z.infer<typeof pod>;

const cluster = z.strictObject({
  namespaces: z.record(z.string(), z.record(z.string(), z.string()).nullable()).optional(),
  /** Keys are `namespace/name`. */
  pods: z.record(z.string(), pod.nullable()).optional(),
  nodes: z
    .record(
      z.string(),
      z
        .strictObject({
          labels: z.record(z.string(), z.string()).optional(),
          addresses: z.array(z.string()).optional(),
          podCidrs: z.array(z.string()).optional(),
        })
        .nullable(),
    )
    .optional(),
  /** Anything else, as raw YAML text. */
  manifests: z.string().optional(),
});

export type ClusterSpec = z.infer<typeof cluster>;

const texts = z.union([z.string().transform((t) => [t]), z.array(z.string())]);

const want = z.strictObject({
  /** Profiles this block is about; all of the case's when left out. */
  profiles: z.array(z.string()).optional(),
  /** `TCP/80`, or several that share the table. */
  on: texts.optional(),
  /** From (rows) by to (columns): `X` allowed, `.` denied, `?` unknown, `!` ambiguous, `-` not asked. */
  table: z.string().optional(),
  /** One a line: `from to TCP/80 X`. */
  rows: z.string().optional(),
  /** Qualifiers that every allowed verdict of the block must carry. */
  qualifiers: z.array(z.string()).optional(),
  /** Gap codes, each of which every unknown verdict of the block must carry. */
  gaps: z.array(z.string()).optional(),
});

const wantDiagnostic = z.strictObject({ code: z.string().optional(), severity: z.enum(['error', 'warning']), path: z.string(), says: z.string().optional() });

const schema = z.strictObject({
  note: z.string(),
  source: texts,
  /** Numbers of corner cases that this file answers besides the one in its name, with the reason why they stand here. */
  covers: z.record(z.string().regex(/^\d+$/), z.string()).optional(),
  profiles: z.array(z.string()),
  skip: z.record(z.string(), z.string()).optional(),
  cluster: cluster.optional(),
  policies: z.string().optional(),
  /** The secondary network, as `namespace/name`, that `want` is about; the pod network when left out. */
  network: z.string().optional(),
  want: z.array(want).optional(),
  /** Diagnostics that reading must give. When there are any errors, they must be exactly these. */
  wantDiagnostics: z.array(wantDiagnostic).optional(),
  /** Paths that no policy governs, by kind, of the workloads named: exactly these. */
  wantUngoverned: z.record(z.string(), z.array(z.string())).optional(),
  /** Facts that the profile must print with every proof: each entry must occur (as a case-blind substring) in some assumption. */
  wantAssumption: z.array(z.strictObject({ profiles: z.array(z.string()).optional(), says: z.string() })).optional(),
});

export type CaseSpec = z.infer<typeof schema>;
export type WantSpec = z.infer<typeof want>;

export interface CaseFile {
  /** Path below `cases/`, with forward slashes. */
  readonly path: string;
  /** The number in the file name. */
  readonly number: number;
  readonly spec: CaseSpec;
}

const root = join(import.meta.dirname, '..');

/** Folders whose tables are about something else than packets, with tests of their own. */
const otherForms: readonly string[] = ['foreign', 'iam'];

/** Every truth table below `cases/`, in path order. Throws with the file's name when one is not well formed. */
export function caseFiles(): CaseFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^\d+-[a-z0-9-]+\.yaml$/.test(basename(path)) && !otherForms.includes(dirname(path)))
    .sort()
    .map((path) => {
      const parsed = schema.safeParse(load(readFileSync(join(root, path), 'utf8')));
      if (!parsed.success) throw new Error(`cases/${path}: ${z.prettifyError(parsed.error)}`);
      return { path: relative('', path).replaceAll('\\', '/'), number: Number.parseInt(basename(path), 10), spec: parsed.data };
    });
}
