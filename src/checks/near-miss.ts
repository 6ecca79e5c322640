import { nearest } from '../kernel/spelling.ts';
import type { LabelSelector } from '../model/labels.ts';
import type { Workload } from '../model/workload.ts';

/** A label that some pod has and that the selector nearly asks for. */
export interface NearMiss {
  readonly workload: Workload;
  /** `key: value` as it should be written. */
  readonly label: string;
  /** What was asked for and what there is, as the end of a sentence. */
  readonly text: string;
}

/** Looks for the label that a selector which selects nothing was meant to name: same key with a value spelt nearly so, or same value under a key spelt nearly so. */
export function nearMiss(selector: LabelSelector, candidates: readonly Workload[]): NearMiss | undefined {
  for (const requirement of selector.requirements) {
    if (requirement.operator !== 'In') continue;
    for (const wanted of requirement.values) {
      const byValue = new Map<string, Workload>();
      const byKey = new Map<string, Workload>();
      for (const workload of candidates) {
        for (const [key, value] of Object.entries(workload.labels)) {
          if (key === requirement.key && value === wanted) return undefined;
          if (key === requirement.key) byValue.set(value, workload);
          if (value === wanted) byKey.set(key, workload);
        }
      }
      const value = nearest(wanted, [...byValue.keys()]);
      const ofValue = value === undefined ? undefined : byValue.get(value);
      if (value !== undefined && ofValue !== undefined)
        return { workload: ofValue, label: `${requirement.key}: ${value}`, text: `${ofValue.namespace}/${ofValue.name} has ${requirement.key}=${value}` };
      const key = nearest(requirement.key, [...byKey.keys()]);
      const ofKey = key === undefined ? undefined : byKey.get(key);
      if (key !== undefined && ofKey !== undefined)
        return { workload: ofKey, label: `${key}: ${wanted}`, text: `${ofKey.namespace}/${ofKey.name} has ${key}=${wanted}` };
    }
  }
  return undefined;
}
