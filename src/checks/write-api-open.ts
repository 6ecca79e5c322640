import { knownServices } from '../services/known.ts';
import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { holdsName, peerNames, sharedFrontEnd } from './names.ts';
import { concernsTraining, enforcedPolicies } from './subjects.ts';

const policy = (host: string): string =>
  ciliumPolicy(
    'hub',
    `  endpointSelector: {}\n  egress:\n${ciliumDnsRule(host)}\n  - toFQDNs: [{matchName: ${host}}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}], serverNames: [${host}]}]`,
  );

/** Hosts that take data from whoever has an account, by the profile that tells of them. Object stores have a check of their own. */
const writable = knownServices.flatMap(({ id, title, hosts }) =>
  hosts
    .filter((host) => host.takesWrites && !host.namesTenant && sharedFrontEnd({ kind: 'exact', name: host.name }) === undefined)
    .map(({ name }) => ({ name, id, title })),
);

export const check: Check = {
  slug: 'write-api-open',
  title: 'A host that takes uploads from anybody',
  severity: 'medium',
  plane: 'network',
  why: 'A model hub, a code host or a tracker is opened to fetch from, and the same hosts take uploads: whoever runs code in the pod brings an account of their own and pushes the data into it. No rule on names or server names can tell a download from an upload.',
  fix: 'Stage what is needed into the storage of the zone and open nothing; or put a mirror before it that refuses everything but reading, and open that.',
  sources: ['GitHub documentation, meta API: domains', 'huggingface_hub documentation, upload', 'wandb documentation, artifacts', 'MITRE ATT&CK T1567'],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy('huggingface.co')),
    good: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy('hub-mirror.example.com')),
  },
  *run(context) {
    for (const policy of enforcedPolicies(context)) {
      if (!concernsTraining(context, policy)) continue;
      for (const rule of policy.rules) {
        if (rule.action !== 'allow' || rule.direction !== 'egress') continue;
        const names = peerNames(rule);
        const open = writable.filter((host) => names.some((name) => holdsName(name, host.name)));
        const [first] = open;
        if (first === undefined) continue;
        const hosts = [...new Set(open.map((host) => host.name))];
        yield {
          severity: 'medium',
          confidence: 'certain',
          message: `${policy.id} allows ${hosts.slice(0, 3).join(', ')}${hosts.length > 3 ? ` and ${hosts.length - 3} more` : ''} (${[...new Set(open.map((host) => host.title))].join(', ')}), which take uploads into anybody's account.`,
          primary: rule.origin,
          related: [],
          fix: 'Stage the data beforehand, or open a mirror that only reads.',
          subjects: [policy.namespace ?? policy.name],
        };
      }
    }
  },
};
