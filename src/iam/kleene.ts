/** Three-valued truth: what is not known is neither. */
export type Truth = 'yes' | 'no' | 'unknown';

export function truth(is: boolean): Truth {
  return is ? 'yes' : 'no';
}

export function and(...parts: readonly Truth[]): Truth {
  return parts.includes('no') ? 'no' : parts.includes('unknown') ? 'unknown' : 'yes';
}

export function or(...parts: readonly Truth[]): Truth {
  return parts.includes('yes') ? 'yes' : parts.includes('unknown') ? 'unknown' : 'no';
}

export function not(part: Truth): Truth {
  return part === 'yes' ? 'no' : part === 'no' ? 'yes' : 'unknown';
}
