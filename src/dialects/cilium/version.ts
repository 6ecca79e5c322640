import type { Reader } from '../../kernel/reader.ts';

/** Versions of Cilium between which the meaning of a policy object changed, old to new. */
export const versions = ['1.18', '1.19', '1.20'] as const;

export type Version = (typeof versions)[number];

/** One reading of an object as a version of Cilium takes it. Notes whether the version made a difference. */
export class Reading {
  readonly version: Version;
  #asked = false;
  #refused = false;

  constructor(version: Version) {
    this.version = version;
  }

  /** Whether this reading is that of `version` or a later one. */
  since(version: Version): boolean {
    this.#asked = true;
    return versions.indexOf(this.version) >= versions.indexOf(version);
  }

  /** Something that the API server knows since `version`: it refuses the object before. */
  needs(version: Version, at: Reader, what: string): void {
    at.warning(`since-${version}`, `Cilium knows ${what} since ${version}: with an older version the API server refuses this whole policy.`);
    if (!this.since(version)) this.refuse();
  }

  /** This version refuses the object: it enforces nothing of it. */
  refuse(): void {
    this.#refused = true;
  }

  /** Whether something in the object means different things to different versions. */
  get differs(): boolean {
    return this.#asked;
  }

  get refused(): boolean {
    return this.#refused;
  }
}

/** The name of a reading, as profiles say it in `readsAs`. */
export function readingName(version: Version): string {
  return `cilium@${version}`;
}
