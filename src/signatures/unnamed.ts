import type { SignatureFamily } from './signature.ts';

/** An exception at the beginning of a line that tells of a connection, of a library that no signature knows. Source: cpython Lib/traceback.py, which prints exceptions so. */
const raised = '^[A-Za-z_][\\w.]{0,120}(?:Error|Exception|Timeout): ';

/** Words without which a time that is over is not one of a connection. */
const ofConnections = '(?=[^\\n]{0,400}(?:[Cc]onnect|[Ss]ocket|[Ss]erver|[Hh]ost|[Hh]andshake|read operation))';

const source = 'cpython Lib/traceback.py, which prints exceptions so; errno(3)';

export const family: SignatureFamily = {
  title: 'Connections that are not told apart',
  signatures: [
    {
      id: 'unnamed/timed-out',
      subject: 'data',
      anchor: 'imed out',
      pattern: new RegExp(`${raised}${ofConnections}[^\\n]{0,400}?[Tt]imed out`),
      outcome: 'dropped',
      proof: 'hint',
      means: 'a library raised that a connection timed out; where to is not told apart',
      source,
    },
    {
      id: 'unnamed/refused',
      subject: 'data',
      anchor: 'onnection refused',
      pattern: new RegExp(`${raised}[^\\n]{0,400}?[Cc]onnection refused`),
      outcome: 'refused',
      proof: 'hint',
      means: 'a library raised that a connection was refused; where to is not told apart',
      source,
    },
    {
      id: 'unnamed/unreachable',
      subject: 'data',
      anchor: 'Network is unreachable',
      pattern: new RegExp(`${raised}[^\\n]{0,400}?Network is unreachable`),
      outcome: 'rejected',
      proof: 'hint',
      means: 'a library raised that a network is unreachable; where to is not told apart',
      source,
    },
    {
      id: 'unnamed/no-route',
      subject: 'data',
      anchor: 'No route to host',
      pattern: new RegExp(`${raised}[^\\n]{0,400}?No route to host`),
      outcome: 'rejected',
      proof: 'hint',
      means: 'a library raised that there is no route; where to is not told apart',
      source,
    },
  ],
};
