import { parseGoDuration } from '#go'

/** Milliseconds of a Go duration; `fallbackMs` when it is absent or none. */
export function durationMs(text: string | undefined, fallbackMs: number): number {
  if (typeof text !== 'string') return fallbackMs // nothing has checked it where a definition does not
  const ms = parseGoDuration(text)
  return ms === undefined || ms <= 0 ? fallbackMs : ms
}
