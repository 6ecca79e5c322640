import { within } from '../kernel/origin.ts';
import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { peerNames } from './names.ts';
import { rulePorts } from './rule-ports.ts';
import { concernsTraining, enforcedPolicies } from './subjects.ts';
import { https, quic } from './well-known.ts';

const host = 'storage.example.com';
const policy = (protocol: string): string =>
  ciliumPolicy(
    'storage',
    `  endpointSelector: {}\n  egress:\n${ciliumDnsRule(host)}\n  - toFQDNs: [{matchName: ${host}}]\n    toPorts: [{ports: [{port: "443", protocol: ${protocol}}]}]`,
  );

export const check: Check = {
  slug: 'udp443-open',
  title: 'QUIC is open beside TLS',
  severity: 'low',
  plane: 'network',
  why: 'Hosts that speak HTTP/3 answer on UDP 443. Server names are checked on TCP only, proxies and most monitoring see TCP only, so a rule for port 443 of any protocol opens a second door that nobody watches.',
  fix: 'Say `protocol: TCP` on port 443.',
  sources: [
    'Google Cloud Storage documentation, Request endpoints: HTTP/1.1, HTTP/2 and HTTP/3 are served',
    'cilium pkg/policy/api/l4.go: ANY is TCP, UDP and SCTP',
  ],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy('ANY')),
    good: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy('TCP')),
  },
  *run(context) {
    for (const policy of enforcedPolicies(context)) {
      if (!concernsTraining(context, policy)) continue;
      for (const rule of policy.rules) {
        if (rule.action !== 'allow' || peerNames(rule).length === 0 || rule.ports === null) continue;
        const ports = rulePorts(rule, null);
        if (!https.subsetOf(ports) || !quic.subsetOf(ports)) continue;
        yield {
          severity: 'low',
          confidence: 'certain',
          message: `${policy.id} opens UDP 443 (QUIC) beside TCP 443: server names cannot be checked there.`,
          primary: within(rule.origin, 'toPorts'),
          related: [],
          fix: 'Set protocol: TCP on port 443.',
          patch: '- port: "443"\n  protocol: TCP\n',
          subjects: [policy.namespace ?? policy.name],
        };
      }
    }
  },
};
