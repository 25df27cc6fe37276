// Servers ask for the same second over and over.
let lastSecond = Number.NaN
let lastText = ''

/** RFC 3339 to the second in UTC, as `metadata.creationTimestamp` and conditions have it. */
export function timeText(epochMs: number): string {
  const second = Math.floor(epochMs / 1000)
  if (second !== lastSecond) {
    lastText = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`
    lastSecond = second
  }
  return lastText
}

/** RFC 3339 with six digits, as Leases have it. */
export function microTimeText(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 23)}000Z`
}

/** Milliseconds since 1970 of an RFC 3339 time, or undefined when it is none. */
export function parseTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}
