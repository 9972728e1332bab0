/** The publication that the problems 1 to 35 are from. */
export const mgh = (number: number, origin: string): string =>
  `Moré, Garbow and Hillstrom, Testing unconstrained optimization software (1981), problem ${number}; ${origin}`
