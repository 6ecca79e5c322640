/** Factors of the suffixes as powers of ten and of two, in thousandths so that `500m` is whole. Source: kubernetes/apimachinery pkg/api/resource/suffix.go. */
const suffixes: ReadonlyMap<string, bigint> = new Map([
  ['m', 1n],
  ['', 1000n],
  ...['k', 'M', 'G', 'T', 'P', 'E'].map((letter, i): [string, bigint] => [letter, 1000n * 1000n ** BigInt(i + 1)]),
  ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((letters, i): [string, bigint] => [letters, 1000n * 1024n ** BigInt(i + 1)]),
]);

/**
 * A resource quantity (`8`, `500m`, `1.5`, `16Gi`, `1e3`) in thousandths of its unit, rounded up, as the API server compares quantities. Undefined for text that is none.
 * Source: kubernetes/apimachinery pkg/api/resource/quantity.go.
 */
export function quantityOf(text: string): bigint | undefined {
  const match = /^([+-]?)(\d{1,18})(?:\.(\d{0,9}))?(?:[eE]([+-]?\d{1,2})|(m|k|[KMGTPE]i?)?)$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent, suffix = ''] = match;
  const factor = suffixes.get(suffix);
  if (factor === undefined) return undefined;
  const power = exponent === undefined ? 0 : Number(exponent);
  let value = BigInt(`${whole}${fraction}`) * factor * 10n ** BigInt(Math.max(0, power));
  const divisor = 10n ** BigInt(fraction.length + Math.max(0, -power));
  value = (value + divisor - 1n) / divisor;
  return sign === '-' ? -value : value;
}

const bytes: readonly string[] = ['memory', 'ephemeral-storage', 'storage', 'requests.storage'];
const binary = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'] as const;

/**
 * A quantity of a resource as people read it: `8`, and `1.5Ti` of memory. Exact, in bytes where no suffix has it in two digits after the point; `about` cuts
 * digits off instead.
 */
export function amountText(thousandths: bigint, resource: string, how: 'exact' | 'about' = 'exact'): string {
  const name = resource.replace(/^(?:requests|limits)\./, '');
  if (!bytes.includes(name) && !name.startsWith('hugepages-')) return quantityText(thousandths);
  for (const suffix of binary) {
    const factor = suffixes.get(suffix) ?? 1n;
    const hundredths = (thousandths * 100n) / factor;
    if (thousandths >= factor && (how === 'about' || hundredths * factor === thousandths * 100n)) return `${quantityText(hundredths * 10n)}${suffix}`;
  }
  return quantityText(thousandths);
}

/** A quantity in thousandths as people read it: `12`, `0.5`. */
export function quantityText(thousandths: bigint): string {
  const whole = thousandths / 1000n;
  const rest = thousandths % 1000n;
  return rest === 0n ? String(whole) : `${whole}.${String(rest).padStart(3, '0').replace(/0+$/, '')}`;
}
