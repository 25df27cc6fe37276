/**
 * A bare client: undici and JSON, kept connections, so many calls at a time, nothing else. It is the
 * load generator, and what the operator is held against: nobody writes the same objects with less.
 */
import { Pool } from 'undici'

/** Calls under way at once, for the bare client as for the operator. */
export const width = 32

export interface BareClient {
  /** @throws Error for any status of 400 or more. */
  call(method: string, path: string, body?: object): Promise<unknown>
  /** Reads a watch until `seen` says that it has seen enough. */
  watch(path: string, seen: (event: WatchEvent) => boolean): Promise<void>
  close(): Promise<void>
}

/** An object as it comes off a watch. */
export interface WatchEvent {
  readonly type: string
  readonly object: {
    readonly metadata: { readonly name: string; readonly namespace: string }
    readonly status?: { readonly conditions?: readonly { type: string; status: string }[] }
  }
}

/** PEM of whom the server is known by, and of who we are. */
export interface Identity {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** How it connects. */
export interface Connections {
  /** Calls at a time; default {@link width}. */
  readonly width?: number
  /** Whether HTTP/2 is spoken with a server that offers it; default true. */
  readonly http2?: boolean
}

export function bareClient(
  url: string,
  { ca, cert, key }: Identity = {},
  { width: connections = width, http2 = true }: Connections = {},
): BareClient {
  const connect = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
  const pool = new Pool(url, { connections, bodyTimeout: 0, connect, allowH2: http2 })
  const watches = new Pool(url, { bodyTimeout: 0, headersTimeout: 0, connect, allowH2: http2 })
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  return {
    call: async (method, path, body) => {
      const { statusCode, body: answer } = await pool.request({
        method,
        path,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (statusCode >= 400) throw new Error(`${method} ${path}: ${text}`)
      return JSON.parse(text) as unknown
    },
    watch: async (path, seen) => {
      const { body } = await watches.request({ method: 'GET', path, headers })
      let rest = ''
      for await (const chunk of body) {
        const lines = (rest + (chunk as Buffer).toString()).split('\n')
        rest = lines.pop() ?? ''
        if (lines.some((line) => line !== '' && seen(JSON.parse(line) as WatchEvent))) break
      }
    },
    close: async () => {
      await Promise.all([pool.destroy(), watches.destroy()])
    },
  }
}

/** Does `act` for 0 … count - 1, at most {@link width} at a time. */
export async function eachOf(count: number, act: (i: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await act(next++)
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker))
}

/** Milliseconds of CPU that this process has used. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
