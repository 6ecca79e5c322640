/** One JSON document of identity, under `iam/NAME.json` of the pack. */
export interface IdentityDocument {
  readonly name: string;
  readonly body: unknown;
  /** Of a policy of AWS: what it is, and where it is attached, as `iam verify` is told; left out for other documents. */
  readonly attached?: { readonly kind: 'identity' | 'resource' | 'trust' | 'scp' | 'rcp' | 'endpoint'; readonly on?: string; readonly role?: string };
}

export interface IdentityFiles {
  readonly documents: readonly IdentityDocument[];
  /** What the zone would have to say for a document that is left out, with what it is for. */
  readonly missing: readonly string[];
}

export const noFiles: IdentityFiles = { documents: [], missing: [] };

export function joined(parts: readonly IdentityFiles[]): IdentityFiles {
  return { documents: parts.flatMap((part) => part.documents), missing: [...new Set(parts.flatMap((part) => part.missing))] };
}
