import { createServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { realEnv } from './real.ts'

it('a connection outlives a request whose body was refused in the middle', async () => {
  const { net } = realEnv()
  const listener = await net.listen(async (request) => {
    let size = 0
    for await (const part of request.body) {
      size += part.length
      if (size > 100_000) return { status: 413, body: 'too large' }
    }
    return { status: 200, body: String(size) }
  })
  const pool = net.pool({ maxConnections: 1 })
  const post = async (bytes: number): Promise<string> => {
    const body = new Uint8Array(bytes)
    const request = { method: 'POST', url: listener.url, body, headersTimeoutMs: 5_000 }
    const answer = await pool.request(request)
    let text = ''
    for await (const part of answer.body) text += new TextDecoder().decode(part)
    return `${answer.status} ${text}`
  }
  try {
    expect(await post(10)).toBe('200 10')
    expect(await post(3_000_000)).toBe('413 too large')
    expect(await post(20)).toBe('200 20')
    expect(pool.opened()).toBe(1)
  } finally {
    await pool.close()
    await listener.close()
  }
})

it('a body without end is cut once it was refused', async () => {
  const { net } = realEnv()
  const listener = await net.listen(() => Promise.resolve({ status: 413, body: 'too large' }))
  const { request } = await import('node:http')
  let sent = 0
  await new Promise<void>((resolve) => {
    const upload = request(listener.url, { method: 'POST' })
    const more = (): void => {
      sent += 65_536
      if (sent < 1e9) upload.write(new Uint8Array(65_536), more)
    }
    upload.on('error', () => resolve())
    upload.on('response', (response) => response.resume())
    upload.on('close', () => resolve())
    more()
  })
  expect(sent).toBeLessThan(200_000_000)
  await listener.close()
})

it('asks once more for what a closing connection did not answer, and never writes twice', async () => {
  const asked: string[] = []
  let isClosing = false
  const server = createServer((request, response) => {
    asked.push(request.method ?? '')
    if (isClosing) request.socket.destroy()
    else response.end('answered')
    isClosing = false
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const pool = realEnv().net.pool({ maxConnections: 1 })
  const send = async (method: string): Promise<string> => {
    const answer = await pool.request({ method, url })
    let text = ''
    for await (const part of answer.body) text += new TextDecoder().decode(part)
    return text
  }
  try {
    expect(await send('GET')).toBe('answered')
    isClosing = true
    expect(await send('GET')).toBe('answered')
    isClosing = true
    await expect(send('POST')).rejects.toMatchObject({ reason: 'Unavailable' })
    expect(await send('PUT')).toBe('answered')
    expect(asked).toEqual(['GET', 'GET', 'GET', 'POST', 'PUT'])
  } finally {
    await pool.close()
    server.close()
  }
})

/** Takes connections and says nothing on them; `connected` is when the first one is there. */
async function withSilentPeer(
  work: (port: number, connected: Promise<unknown>) => Promise<void>,
): Promise<void> {
  const sockets: Socket[] = []
  const connected = Promise.withResolvers<unknown>()
  const peer = createTcpServer((socket) => {
    sockets.push(socket.on('error', () => {}))
    connected.resolve(undefined)
  })
  await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve))
  try {
    await work((peer.address() as AddressInfo).port, connected.promise)
  } finally {
    for (const socket of sockets) socket.destroy()
    peer.close()
  }
}

// Without this a call ended when its connection was given up: after 10 s here, after 300 s behind a proxy.
it.each([
  ['a server that never answers the handshake', false, false],
  ['the same, on a connection of its own', false, true],
  ['a proxy that never answers', true, false],
  ['the same, on a connection of its own', true, true],
])('a call is given up at once while it still connects: %s', (_what, isProxy, dedicated) =>
  withSilentPeer(async (port, connected) => {
    const address = `127.0.0.1:${port}`
    const pool = realEnv().net.pool({
      connectTimeoutMs: 60_000,
      ...(isProxy ? { proxy: `http://${address}` } : {}),
    })
    const url = isProxy ? 'https://api.test' : `https://${address}`
    const stop = new AbortController()
    const reason = new Error('no longer wanted')
    try {
      const call = pool.request({ method: 'GET', url, dedicated, signal: stop.signal })
      void connected.then(() => stop.abort(reason))
      await expect(call).rejects.toBe(reason)
      // One that was given up before is not begun.
      await expect(pool.request({ method: 'GET', url, signal: stop.signal })).rejects.toBe(reason)
    } finally {
      await pool.close()
    }
  }),
)

it('a call that waits for a free connection is given up at once, and the next one is answered', async () => {
  const asked: string[] = []
  const first = Promise.withResolvers<unknown>()
  const goOn = Promise.withResolvers<undefined>()
  const { net } = realEnv()
  const listener = await net.listen(async ({ target }) => {
    asked.push(target)
    first.resolve(undefined)
    await goOn.promise
    return { status: 200 }
  })
  const pool = net.pool({ maxConnections: 1 })
  const status = async (path: string, signal?: AbortSignal): Promise<number> => {
    const url = `${listener.url}${path}`
    const answer = await pool.request({
      method: 'GET',
      url,
      ...(signal === undefined ? {} : { signal }),
    })
    for await (const part of answer.body) expect(part).toBeUndefined()
    return answer.status
  }
  try {
    const busy = status('/busy')
    await first.promise
    const stop = new AbortController()
    const waiting = status('/waiting', stop.signal)
    stop.abort(new Error('no longer wanted'))
    await expect(waiting).rejects.toThrow('no longer wanted')
    goOn.resolve(undefined)
    expect([await busy, await status('/next')]).toEqual([200, 200])
    expect(asked).toEqual(['/busy', '/next'])
  } finally {
    await pool.close()
    await listener.close()
  }
})

it('a proxy that never answers is given as long as a connection, and named', () =>
  withSilentPeer(async (port) => {
    const address = `127.0.0.1:${port}`
    const pool = realEnv().net.pool({ connectTimeoutMs: 200, proxy: `http://me:canary@${address}` })
    try {
      await expect(pool.request({ method: 'GET', url: 'https://api.test' })).rejects.toMatchObject({
        reason: 'Unavailable',
        message: `the proxy ${address} for api.test could not be reached in time`,
      })
    } finally {
      await pool.close()
    }
  }))
