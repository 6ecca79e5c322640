import { z } from 'zod';
import { maybe } from './maybe.ts';
import type { ZoneMonitoring } from './monitoring.ts';
import { labels, plain, shown } from './text.ts';

/** A file below the folder of the zone: what a zone names must not lead out of it. */
const fileBeside = z
  .string()
  .min(1)
  .max(300)
  .refine((text) => /^[\w. /-]+$/.test(text) && !text.startsWith('/') && !text.split('/').includes('..'), {
    error: (issue) => `expected a file in the folder of the zone or below it (hubble-values.yaml), found ${shown(issue.input)}`,
  });

const values = maybe(
  z.union([fileBeside, z.record(z.string(), z.unknown())], { error: () => 'expected a file in the folder of the zone or below it, or the values themselves' }),
);

/** Source: prometheus.io, Data model: any text; quoted in rules. */
const job = plain(100);

const runbooks = z
  .string()
  .max(500)
  .regex(/^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$/, {
    error: (issue) => `expected an address such as https://runbooks.example.com/, found ${shown(issue.input)}`,
  })
  .transform((text) => (text.endsWith('/') ? text : `${text}/`));

/** Source: distribution/reference grammar, without its details: no blanks, no quotes. */
const image = z
  .string()
  .max(500)
  .regex(/^[a-z0-9][A-Za-z0-9._:/@-]*$/, { error: (issue) => `expected an image such as registry.example.com/busybox:1.37, found ${shown(issue.input)}` });

export const monitoringSchema: z.ZodType<ZoneMonitoring> = z.strictObject({
  hubble: z
    .strictObject({
      values: values.describe(
        'Helm values of Cilium: a file beside the zone, or the values themselves. Rules are made for the metrics and labels that they turn on. Left out: those that the pack writes (monitoring/hubble-values.yaml), which must then be applied.',
      ),
    })
    .prefault({})
    .describe('Metrics of Hubble, where Cilium enforces.'),
  eks: z
    .strictObject({
      values: values.describe('Values of the VPC CNI add-on, as for hubble. Left out: those that the pack writes (monitoring/eks-addon.yaml).'),
    })
    .prefault({})
    .describe('Metrics of the network policy agent, on EKS.'),
  exports: z
    .array(z.enum(['flows', 'external-bytes', 'feeds', 'fabric']))
    .default([])
    .describe("What of Ringfence's own metrics Prometheus scrapes (docs/alerts.md). Alerts that need others are left out."),
  jobs: z
    .strictObject({
      hubble: job.default('hubble-metrics').describe('Value of the label job on metrics of Hubble.'),
      stateMetrics: job.default('kube-state-metrics').describe('Value of the label job on metrics of kube-state-metrics.'),
    })
    .prefault({})
    .describe('Names of scrapes. Alerts that tell silence from blindness count their targets.'),
  ruleLabels: labels.default({}).describe('Labels of the PrometheusRule, by which a Prometheus of the operator chooses its rules (release: prometheus).'),
  runbooks: maybe(runbooks).describe('Where monitoring/runbooks is published; alerts link to its pages. Left out: they name the page by its path in the pack.'),
  canary: maybe(
    z.strictObject({
      image: image.describe('Image with sh and nc (BusyBox), which training nodes can pull.'),
      minutes: z.int().min(2).max(30).default(5).describe('How often it tries.'),
    }),
  ).describe('A pod without any right that tries to reach the API server, and must be refused. Left out: nothing tells that the default deny is in force.'),
});
