/** How a command ended. 0: clean. 1: findings, claims that do not hold, or a difference. 2: bad usage or input. 3: could not finish. */
export type ExitCode = 0 | 1 | 2 | 3;

export const exitCodes: { readonly clean: 0; readonly findings: 1; readonly badInput: 2; readonly unfinished: 3 } = {
  clean: 0,
  findings: 1,
  badInput: 2,
  unfinished: 3,
};
