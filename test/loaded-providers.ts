import { providers } from '#providers'

/**
 * Loads every provider now. A lazy import takes real time, in which the virtual clock of a test would run
 * on for hours.
 */
export async function loadProviders(): Promise<void> {
  await Promise.all(Object.values(providers).map((load) => load()))
}
