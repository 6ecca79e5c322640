import type { Origin } from '../kernel/origin.ts';
import type { Check, CheckContext } from './check.ts';
import { defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { policyIndex } from './policy-index.ts';
import { trainingOf } from './subjects.ts';

/** The driver's name, and the namespace where version 2 runs one pod a mount. Source: awslabs/mountpoint-s3-csi-driver charts values.yaml and docs/CONFIGURATION.md. */
const driver = 's3.csi.aws.com';
const mountNamespace = 'mount-s3';

const volume = `\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: corpus}\nspec: {capacity: {storage: 1Ti}, accessModes: [ReadOnlyMany], csi: {driver: ${driver}, volumeHandle: corpus, volumeAttributes: {bucketName: my-training-data}}}`;
const mounter = `\napiVersion: v1\nkind: Pod\nmetadata: {name: mp-1, namespace: ${mountNamespace}, labels: {app: mountpoint}}\nspec: {containers: [{name: mountpoint, image: "public.ecr.aws/mountpoint-s3-csi-driver/aws-mountpoint-s3-csi-driver:v2.0.0"}]}`;
const shut = `\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: default-deny, namespace: ${mountNamespace}}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}`;

export const check: Check = {
  slug: 'csi-egress-elsewhere',
  title: 'Bucket traffic leaves from pods of another namespace',
  severity: 'medium',
  plane: 'node',
  why: 'Mountpoint for S3 runs in pods of its own, in namespace `mount-s3`, and those talk to S3 and STS. Rules on the training pods say nothing about that traffic: the bucket stays readable with training shut in, and a pack that only looks at the training namespace gives false confidence.',
  fix: "Put a default deny on `mount-s3` and open S3 and STS from there; limit the driver's own role to the buckets of the zone. A zone that says `through: csi-pod` of its data sets gets these policies from `ringfence generate`.",
  sources: ['awslabs/mountpoint-s3-csi-driver charts/aws-mountpoint-s3-csi-driver/values.yaml and docs/CONFIGURATION.md'],
  example: {
    bad: documents(trainingNamespace, volume, trainer(), mounter, defaultDeny),
    good: documents(trainingNamespace, volume, trainer(), mounter, defaultDeny, shut),
  },
  *run(context) {
    if (trainingOf(context).length === 0) return;
    const mounters = policyIndex(context.snapshot).inNamespace(mountNamespace);
    const open = mounters.find((w) => !context.reach.isolated(w.id, 'egress'));
    const evidence = driverObject(context);
    if (evidence === undefined && open === undefined) return;
    if (mounters.length > 0 && open === undefined) return;
    yield {
      severity: 'medium',
      confidence: open === undefined ? 'possible' : 'certain',
      message:
        open === undefined
          ? `Buckets are mounted through ${driver}, whose pods in namespace ${mountNamespace} make the calls; the input holds no policy for them.`
          : `Buckets are mounted by pods in namespace ${mountNamespace}, whose egress no policy shuts: rules on training pods do not govern that traffic.`,
      primary: open?.origin ?? evidence ?? null,
      related: evidence !== undefined && open !== undefined ? [{ origin: evidence, message: 'mounted through the driver' }] : [],
      fix: `Add a default deny for egress to namespace ${mountNamespace}, with S3 and STS opened.`,
      patch: `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: default-deny\n  namespace: ${mountNamespace}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n`,
      subjects: [mountNamespace],
    };
  },
};

function driverObject({ snapshot }: CheckContext): Origin | undefined {
  return snapshot.objects.find((o) => o.kind === 'PersistentVolume' && usesDriver(o.body))?.origin;
}

function usesDriver(body: Readonly<Record<string, unknown>>): boolean {
  const csi = field(field(body, 'spec'), 'csi');
  return field(csi, 'driver') === driver;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}
