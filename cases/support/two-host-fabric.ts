/** Two hosts on one switch: the zone of `a` with key 0x10 as `partition` says it, and a neighbour `b` with key 0x20. For tests of the command line. */
export const twoHostZone = (partition: string): string => `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: kubernetes}
  namespace: {name: ai}
  workloads: [{name: w, selector: {app: w}}]
  fabric:
    infiniband:
      partition: {${partition}}
      hosts: {ports: [{host: a, guid: "0x0000000000000011"}]}
      neighbours: [{name: p, pkey: 0x20, ports: [{host: b, guid: "0x0000000000000021"}]}]
`;

const leaf = 'switchguid=0xa(a)\nSwitch\t36 "S-a"\t\t# "leaf" enhanced port 0 lid 9 lmc 0\n\n';
/** What ibnetdiscover prints of them. */
export const twoHostTopology = ['11', '21']
  .map(
    (guid) => `${guid === '11' ? leaf : ''}caguid=0x${guid}0\nCa\t1 "H-${guid}0"\t\t# "h"\n[1](${guid}) \t"S-a"[1]\t\t# lid ${guid} lmc 0 "leaf" lid 9 4xHDR\n`,
  )
  .join('\n');
