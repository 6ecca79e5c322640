import type { Diagnostic, Result } from '../kernel/result.ts';
import type { IntendedName, NameIntent } from '../model/name-intent.ts';
import type { DialectId, Policy } from '../model/policy.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { StagedPolicy } from '../model/staged-policy.ts';

/** The other objects of the same input, for what a policy refers to. */
export interface Surroundings {
  /** Objects of one group (without version) and kind, in input order. */
  of(group: string, kind: string): readonly RawObject[];
}

/** Nothing else is there. */
export const alone: Surroundings = { of: () => [] };

/** How to tell whom an object is about, and where its policy stands, when its rules cannot be read. */
export interface SubjectSyntax {
  /** The fields of `spec` that say so. */
  readonly fields: readonly string[];
  /** What `spec` needs besides to be read at all: alternatives, tried in order. Left out: nothing. */
  readonly beside?: readonly Readonly<Record<string, unknown>>[];
}

/** Policies of a language that decide nothing until they are promoted. */
export interface Staging {
  /** What an object would do on promotion; null when it is not staged. */
  about(object: RawObject): StagedPolicy | null;
  /** The objects with every staged policy among them promoted. Those that are not staged, nor the target of one, are the same objects. */
  promoted(objects: readonly RawObject[]): { readonly objects: readonly RawObject[]; readonly diagnostics: readonly Diagnostic[] };
}

/**
 * One policy language. `read` lowers an object to the model, with a diagnostic for each fault, at its exact path, never stopping at the first;
 * an object that the API server would refuse is an error. `emit` is its inverse: `read(emit(policy))` gives the policy back (origins aside);
 * it refuses (an error diagnostic that names what cannot be said) rather than widen.
 */
export interface Dialect {
  readonly id: DialectId;
  readonly title: string;
  /** Kinds that `read` takes. `group` is the API group without version. */
  readonly kinds: readonly { readonly group: string; readonly kind: string }[];
  /** Kinds that policies of the language refer to (Calico's Tier and NetworkSet, Cilium's CIDRGroup): read with them, and so not unknown. */
  readonly supports?: readonly { readonly group: string; readonly kind: string }[];
  /** Faults of an object of those kinds, told once at its place: what refers to it is then unknown. Left out: told elsewhere. */
  checkSupport?(object: RawObject): readonly Diagnostic[];
  read(object: RawObject, around: Surroundings): Result<readonly Policy[]>;
  /** Left out: an object that cannot be read concerns its whole namespace, or the cluster. */
  readonly subject?: SubjectSyntax;
  readonly staging?: Staging;
  emit(policy: Policy): Result<Readonly<Record<string, unknown>>>;
  /** A name rule for exactly these outside names; left out where the language has no rules on names. `version` is the CNI's (`1.19`), null for the newest. */
  intend?(intent: NameIntent, version: string | null): IntendedName;
}
