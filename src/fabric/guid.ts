/** A GUID as 16 lower-case hex digits: the one spelling of this folder, whatever a tool prints. */
export type Guid = string;

/** What the tools print and people write: with or without 0x, with colons or dots. Null: this is no GUID. */
export function guidOf(text: string): Guid | null {
  if (text.length > 40) return null;
  const digits = text.trim().toLowerCase().replace(/^0x/, '').replace(/[:.-]/g, '');
  return /^[0-9a-f]{1,16}$/.test(digits) ? digits.padStart(16, '0') : null;
}

export function guidText(guid: Guid): string {
  return `0x${guid}`;
}
