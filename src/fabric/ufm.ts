import { isMap } from '../kernel/map.ts';
import type { SourceText } from '../kernel/source-text.ts';
import { baseOf } from '../model/pkey.ts';
import type { MemberFact } from './facts.ts';
import { guidOf } from './guid.ts';
import { placeIn } from './place.ts';

/** Whether a JSON value is what UFM answers to `GET /ufmRest/resources/pkeys?guids_data=true`: partitions by key. */
export function isUfmPkeys(value: unknown): value is Readonly<Record<string, unknown>> {
  return isMap(value) && Object.keys(value).length > 0 && Object.entries(value).every(([key, entry]) => /^0x[0-9a-fA-F]{1,4}$/.test(key) && isMap(entry));
}

/**
 * Members of partitions as UFM answers. A member without a membership is taken for a full one, as UFM makes it when it is told nothing.
 * Source: NVIDIA UFM REST API guide (PKey GUIDs), Mellanox/ib-kubernetes pkg/sm/plugins/ufm.
 */
export function readUfmPkeys(value: Readonly<Record<string, unknown>>, { file, text }: SourceText): readonly MemberFact[] {
  return Object.entries(value).flatMap(([key, entry]) => {
    const guids = isMap(entry) && Array.isArray(entry.guids) ? (entry.guids as readonly unknown[]) : [];
    return guids.flatMap((member): MemberFact[] => {
      const written = isMap(member) && typeof member.guid === 'string' ? member.guid : null;
      const guid = written === null ? null : guidOf(written);
      if (guid === null || written === null) return [];
      const membership = isMap(member) && member.membership === 'limited' ? 'limited' : 'full';
      return [{ kind: 'member', base: baseOf(Number(key)), guid, membership, origin: placeOf(file, text, key, written) }];
    });
  });
}

/** Where a member is written, behind its key. */
function placeOf(file: string, text: string, key: string, guid: string): ReturnType<typeof placeIn> {
  const at = text.indexOf(`"${guid}"`, Math.max(0, text.indexOf(`"${key}"`)));
  if (at < 0) return placeIn(file, 1);
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  return placeIn(file, line, column, column + guid.length + 2);
}
