import type { Taint } from '../model/cluster.ts';
import type { Toleration } from '../model/workload.ts';

/**
 * Whether a toleration is about a taint. One without an effect is about every effect, `Exists` about every value, and one without a key, which must be
 * `Exists`, about every key. One that ends after some seconds counts: the pod runs until then.
 * Source: kubernetes/api core/v1 Toleration.ToleratesTaint; kubernetes/kubernetes pkg/apis/core/validation ValidateTolerations.
 */
export function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== null && effect !== taint.effect) return false;
  if (key !== null && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  if (key === null) return false;
  if (operator === 'Equal') return value === taint.value;
  const [own, its] = [wholeNumber(value), wholeNumber(taint.value)];
  return own !== null && its !== null && (operator === 'Lt' ? its < own : its > own);
}

/** An integer of 64 bits. Source: Go strconv.ParseInt. */
export function wholeNumber(text: string): bigint | null {
  if (!/^[+-]?\d{1,40}$/.test(text)) return null;
  const number = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, number) === number ? number : null;
}

/** `workload-type=training:NoSchedule`. */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === '' ? '' : `=${value}`}:${effect}`;
}

/** A toleration in words: `workload-type=training:NoSchedule`, `every taint`. */
export function tolerationText({ key, operator, value, effect }: Toleration): string {
  const which = key === null ? 'every taint' : operator === 'Exists' ? `the taint ${key}` : `the taint ${key}${operatorText[operator]}${value}`;
  return effect === null ? which : `${which} with effect ${effect}`;
}

const operatorText: Readonly<Record<Exclude<Toleration['operator'], 'Exists'>, string>> = { Equal: '=', Gt: ' over ', Lt: ' under ' };
