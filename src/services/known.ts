import type { ServiceProfile } from './profile.ts';
import { families } from './registry.gen.ts';

/** Every egress profile that a zone may name. */
export const knownServices: readonly ServiceProfile[] = families.flatMap((family) => family.profiles);

export function serviceProfile(id: string): ServiceProfile | undefined {
  return knownServices.find((profile) => profile.id === id);
}
