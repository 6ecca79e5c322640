import { text as awsVpc } from './formats/aws-vpc.ts';
import { json as azure } from './formats/azure.ts';
import { json as calico } from './formats/calico.ts';
import { text as conntrack } from './formats/conntrack.ts';
import { text as csv } from './formats/csv.ts';
import { json as gcpVpc } from './formats/gcp-vpc.ts';
import { json as goldmane } from './formats/goldmane.ts';
import { json as hubble } from './formats/hubble.ts';
import type { JsonFormat, TextFormat } from './outcome.ts';

/** Asked in this order: Goldmane wraps its flows as Hubble does, and is told by its key. */
export const jsonFormats: readonly JsonFormat[] = [goldmane, hubble, calico, gcpVpc, azure];

/** Asked in this order: CSV takes whatever has a header. */
export const textFormats: readonly TextFormat[] = [awsVpc, conntrack, csv];
