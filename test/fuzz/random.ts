/** Numbers that look random and are the same for the same seed. */
export interface Dice {
  /** In [0, 1). */
  next(): number
  /** 0 … below - 1. */
  below(count: number): number
  /** Whether it happens, `chance` times in one. */
  chance(chance: number): boolean
  /** One of them. */
  pick<T>(from: readonly T[]): T
}

export function diceOf(seed: number): Dice {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (count: number): number => Math.floor(next() * count)
  return {
    next,
    below,
    chance: (chance) => next() < chance,
    pick: (from) => {
      if (from.length === 0) throw new RangeError('nothing to pick from')
      return from[below(from.length)] as (typeof from)[number]
    },
  }
}
