import type { User } from '../auth/user.ts'

/** One request, whatever door it came through. */
export interface Exchange {
  readonly method: string
  /** Undecoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>
  /** The whole body; refused when it is larger than the limit. */
  readonly body: () => Promise<Uint8Array>
  /** Whoever the door itself vouches for: a client certificate, or the one in this process. */
  readonly vouched: User | undefined
  readonly signal: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly warnings?: readonly string[]
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
}

/** Largest request body: 3 MiB, as the real server has it. */
export const bodyLimitBytes = 3_145_728

export const emptyQuery: URLSearchParams = new URLSearchParams()

/** `299 - "text"`, quoted as RFC 7234 asks. */
export function warningHeader(text: string): string {
  return `299 - "${text.replace(/[\\"]/g, '\\$&')}"`
}
