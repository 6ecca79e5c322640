import { labelOf } from '../model/labels.ts';
import type { Check, CheckContext } from './check.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { rulesTowards, towards } from './external.ts';
import { only } from './rule-ports.ts';
import { governedTraining, namesOf, subjectsOf } from './subjects.ts';
import { http, wireServer } from './well-known.ts';

/** What the endpoint serves besides DNS. Source: Azure documentation, What is IP address 168.63.129.16. */
const served = http.union(only('TCP', 32526));
const node =
  '\napiVersion: v1\nkind: Node\nmetadata: {name: aks-gpu-0, labels: {kubernetes.azure.com/cluster: training}}\nstatus: {addresses: [{type: InternalIP, address: 10.0.0.4}]}';
const policy = (except: string): string =>
  networkPolicy(
    'web',
    `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32${except}]}}]\n    ports: [{protocol: TCP, port: 80}]`,
  );

export const check: Check = {
  slug: 'wireserver-open',
  title: "Training pods reach Azure's WireServer",
  severity: 'high',
  plane: 'network',
  why: 'On Azure, 168.63.129.16 is more than a resolver: on TCP 80 and 32526 it hands out the configuration and certificates of the virtual machine. It is an ordinary-looking public address, so rules that except link-local ranges miss it.',
  fix: 'Except `168.63.129.16/32` from every range that is opened for TCP. Port 53 may stay open where it is the resolver.',
  sources: ['Azure documentation, What is IP address 168.63.129.16'],
  example: {
    bad: documents(trainingNamespace, node, trainer(), defaultDeny, policy('')),
    good: documents(trainingNamespace, node, trainer(), defaultDeny, policy(', 168.63.129.16/32')),
  },
  *run(context) {
    if (!onAzure(context)) return;
    const open = governedTraining(context).filter((w) => !towards(context.reach, w.id, wireServer).allowed.intersect(served).isEmpty);
    const [first] = open;
    if (first === undefined) return;
    const rule = rulesTowards(context.reach, first, wireServer, served)[0];
    yield {
      severity: 'high',
      confidence: 'certain',
      message: `${namesOf(open)} can reach WireServer at ${wireServer} and ask for the configuration of its virtual machine.`,
      primary: rule?.rule.origin ?? first.origin,
      related: [],
      fix:
        rule === undefined
          ? `Add a default deny for egress to namespace ${first.namespace}.`
          : `Except ${wireServer}/32 from the range that ${rule.policy.id} opens.`,
      subjects: subjectsOf(open),
    };
  },
};

function onAzure({ snapshot }: CheckContext): boolean {
  return (
    snapshot.nodes.some((n) => Object.keys(n.labels).some((key) => key.startsWith('kubernetes.azure.com/'))) ||
    snapshot.serviceAccounts.some((a) => labelOf(a.annotations, 'azure.workload.identity/client-id') !== undefined)
  );
}
