import type { Origin, Path } from '../../kernel/origin.ts';
import { type Labels, matchLabels } from '../../model/labels.ts';
import { type Policy, type Rule, tiers } from '../../model/policy.ts';
import type { RoceRail } from '../../spec/attached-fabric.ts';
import type { WorkloadIntent, ZoneIntents } from '../../spec/intents.ts';
import type { TrainingZone } from '../../spec/zone.ts';
import { type DraftObject, zoneLabels } from './objects.ts';
import type { DraftPolicy } from './policies.ts';

const file = '25-rails.yaml';

/** A network for each rail of RoCE: virtual functions in the VLAN of the zone, that may not pose as others, each with its RDMA device to itself. */
export function railNetworks(zone: TrainingZone): readonly DraftObject[] {
  return (zone.spec.fabric?.roce?.rails ?? []).map((rail) => ({
    file,
    about: [
      `Rail ${rail.name}: virtual functions of ${rail.resource} in VLAN ${rail.vlan}. No trust, spoof check on.`,
      'The RDMA device moves into the pod, where nodes run "rdma system set netns exclusive".',
    ],
    body: {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: {
        name: rail.name,
        namespace: zone.spec.namespace.name,
        labels: zoneLabels(zone),
        annotations: { 'k8s.v1.cni.cncf.io/resourceName': rail.resource },
      },
      spec: { config: configOf(rail) },
    },
  }));
}

/** sriov has no isolation of RDMA devices of its own: the plugin rdma stands behind it. Sources: k8snetworkplumbingwg/sriov-cni docs/configuration-reference.md, rdma-cni README. */
function configOf({ name, vlan, range }: RoceRail): string {
  const sriov = {
    type: 'sriov',
    vlan,
    trust: 'off',
    spoofchk: 'on',
    ...(range === null ? {} : { ipam: { type: 'whereabouts', range } }),
  };
  return `${JSON.stringify({ cniVersion: '0.3.1', name, plugins: [sriov, { type: 'rdma' }] }, null, 2)}\n`;
}

/** What MultiNetworkPolicy can govern on the rails, packets of the kernel: nothing passes but between peers. It governs no RDMA. */
export function railPolicies(zone: TrainingZone, intents: ZoneIntents, originOf: (path: Path) => Origin): readonly DraftPolicy[] {
  const rails = zone.spec.fabric?.roce?.rails ?? [];
  if (rails.length === 0) return [];
  const { namespace } = intents;
  const networks = rails.map((r) => `${namespace}/${r.name}`);
  const path = ['spec', 'fabric', 'roce'];
  const policy = (name: string, selector: Labels, rules: readonly Rule[]): Policy => ({
    id: `MultiNetworkPolicy ${namespace}/${name}`,
    dialect: 'multi-network-policy',
    kind: 'MultiNetworkPolicy',
    namespace,
    name,
    networks,
    tier: tiers.normal,
    order: 0,
    evaluation: 'deny-wins',
    isolates: { ingress: true, egress: true },
    subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: namespace }, pods: matchLabels(selector), serviceAccounts: null } },
    rules,
    origin: originOf(path),
  });
  const verbs = 'It governs packets of TCP and UDP alone, where an implementation is installed: RDMA never passes through it, and is kept apart by the VLAN.';
  return [
    { file, about: ['Nothing passes on the rails that no other policy allows.', verbs], policy: policy('rails-default-deny', {}, []), control: null },
    ...intents.workloads.flatMap((workload) =>
      workload.peers.groups.flatMap((group): readonly DraftPolicy[] => {
        const name = `${workload.name}-rails${group.job === null ? '' : `-${group.job}`}`;
        const one = (called: string, subject: Labels, others: Labels): DraftPolicy => ({
          file,
          about: [`Workers reach each other on the rails: ${group.title}.`],
          policy: policy(called, subject, bothWays(workload, namespace, others, originOf)),
          control: null,
        });
        if (workload.peers.scope !== 'namespace') return [one(name, group.selector, group.selector)];
        return [one(name, workload.selector, group.selector), one(`${name}-other-side`, group.selector, workload.selector)];
      }),
    ),
  ];
}

function bothWays({ peers }: WorkloadIntent, namespace: string, selector: Labels, originOf: (path: Path) => Origin): readonly Rule[] {
  const match = { namespaces: { kind: 'named' as const, name: namespace }, pods: matchLabels(selector), serviceAccounts: null };
  return (['ingress', 'egress'] as const).map((direction) => ({
    direction,
    action: 'allow',
    peers: [{ kind: 'pods', match }],
    ports: peers.ports,
    application: null,
    origin: originOf(peers.path),
  }));
}
