import { z } from 'zod';
import type { Locator } from '../kernel/origin.ts';
import type { ExposedWorkload, ExposurePath } from '../model/exposure-report.ts';
import type { ExposedWorkloadJson, ExposurePathJson } from './json-types.ts';
import { locationJson } from './location-json.ts';
import { countSchema, gapSchema, locationSchema, textSchema } from './schema/common.ts';

const decision = z.enum(['allowed', 'denied', 'unknown']);

const exposurePathSchema: z.ZodType<ExposurePathJson> = z
  .strictObject({
    entry: z
      .strictObject({
        kind: textSchema,
        id: textSchema,
        hosts: z.array(textSchema).describe('Empty is every host.'),
        paths: z.array(textSchema).describe('Empty is every path.'),
        ports: textSchema,
        tls: z.array(z.enum(['none', 'terminate', 'passthrough', 'reencrypt'])),
        location: locationSchema,
      })
      .describe('What opens the way.'),
    controller: textSchema,
    controllerPods: z.array(textSchema).describe('Its workloads in the input.'),
    service: textSchema,
    ports: textSchema.describe('Ports of the pods.'),
    hops: z.array(z.strictObject({ from: textSchema, to: textSchema, decision, because: textSchema, location: locationSchema.nullable() })),
    verdict: decision,
    ownNodeOnly: z.boolean().describe('Unknown only because the controller might run on the host network of the own node of the pod.'),
    gaps: z.array(gapSchema),
  })
  .meta({ id: 'ExposurePath', description: 'A way from outside the cluster to pods, hop by hop.' });

/** A workload that something leads to from outside. */
export const exposedWorkloadSchema: z.ZodType<ExposedWorkloadJson> = z
  .strictObject({
    id: textSchema,
    title: textSchema,
    namespace: textSchema,
    training: z.boolean(),
    verdict: decision,
    paths: z.array(exposurePathSchema),
    omitted: countSchema,
  })
  .meta({ id: 'ExposedWorkload', description: 'A workload that something leads to from outside, with the ways in.' });

export function exposedWorkloadJson({ paths, ...rest }: ExposedWorkload, locator: Locator): ExposedWorkloadJson {
  return { ...rest, paths: paths.map((path) => exposurePathJson(path, locator)) };
}

function exposurePathJson({ entry, hops, ...rest }: ExposurePath, locator: Locator): ExposurePathJson {
  const { origin, ...told } = entry;
  return {
    entry: { ...told, location: locationJson(origin, locator) },
    ...rest,
    hops: hops.map(({ origin: at, ...hop }) => ({ ...hop, location: at === null || at.document.file === '' ? null : locationJson(at, locator) })),
  };
}
