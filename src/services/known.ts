import { huggingFace, huggingFaceOffline } from './hugging-face.ts';
import type { ServiceProfile } from './profile.ts';
import { wandb, wandbOffline } from './wandb.ts';

/** Every egress profile that a zone may name, by id. */
export const knownServices: readonly ServiceProfile[] = [huggingFace, huggingFaceOffline, wandb, wandbOffline];

export function serviceProfile(id: string): ServiceProfile | undefined {
  return knownServices.find((profile) => profile.id === id);
}
