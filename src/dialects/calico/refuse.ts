import type { Origin } from '../../kernel/origin.ts';

/** Notes one thing that the language cannot say, at the part of the policy that says it. */
export type Refuse = (origin: Origin, message: string, hint?: string) => void;

/** A part of a manifest. */
export type Plain = Readonly<Record<string, unknown>>;
