import type { Cause, FirstSeen, Likelihood } from '../../model/diagnosis.ts';
import type { Sighted } from './log-scanner.ts';
import type { LogTime } from './log-time.ts';

/** When something was first seen, and on whom. */
interface Seen {
  readonly time: LogTime;
  readonly pod: string | null;
}

/** The first by each sort of clock: those with a zone compare among each other, and so do those without; one with the other does not. */
export interface FirstByClock {
  readonly zoned: Seen | null;
  readonly local: Seen | null;
}

/** What may be to blame, but for when it was first seen. */
export type Judgement = Omit<Cause, 'first'>;

/** A judgement with what its place in time rests on. `echo`: it follows from something else, and is first of nothing. */
export interface Timed {
  readonly judgement: Judgement;
  readonly seen: FirstByClock;
  readonly echo: boolean;
}

type Clock = keyof FirstByClock;

/** Without a year, times of which one is in January and one in December tell no order. */
const halfYear = 182 * 24 * 60 * 60 * 1000;

/** When the first of these lines was printed; one that tells no time may have been it. */
export function firstSeenIn(all: readonly Sighted[]): FirstByClock {
  return all.map(({ first, sighting: { who } }) => byClock(first, who?.name ?? null)).reduce(firstOfBoth);
}

function byClock(time: LogTime | null, pod: string | null): FirstByClock {
  const seen = time === null ? null : { time, pod };
  return { zoned: time?.zoned === true ? seen : null, local: time?.zoned === false ? seen : null };
}

/** The first of either, by each sort of clock that both have. */
export function firstOfBoth(a: FirstByClock, b: FirstByClock): FirstByClock {
  return { zoned: firstOf(a.zoned, b.zoned), local: firstOf(a.local, b.local) };
}

/** Whether one is known to have come before all of the others. */
export function isBefore(one: FirstByClock, others: readonly FirstByClock[]): boolean {
  const clock = clockOf([one, ...others]);
  return clock !== null && others.every((other) => secondOf(one[clock]) < secondOf(other[clock]));
}

/**
 * Causes that are as likely, in the order in which they were first seen, where one sort of clock tells it for all of them: what failed first seldom follows
 * from what failed later. Clocks of nodes differ a little, so what was seen in one second stays as it was. Echoes stay behind, in their own order.
 */
export function inOrderOfTime(causes: readonly Timed[]): readonly Cause[] {
  const likelihoods: readonly Likelihood[] = ['certain', 'likely', 'possible'];
  return likelihoods.flatMap((likelihood) => {
    const alike = causes.filter((c) => c.judgement.likelihood === likelihood);
    const sorted = sortedByTime(alike.filter((c) => !c.echo));
    return [...sorted, ...sortedByTime(alike.filter((c) => c.echo))].map((c, i) => withFirst(c, i === 0 && isBeforeAll(sorted)));
  });
}

function sortedByTime(causes: readonly Timed[]): readonly Timed[] {
  const clock = clockOf(causes.map((c) => c.seen));
  return clock === null ? causes : causes.toSorted((a, b) => secondOf(a.seen[clock]) - secondOf(b.seen[clock]));
}

function isBeforeAll([first, ...others]: readonly Timed[]): boolean {
  return (
    first !== undefined &&
    others.length > 0 &&
    isBefore(
      first.seen,
      others.map((o) => o.seen),
    )
  );
}

function withFirst({ judgement, seen }: Timed, isFirst: boolean): Cause {
  const shown = seen.zoned ?? seen.local;
  const first: FirstSeen | null = shown === null ? null : { time: shown.time.text, pod: shown.pod };
  return {
    ...judgement,
    first,
    because: isFirst ? [...judgement.because, 'it came first: what else is as likely came later, and may follow from it'] : judgement.because,
  };
}

/** The sort of clock that all of them have, if there is one. */
function clockOf(all: readonly FirstByClock[]): Clock | null {
  if (all.every((s) => s.zoned !== null)) return 'zoned';
  const local = all.flatMap((s) => (s.local === null ? [] : [s.local.time.at]));
  return local.length === all.length && Math.max(...local) - Math.min(...local) < halfYear ? 'local' : null;
}

function secondOf(seen: Seen | null): number {
  return Math.floor((seen?.time.at ?? 0) / 1000);
}

function firstOf(a: Seen | null, b: Seen | null): Seen | null {
  return a === null || b === null ? null : b.time.at < a.time.at ? b : a;
}
