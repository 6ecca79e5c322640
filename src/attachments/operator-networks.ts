import { type Origin, within } from '../kernel/origin.ts';
import { Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { groupOf } from '../model/metadata.ts';
import { type NetworkSettings, noSettings, type SecondaryNetwork } from '../model/secondary-network.ts';
import type { RawObject } from '../model/snapshot.ts';

interface Made {
  readonly plugin: string;
  readonly settings: Partial<NetworkSettings>;
}

type Read = (spec: Reader) => Made;

const sriovGroup = 'sriovnetwork.openshift.io';
const nvidiaGroup = 'mellanox.com';

/**
 * Objects from which an operator makes a NetworkAttachmentDefinition of the same name, by `group/kind`.
 * Sources: k8snetworkplumbingwg/sriov-network-operator api/v1 types and bindata/manifests/cni-config; Mellanox/network-operator api/v1alpha1 and
 * manifests/state-{hostdevice,macvlan,ipoib}-network.
 */
const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  [
    `${sriovGroup}/SriovNetwork`,
    (spec) => ({
      plugin: 'sriov',
      settings: {
        vlan: spec.field('vlan').integer(0, 4094) ?? 0,
        trust: switchOf(spec.field('trust')),
        spoofCheck: switchOf(spec.field('spoofChk')),
        rdmaIsolation: hasRdmaPlugin(spec.field('metaPlugins')),
        resource: textOf(spec.field('resourceName')),
      },
    }),
  ],
  [`${sriovGroup}/SriovIBNetwork`, (spec) => ({ plugin: 'ib-sriov', settings: { resource: textOf(spec.field('resourceName')) } })],
  [
    `${sriovGroup}/OVSNetwork`,
    (spec) => ({ plugin: 'ovs', settings: { vlan: spec.field('vlan').integer(0, 4094) ?? 0, resource: textOf(spec.field('resourceName')) } }),
  ],
  [`${nvidiaGroup}/HostDeviceNetwork`, (spec) => ({ plugin: 'host-device', settings: { resource: textOf(spec.field('resourceName')) } })],
  [`${nvidiaGroup}/MacvlanNetwork`, (spec) => ({ plugin: 'macvlan', settings: { master: textOf(spec.field('master')) } })],
  [`${nvidiaGroup}/IPoIBNetwork`, (spec) => ({ plugin: 'ipoib', settings: { master: textOf(spec.field('master')) } })],
]);

const keyOf = (o: RawObject): string => `${groupOf(o.apiVersion)}/${o.kind}`;

export function isOperatorNetwork(object: RawObject): boolean {
  return readers.has(keyOf(object));
}

/** The network that an operator makes; where it goes is `networkNamespace`, else the object's own namespace, else `default`. */
export function readOperatorNetwork(object: RawObject, diagnostics: Diagnostic[]): SecondaryNetwork {
  const spec = new Reader(object.body, object.origin, diagnostics).field('spec');
  spec.expect('an object');
  const namespace = textOf(spec.field('networkNamespace')) ?? object.namespace ?? 'default';
  const { plugin, settings } = readers.get(keyOf(object))?.(spec) ?? { plugin: null, settings: {} };
  return {
    name: `${namespace}/${object.name}`,
    plugin,
    settings: { ...noSettings, ...settings },
    origin: object.origin,
    settingsAt: specOf(object.origin),
  };
}

function specOf(origin: Origin): Origin {
  return within(origin, 'spec');
}

function textOf(at: Reader): string | null {
  return at.string() || null;
}

function switchOf(at: Reader): boolean | null {
  // YAML 1.1 reads on and off as booleans, and the API server then refuses them: the error says so.
  const word = at.oneOf(['on', 'off']);
  return word === undefined ? null : word === 'on';
}

/** metaPlugins is the inside of a JSON list of further plugins, as text. Source: sriov-network-operator api/v1 SriovNetworkSpec. */
function hasRdmaPlugin(at: Reader): boolean {
  const text = at.string();
  return text !== undefined && text.length < 10_000 && /"type"\s{0,9}:\s{0,9}"rdma"/.test(text);
}
