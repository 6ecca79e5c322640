import { UsageError } from './usage-error.ts';

/** Decimal and binary units, as providers and Kubernetes write them. */
const units: Readonly<Record<string, number>> = { '': 1, B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 };

/** `20GB`, `500 MiB`; throws UsageError on anything else. */
export function byteSize(option: string, text: string): number {
  const [, number, unit = ''] = /^(\d{1,12}(?:\.\d{1,3})?) ?([a-z]{0,3})$/i.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit.toUpperCase()) ? units[unit.toUpperCase()] : undefined;
  if (number === undefined || factor === undefined)
    throw new UsageError([{ message: `--${option} ${JSON.stringify(text)} is no size`, hint: 'write a number and a unit, as in 20GB or 500MiB' }]);
  return Math.round(Number(number) * factor);
}
