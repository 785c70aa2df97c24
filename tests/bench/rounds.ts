/**
 * Taking turns: in each round, everyone who is compared runs once.
 *
 * @module
 */

/** Someone who is compared: runs once and returns the figure of that run. */
export type Contestant = () => Promise<number>;

/**
 * Lets contestants take turns: A B C A B C …, so that whatever else the machine
 * does meanwhile falls on all of them.
 *
 * @param contestants Those who are compared, by name.
 * @param runs Number of rounds.
 * @returns Figures by name, one a round.
 */
export async function takeRounds<Name extends string>(
  contestants: Readonly<Partial<Record<Name, Contestant>>>,
  runs: number,
): Promise<Partial<Record<Name, number[]>>> {
  const entries = Object.entries(contestants) as [Name, Contestant][];
  const figures: Partial<Record<Name, number[]>> = {};
  for (let round = 0; round < runs; round++) {
    for (const [name, run] of entries) {
      (figures[name] ??= []).push(await run());
    }
  }
  return figures;
}
