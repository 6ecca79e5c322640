import type { Origin } from '../kernel/origin.ts';
import type { Passage } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';

/** What shows that a job uses a framework, in a few words (`starts torchrun`), and where it stands. */
export interface Sign {
  readonly text: string;
  readonly origin: Origin;
  /** The job starts it, for everybody to see; other signs (a variable, the name of an image) may mislead. */
  readonly starts?: true;
}

/** How a setting moves or pins the ports of a framework. */
export interface Knob {
  readonly kind: 'env' | 'argument' | 'sysctl' | 'port-name';
  /** `MASTER_PORT`, `--master-port`, `net.ipv4.ip_local_port_range`. */
  readonly name: string;
  /** What it moves or pins, in a sentence without a full stop. */
  readonly what: string;
  readonly source: string;
  /** Of a variable that holds listeners to a range which the kernel's sysctl does not move: its value for that range. */
  readonly pin?: (low: number, high: number) => string;
}

/**
 * A training framework, a launcher or a library for collectives: how it is known, who dials whom with it, and what moves its ports. One file in `src/frameworks`.
 * A job often uses several (torchrun starts PyTorch, which calls NCCL): their passages add up.
 */
export interface Framework {
  /** Its file name. */
  readonly id: string;
  readonly title: string;
  /** What a job is written in or started by, which a zone may name; or a library below, which is there or not whatever the job is called. */
  readonly kind: 'framework' | 'library';
  /** Ids of frameworks that each job of it uses as well. */
  readonly endsIn?: readonly string[];
  /** Who dials whom with it, and on which ports, in one to three sentences of Markdown. */
  readonly about: string;
  /** Where that is written: project and file. */
  readonly sources: readonly string[];
  readonly knobs: readonly Knob[];
  /** Ports on which it listens by default, outside of what the kernel picks; null where it picks ports by itself that neither the sysctl nor a variable of `knobs` pins. */
  readonly fixedPorts: readonly number[] | null;
  /** Signs of it in a job; none where it is not used. */
  detect(job: TrainingJob): readonly Sign[];
  /** What it does on the network in a job that uses it. */
  passages(job: TrainingJob): readonly Passage[];
}
