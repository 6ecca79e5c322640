/**
 * What a line of a log is about. `peers`: pods of the job dialling each other. `store`: the rendezvous, or the head of a cluster. `launch`: starting processes
 * in other pods. `dns`: looking up a name. `data`: storage and other services. `credentials`: asking a cloud for them. `api-server`: the Kubernetes API.
 * `rdma`: the fabric. `interface`: which network a library chose. `intruder`: something else dialled its port. `waiting`: nothing was heard for too long.
 * `program`: the process ended by its own fault, and all that peers say after that follows from it. `progress`: something worked.
 */
export type Subject =
  | 'peers'
  | 'store'
  | 'launch'
  | 'dns'
  | 'data'
  | 'credentials'
  | 'api-server'
  | 'rdma'
  | 'interface'
  | 'intruder'
  | 'waiting'
  | 'program'
  | 'progress';

/**
 * How it ended. `dropped`: no answer at all. `refused`: a reset, from the host or from a CNI that rejects. `rejected`: an ICMP error. `cut`: it was open and
 * ended. `unanswered`: the resolver did not answer. `unknown-name`: the resolver says that there is no such name. `unclear`: the line does not say.
 */
export type Outcome = 'dropped' | 'refused' | 'rejected' | 'cut' | 'unanswered' | 'unknown-name' | 'unclear';

/**
 * One shape of line that some program prints when it cannot go on. `pattern` names what it finds: `from`, the host that dialled, where
 * a launcher prints what others say; `host`, `port`, `scheme` of a URL, and `errno`, the words or the number that say how it ended. It must not backtrack (a test proves that), and is only tried on lines that hold the anchor.
 */
export interface Signature {
  /** Unique, `family/what`. */
  readonly id: string;
  readonly subject: Subject;
  /** Text that stands in every such line, and in the same way where the line is a string in JSON: no letters that writers of JSON may escape. */
  readonly anchor: string;
  readonly pattern: RegExp;
  /** How it ended where the line does not say. */
  readonly outcome: Outcome;
  /** `connect`: names a connection that was tried. `hint`: points somewhere. `echo`: follows from something else, and proves nothing by itself. */
  readonly proof: 'connect' | 'hint' | 'echo';
  /** What it means, in a sentence without a full stop. */
  readonly means: string;
  /** What to do, where that is more than its subject tells. */
  readonly mend?: string;
  /** What the line is about, where it names no port: ids of passages of frameworks, or how they begin or end. Left out, those of the family. */
  readonly passages?: readonly string[];
  /** Whether no policy of pods has a say in it, whoever it names. */
  readonly beyondPolicies?: true;
  /** Signatures whose lines only follow where this one is met. */
  readonly explains?: readonly string[];
  /** Whether such lines also come of what failed before: they count for what only waits, and for the rest where they are known to come first. */
  readonly follows?: true;
  /** Subjects that worked after all, where this is printed after lines about them. */
  readonly clears?: readonly Subject[];
  /** The lines below that say who dialled whom, for programs that print one thing over several lines. */
  readonly below?: Below;
  /** Versions that print it so, where that is known. */
  readonly versions?: string;
  readonly source: string;
}

/** How lines below one say more: each of the texts begins one, and what it names counts as if it stood in the first. */
export interface Below {
  /** Lines that are looked at, from the first on. */
  readonly lines: number;
  /** The line that says who dialled, and the one that says whom, or how it ended. */
  readonly patterns: readonly RegExp[];
}

/** The signatures of one program. One file in `src/signatures`. */
export interface SignatureFamily {
  readonly title: string;
  /** Passages of frameworks that its lines are about, as the signatures have them; none where it is about no framework. */
  readonly passages?: readonly string[];
  readonly signatures: readonly Signature[];
}
