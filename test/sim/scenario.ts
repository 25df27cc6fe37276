/** What a seed is about. */
import type { Random } from '#base'

/** What may befall the cluster of one seed; each is left out of many, so that none hides another. */
export interface Scenario {
  /** 1: no lease is needed. */
  readonly replicas: 1 | 2
  /** Processes stand still for a while. */
  readonly stalls: boolean
  /** Wall clocks are set. */
  readonly jumps: boolean
  /** Most of Vault or of Git vanishes at once. */
  readonly absence: boolean
  /** Git holds more than twenty objects, so that most of them can vanish. */
  readonly isLarge: boolean
}

/** What a seed is about, drawn. */
export function scenarioOf(random: Random): Scenario {
  const replicas = random.next() < 0.4 ? 2 : 1
  const stalls = random.next() < (replicas === 2 ? 0.9 : 0.4)
  const jumps = random.next() < 0.5
  const absence = random.next() < 0.5
  return {
    replicas,
    stalls,
    jumps,
    absence,
    isLarge: random.next() < (absence ? 0.3 : 0.1),
  }
}
