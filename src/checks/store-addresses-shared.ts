import type { RawObject } from '../model/snapshot.ts';
import { annotation } from './annotated.ts';
import type { Check } from './check.ts';
import { defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { trainingOf } from './subjects.ts';

/** What `feeds apply` writes addresses as. */
const kinds: readonly string[] = ['NetworkPolicy', 'CiliumCIDRGroup', 'GlobalNetworkSet', 'NetworkSet'];

const policy = (filter: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: aws-addresses
  namespace: ai-training
  annotations: {ringfence.dev/feed-provider: aws, ringfence.dev/feed-version: "1787411825", ringfence.dev/feed-filter: ${filter}}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 3.5.0.0/19}}], ports: [{protocol: TCP, port: 443}]}]}`;

export const check: Check = {
  slug: 'store-addresses-shared',
  title: 'Published addresses of S3 are listed for machines of customers too',
  severity: 'low',
  plane: 'network',
  why: 'A rule on the published addresses of S3 is wider than S3: in the list of 2026-08-22, 169 of the 441 IPv4 prefixes of S3 stand there for EC2 as well (in us-east-1, 45,600 of 307,744 addresses; in eu-central-1, 4,128 of 11,808). The list does not say that no customer’s machine answers there, and an attacker can rent machines until one does. Every bucket of every tenant answers there in any case.',
  fix: 'Point the job at an interface endpoint and open its addresses, a few /32s of your own network. Where a rule on published addresses has to stay, `ringfence feeds diff` gives the figures of your filter.',
  sources: [
    'ip-ranges.amazonaws.com/ip-ranges.json of 2026-08-22, services S3 and EC2',
    'AWS documentation, AWS IP address ranges: a prefix may be listed under several services',
  ],
  example: {
    bad: documents(trainingNamespace, trainer(), defaultDeny, policy('S3 of aws in us-east-1')),
    good: documents(trainingNamespace, trainer(), defaultDeny, policy('ROUTE53_RESOLVER of aws in us-east-1')),
  },
  *run(context) {
    if (trainingOf(context).length === 0) return;
    const namespaces = new Set(trainingOf(context).map(({ namespace }) => namespace));
    const first = new Map<string, RawObject>();
    for (const object of context.snapshot.objects) {
      if (!kinds.includes(object.kind) || annotation(object, 'ringfence.dev/feed-provider') !== 'aws') continue;
      const what = annotation(object, 'ringfence.dev/feed-filter') ?? '';
      const services = what.split(' of aws')[0]?.split(', ') ?? [];
      const elsewhere = object.namespace !== null && !namespaces.has(object.namespace);
      // Parts of one list say the same: the first stands for all.
      if (services.includes('S3') && !elsewhere && !first.has(what)) first.set(what, object);
    }
    for (const [what, object] of first)
      yield {
        severity: 'low',
        confidence: 'possible',
        message: `${object.kind} ${object.name} opens ${what} by published addresses, of which a good part is listed for EC2 too: the list cannot say that no customer’s machine has one of them.`,
        primary: object.origin,
        related: [],
        fix: 'Use an interface endpoint and its addresses; ringfence feeds diff gives the figures of this filter.',
        subjects: [object.namespace ?? object.name],
      };
  },
};
