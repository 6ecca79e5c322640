import type { Finding } from './finding.ts';

/** Somebody on the fabric: a zone, a neighbour that no zone tells of, a hub that several use, or what runs the fabric. */
export interface FabricParty {
  readonly name: string;
  readonly kind: 'zone' | 'neighbour' | 'hub' | 'infrastructure';
  /** Number of its partition; null: it has none of its own. */
  readonly pkey: number | null;
  readonly ports: number;
}

/** Two parties whose ports share a key over which they can talk, though nobody wants it. */
export interface FabricCrossing {
  readonly a: string;
  readonly b: string;
  readonly pkey: number;
  /** Whether it is so now, or becomes so when the subnet manager next reads its configuration. */
  readonly when: 'now' | 'when the configuration is read';
  /** Pairs of ports that can talk. */
  readonly pairs: number;
  /** Some of them, by host. */
  readonly examples: readonly { readonly a: string; readonly aKey: number; readonly b: string; readonly bKey: number }[];
}

/** What a port holds of each partition, in the order of `FabricMatrix.pkeys`. */
export interface FabricRow {
  readonly host: string;
  readonly guid: string;
  /** Null: nobody says whose it is. */
  readonly party: string | null;
  readonly cells: readonly ('full' | 'limited' | null)[];
  /** The key at index 0; null: not known. */
  readonly indexZero: number | null;
}

/** Who is in which partition. */
export interface FabricMatrix {
  readonly pkeys: readonly { readonly pkey: number; readonly name: string }[];
  readonly rows: readonly FabricRow[];
}

/** One of the questions of an audit, and whether the input could answer it. */
export interface FabricQuestion {
  readonly question: string;
  readonly answer: 'in order' | 'not in order' | 'not known';
  readonly because: string;
}

/** What `fabric audit` answers. */
export interface FabricAuditReport {
  readonly fabric: { readonly hosts: number; readonly switches: number; readonly tables: 'live' | 'configured' | 'none' };
  readonly parties: readonly FabricParty[];
  /** Whether no two zones can talk. */
  readonly apart: 'holds' | 'fails' | 'undecided';
  readonly apartBecause: string;
  readonly crossings: readonly FabricCrossing[];
  readonly matrix: FabricMatrix;
  readonly questions: readonly FabricQuestion[];
  readonly findings: readonly Finding[];
  readonly assumptions: readonly string[];
}
