/** Randomness that can be played again: mulberry32, from a seed that the run prints. */

/** A source of random moments and choices. */
export interface Dice {
  readonly seed: number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
}

/** Dice of `LOCKSTEP_FAULTS_SEED`, else of the time. */
export function createDice(seed: number = Number(process.env['LOCKSTEP_FAULTS_SEED'] ?? 0)): Dice {
  const chosen = seed > 0 ? seed : Date.now() % 1_000_000
  let state = chosen
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { seed: chosen, between: (low, high) => low + Math.floor(next() * (high - low + 1)) }
}
