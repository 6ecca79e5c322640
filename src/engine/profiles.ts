import { shown } from '../kernel/reader.ts';
import { failed, ok, type Result } from '../kernel/result.ts';
import { nearest } from '../kernel/spelling.ts';
import type { Profile } from '../model/profile.ts';
import { families } from './profiles/registry.gen.ts';

/** Every profile there is: CNIs in name order, versions from old to new. */
export const profiles: readonly Profile[] = families.flatMap((f) => f.profiles);

/** Short names: the newest version known of each CNI. */
const newest: ReadonlyMap<string, Profile> = new Map(families.flatMap((f) => f.profiles.slice(-1).map((p) => [f.name, p] as const)));

/** The profile that `text` names: `kubernetes`, `cilium@1.19`, or a CNI alone (`cilium`) for the newest version known. An unknown name is an error that lists the known ones. */
export function profileOf(text: string): Result<Profile> {
  const found = profiles.find((p) => p.id === text) ?? newest.get(text);
  if (found !== undefined) return ok(found);
  const names = [...new Set([...profiles.map((p) => p.id), ...newest.keys()])];
  const meant = nearest(text, names);
  return failed([
    {
      code: 'unknown-profile',
      severity: 'error',
      message: `No profile is called ${shown(text)}; known profiles are ${names.join(', ')}.`,
      hint: meant === undefined ? 'Take kubernetes for the strict reading of the API alone.' : `Did you mean ${meant}?`,
      origin: null,
    },
  ]);
}
