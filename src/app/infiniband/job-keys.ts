import { fabricDevices } from '../../checks/fabric-devices.ts';
import { type Guid, guidText } from '../../fabric/guid.ts';
import { within } from '../../kernel/origin.ts';
import type { Finding } from '../../model/finding.ts';
import { baseOf, keyText } from '../../model/pkey.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type Container, inContainer, type Workload, workloadTitle } from '../../model/workload.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { found } from './found.ts';
import type { Party } from './intent.ts';
import { hostOf, judged, partyOf, type Situation } from './situation.ts';

/**
 * What programs of a zone are told of its key, against the tables that its ports have. NCCL takes an index, with 0 where it is told nothing, and reads numbers
 * as C does; UCX takes the key itself. Sources: NCCL src/transport/net_ib.cc (NCCL_IB_PKEY), src/misc/param.cc (strtoll with base 0); UCX
 * src/uct/ib/base/ib_device.c (IB_PKEY, 0 to 0x7fff, or auto).
 */
export function jobKeyFindings(situation: Situation, snapshot: Snapshot, zones: readonly LoadedZone[]): readonly Finding[] {
  const [tables] = judged(situation);
  return zones.flatMap(({ zone }) => {
    const party = situation.intent.parties.find((p) => p.kind === 'zone' && p.name === zone.metadata.name);
    if (party === undefined) return [];
    const held = situation.hosts.flatMap(({ guid }) => {
      const keys = tables?.keys.get(guid);
      return partyOf(situation, guid) === party && keys !== undefined ? [{ guid, keys }] : [];
    });
    return snapshot.workloads
      .filter((w) => w.namespace === zone.spec.namespace.name)
      .flatMap((workload) =>
        workload.pod.containers.flatMap((container) => [
          ...ncclFindings(situation, party, held, workload, container),
          ...ucxFindings(party, workload, container),
        ]),
      );
  });
}

type Held = readonly { readonly guid: Guid; readonly keys: readonly number[] }[];

const keyIndex = 'NCCL_IB_PKEY';
const keyItself = 'UCX_IB_PKEY';

function ncclFindings(situation: Situation, party: Party, held: Held, workload: Workload, container: Container): readonly Finding[] {
  const set = Object.hasOwn(container.env, keyIndex);
  const text = set ? (container.env[keyIndex] ?? null) : '0';
  // What a Secret or a ConfigMap elsewhere says nobody knows; and who has no device opens none.
  if (text === null || (!set && (container.envFrom.length > 0 || container.valueFrom[keyIndex] !== undefined))) return [];
  if (!set && !fabricDevices(workload).some((d) => d.verbs && d.container === container)) return [];
  // The zone asks for index 0, and that it is not there is told once, of the fabric.
  if (!set && party.indexZero) return [];
  const index = numberOf(text);
  const wrong = held.find(({ keys }) => keys.some((key) => baseOf(key) === party.base) && (index === null || baseOf(keys[index] ?? 0) !== party.base));
  if (wrong === undefined) return [];
  const right = wrong.keys.findIndex((key) => baseOf(key) === party.base);
  const holds = index === null || (wrong.keys[index] ?? 0) === 0 ? 'no key' : keyText(wrong.keys[index] ?? 0);
  const where = `${hostOf(situation, wrong.guid)} (${guidText(wrong.guid)})`;
  const says = set ? `sets ${keyIndex}=${text}, an index` : `does not set ${keyIndex}, so that NCCL takes index 0`;
  const rest = held.every(({ keys }) => baseOf(keys[right] ?? 0) === party.base);
  return [
    found('fabric-job-key', {
      message: `Container ${container.name} of ${workloadTitle(workload)} ${says}; on ${where} that place holds ${holds}, and ${keyText(party.base ?? 0)} of ${party.name} stands at index ${right}.`,
      primary: set ? within(inContainer(workload, container), 'env') : inContainer(workload, container),
      fix: rest ? `Set ${keyIndex}=${right}.` : 'Give the partition indx0: the key stands elsewhere on each host, and one value cannot be right for all.',
      subjects: [workloadTitle(workload)],
    }),
  ];
}

function ucxFindings(party: Party, workload: Workload, container: Container): readonly Finding[] {
  const text = Object.hasOwn(container.env, keyItself) ? container.env[keyItself] : undefined;
  if (text == null || /^(?:auto|try)$/i.test(text)) return [];
  const key = numberOf(text);
  if (key !== null && key <= 0x7fff && key === party.base) return [];
  return [
    found('fabric-job-key', {
      message: `Container ${container.name} of ${workloadTitle(workload)} sets ${keyItself}=${text}; the partition of ${party.name} is ${keyText(party.base ?? 0)}${key === null || key > 0x7fff ? ', and UCX takes a number from 0 to 0x7fff' : ''}.`,
      primary: within(inContainer(workload, container), 'env'),
      fix: `Set ${keyItself}=${keyText(party.base ?? 0)}, or leave it out: UCX then takes the first partition that the port is a full member of.`,
      subjects: [workloadTitle(workload)],
    }),
  ];
}

/** A number as `strtoll` with base 0 reads it, if it is small enough for a table or a key; null: it is none. */
function numberOf(text: string): number | null {
  const [, hex, octal, decimal] = /^\s{0,8}\+?(?:0x([0-9a-f]{1,8})|(0[0-7]{0,10})|([1-9][0-9]{0,9}))\s{0,8}$/i.exec(text) ?? [];
  if (hex !== undefined) return Number.parseInt(hex, 16);
  if (octal !== undefined) return Number.parseInt(octal, 8);
  return decimal === undefined ? null : Number.parseInt(decimal, 10);
}
