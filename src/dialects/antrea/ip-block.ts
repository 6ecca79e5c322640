import { type Reader, shown } from '../../kernel/reader.ts';
import { readCidr } from '../../model/cidr-syntax.ts';
import type { Peer } from '../../model/policy.ts';
import { ipIsEmpty, ipSubtract } from '../../space/ip-set.ts';

/** One ipBlock; undefined, with an error, when it is wrong. Source: antrea pkg/controller/networkpolicy/validate.go validateIPBlock. */
export function readIpBlock(block: Reader): Peer | undefined {
  if (block.absent) block.error('wrong-type', 'A block is nothing; expected cidr.');
  if (!block.object(['cidr', 'except'])) return undefined;
  block.required('cidr');
  const cidr = readCidr(block.field('cidr'));
  const except = block
    .field('except')
    .each()
    .flatMap((item) => {
      if (item.absent) item.error('wrong-type', 'An exception is nothing; expected a CIDR.');
      const hole = readCidr(item);
      if (hole === undefined) return [];
      const inside = cidr === undefined || (ipIsEmpty(ipSubtract(hole.set, cidr.set)) && !ipIsEmpty(ipSubtract(cidr.set, hole.set)));
      if (!inside) item.error('except-outside', `${shown(hole.text)} is not strictly inside ${shown(cidr.text)}; an exception must be.`);
      return [hole.text];
    });
  return cidr === undefined ? undefined : { kind: 'cidr', cidr: cidr.text, except };
}
