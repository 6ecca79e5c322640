import { type Reader, shown } from '../kernel/reader.ts';
import { type Cidr, hostCidr, parseCidr, parseIp } from '../space/ip-set.ts';

/**
 * The CIDR at a place; undefined when absent, and, with an error, when it is none. Host bits are a warning: every CNI masks them, though the writer may
 * have meant one address. `bareAddress` also takes an address without a length (Cilium fromCIDR and toCIDR).
 */
export function readCidr(at: Reader, bareAddress = false): Cidr | undefined {
  const text = at.string();
  if (text === undefined) return undefined;
  const address = parseIp(text);
  const whole = address === undefined ? undefined : hostCidr(text);
  const cidr = parseCidr(bareAddress ? (whole ?? text) : text);
  if (cidr === undefined) {
    at.error(
      'bad-cidr',
      `${shown(text)} is no CIDR; expected an address, "/" and a length, such as 10.0.0.0/8 or fd00::/8.`,
      whole === undefined ? undefined : `Write ${whole} for that one address.`,
    );
    return undefined;
  }
  if (cidr.hadHostBits)
    at.warning('host-bits', `${shown(text)} has host bits set; it means ${cidr.text}.`, `Write ${cidr.text}, or a longer length if you meant fewer addresses.`);
  return cidr;
}
