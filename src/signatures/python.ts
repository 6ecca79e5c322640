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
  'NotImplementedError',
  'UnboundLocalError',
  'RecursionError',
  'OverflowError',
  'UnicodeDecodeError',
  'IsADirectoryError',
  'NotADirectoryError',
  'SyntaxError',
];

/** What torch says of tensors and of checkpoints that do not fit, for which it has no exceptions of its own. */
const ofTensors = [
  'mat1 and mat2 shapes cannot be multiplied',
  'Expected all tensors to be on the same device',
  'The size of tensor a \\(\\d{1,9}\\) must match',
  'Error\\(s\\) in loading state_dict for ',
  "shape '\\[[^\\]\\n]{1,80}\\]' is invalid for input of size",
  'Sizes of tensors must match except',
];

/** What a library says of a connection in an exception of its own; and what Python prints of objects that are gone when it ends. */
const notOwn = "(?![^\\n]{0,300}(?:onnect|[Tt]imed? ?out|resolv|unreachable|NCCL|rendezvous|'NoneType' object))";

/** The last line of a traceback; in the table that torchrun prints at its end two spaces stand before it. Source: pytorch torch/distributed/elastic/multiprocessing/errors. */
function raised(name: string, pattern: string, source: string): Signature {
  return {
    id: `python/${name.replace('Error', '').toLowerCase()}`,
    subject: 'program',
    anchor: `${name}: `,
    pattern: new RegExp(`^(?: {2})?${pattern}`),
    outcome: 'unclear',
    proof: 'hint',
    follows: true,
    means: `a program of Python raised ${/^[AIOU]/.test(name) ? 'an' : 'a'} ${name}, which ends a process unless it is caught`,
    mend: 'Look at the traceback above that line, and mend the program or its data; no policy has a part in it.',
    source,
  };
}

export const family: SignatureFamily = {
  title: 'Python',
  signatures: [
    ...own.map((name) => raised(name, `${name}: ${notOwn}`, 'cpython Lib/traceback.py, which prints it so; docs.python.org, Built-in Exceptions')),
    raised(
      'RuntimeError',
      `RuntimeError: (?:${ofTensors.join('|')})`,
      'pytorch aten/src/ATen/native, torch/nn/modules/module.py, load_state_dict; cpython Lib/traceback.py',
    ),
  ],
};
