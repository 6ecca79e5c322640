import type { Signature, SignatureFamily } from './signature.ts';

/**
 * Exceptions that a program raises over its own data and code, and that no failed connection raises by itself. Left out: RuntimeError, OSError and all that
 * libraries raise of a network. Source: docs.python.org, Built-in Exceptions.
 */
const own = [
  'ValueError',
  'TypeError',
  'KeyError',
  'IndexError',
  'AttributeError',
  'AssertionError',
  'NameError',
  'ImportError',
  'FileNotFoundError',
  'ZeroDivisionError',
];

/** What a library says of a connection in an exception of its own; and what Python prints of objects that are gone when it ends. */
const notOwn = "(?![^\\n]{0,300}(?:onnect|[Tt]imed? ?out|resolv|unreachable|NCCL|rendezvous|'NoneType' object))";

export const family: SignatureFamily = {
  title: 'Python',
  signatures: own.map(
    (name): Signature => ({
      id: `python/${name.replace('Error', '').toLowerCase()}`,
      subject: 'program',
      anchor: `${name}: `,
      pattern: new RegExp(`^${name}: ${notOwn}`),
      outcome: 'unclear',
      proof: 'hint',
      follows: true,
      means: `a program of Python raised ${/^[AI]/.test(name) ? 'an' : 'a'} ${name}, which ends a process unless it is caught`,
      mend: 'Look at the traceback above that line, and mend the program or its data; no policy has a part in it.',
      source: 'cpython Lib/traceback.py, which prints it so; docs.python.org, Built-in Exceptions',
    }),
  ),
};
