import { lineWidth, showsUnicode, wantsColour } from '../live/terminal.ts';
import { type Pen, penFor } from '../report/pen.ts';
import { type Io, type Sink, terminalFacts } from './io.ts';

/** The pen for one of the streams: what it can show, by what it is and by the environment. */
export function penOf(sink: Sink, io: Io): Pen {
  const facts = terminalFacts(sink, io);
  return penFor({ colour: wantsColour(facts), unicode: showsUnicode(facts), width: lineWidth(facts) });
}
