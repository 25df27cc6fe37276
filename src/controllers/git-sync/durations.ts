import { parseGoDuration } from '#go'

/** Milliseconds of a Go duration; `fallbackMs` when it is absent or none. */
export function durationMs(text: string | undefined, fallbackMs: number): number {
  if (text === undefined) return fallbackMs
  const ms = parseGoDuration(text)
  return ms === undefined || ms <= 0 ? fallbackMs : ms
}
