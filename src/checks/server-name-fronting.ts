import { annotatedControl } from './annotated.ts';
import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { tenantOf } from './names.ts';
import { concernsTraining, enforcedPolicies } from './subjects.ts';

const policy = (host: string): string =>
  ciliumPolicy(
    'storage',
    `  endpointSelector: {}\n  egress:\n${ciliumDnsRule(host)}\n  - toFQDNs: [{matchName: ${host}}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}], serverNames: [${host}]}]`,
  );

export const check: Check = {
  slug: 'server-name-fronting',
  title: 'Behind a server name, another host may be asked for',
  severity: 'low',
  plane: 'network',
  why: 'A rule on the TLS server name reads what stands outside the encryption. Which bucket is meant stands inside, in the Host header, and on a front end that serves all tenants the two may differ: the handshake says your bucket, the request names the attacker’s (domain fronting). Whether a provider lets that pass is its own decision, which no manifest shows and which may change.',
  fix: 'Let something decide that sees the request: an endpoint policy on the organization of caller and bucket, VPC Service Controls, or a proxy that opens TLS. Then say so with `tenantControl` in the zone, which the pack writes on its policies, or with the annotation `ringfence.dev/tenant-control` on your own.',
  sources: [
    'MITRE ATT&CK T1090.004, domain fronting',
    'RFC 9110 section 7.4: the Host of a request is independent of the server name',
    'cilium Documentation/security/policy/layer7.rst, TLS server names',
  ],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy('my-bucket.s3.us-east-1.amazonaws.com')),
    good: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy('bucket-mirror.example.com')),
  },
  *run(context) {
    for (const policy of enforcedPolicies(context)) {
      if (!concernsTraining(context, policy)) continue;
      for (const rule of policy.rules) {
        const names = rule.application?.serverNames ?? null;
        // A filter of HTTP beside the server name means that the proxy opens TLS and sees the Host.
        if (rule.action !== 'allow' || rule.direction !== 'egress' || names === null || rule.application?.otherL7 === true) continue;
        const fronts = names.flatMap((text) => {
          // A front end that names no tenant needs no fronting: shared-frontend-no-tenant-control tells of it.
          const whose = tenantOf({ kind: 'exact', name: text.toLowerCase() });
          return whose === undefined ? [] : [{ text, whose }];
        });
        const [first] = fronts;
        if (first === undefined || annotatedControl(context, policy) !== null) continue;
        yield {
          severity: 'low',
          confidence: 'possible',
          message: `${policy.id} holds connections to the server name ${fronts
            .slice(0, 3)
            .map(({ text }) => text)
            .join(
              ', ',
            )}${fronts.length > 3 ? ` and ${fronts.length - 3} more` : ''}; inside TLS, where no rule reads, another ${first.whose} can be asked for, unless the provider refuses it.`,
          primary: rule.origin,
          related: [],
          fix: 'Decide whose data by an endpoint policy, a perimeter or a proxy that opens TLS, and say so: annotation ringfence.dev/tenant-control, or tenantControl in the zone.',
          subjects: [policy.namespace ?? policy.name],
        };
      }
    }
  },
};
