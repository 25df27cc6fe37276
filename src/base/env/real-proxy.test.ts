import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { generateKeyTask, makeSelfSigned } from '#x509'
import type { Listener, TlsOptions } from './env.ts'
import { realEnv } from './real.ts'

interface Bench {
  readonly target: Listener
  readonly ca: string
  /** What the proxy was asked for. */
  readonly asked: readonly string[]
  readonly proxyPort: number
}

/** A TLS server, and a proxy that wants to know who asks. */
async function withProxy(work: (bench: Bench) => Promise<void>): Promise<void> {
  const env = realEnv()
  const key = await env.compute.run(generateKeyTask, { type: 'ec' })
  const nowMs = env.clock.now()
  const period = { notBeforeMs: nowMs - 60_000, notAfterMs: nowMs + 600_000 }
  const names = { use: 'server', commonName: 'target', names: ['127.0.0.1'] } as const
  const cert = await makeSelfSigned(env, { ...names, ...period }, key)
  const target = await env.net.listen(
    (request) => Promise.resolve({ status: 200, body: `you asked for ${request.target}` }),
    { tls: { cert, key: key.privateKey } },
  )
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const proxy: Server = createServer()
  proxy.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '')
    if (request.headers['proxy-authorization'] !== `Basic ${btoa('me:pass word')}`) {
      return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    }
    const onward = connect(target.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    for (const one of [socket, onward]) {
      sockets.add(one)
      one.on('error', () => {})
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  try {
    await work({ target, ca: cert, asked, proxyPort: (proxy.address() as AddressInfo).port })
  } finally {
    for (const socket of sockets) socket.destroy()
    proxy.close()
    await target.close()
  }
}

async function textThrough(url: string, proxy: string, tls: TlsOptions): Promise<string> {
  const pool = realEnv().net.pool({ proxy, tls })
  try {
    let text = ''
    for (const dedicated of [false, true]) {
      const answer = await pool.request({ method: 'GET', url, dedicated })
      for await (const part of answer.body) text += new TextDecoder().decode(part)
    }
    return text
  } finally {
    await pool.close()
  }
}

it('speaks to a server through a proxy, which sees nothing but its name', () =>
  withProxy(async ({ target, ca, asked, proxyPort }) => {
    const proxy = `http://me:pass%20word@127.0.0.1:${proxyPort}`
    const text = await textThrough(`${target.url}/secret?q=1`, proxy, { ca })
    expect(text).toBe('you asked for /secret?q=1you asked for /secret?q=1')
    expect(asked).toEqual([`127.0.0.1:${target.port}`, `127.0.0.1:${target.port}`])
  }))

it('trusts a server behind a proxy no more than one before it', () =>
  withProxy(async ({ target, proxyPort }) => {
    const proxy = `http://me:pass%20word@127.0.0.1:${proxyPort}`
    await expect(textThrough(target.url, proxy, {})).rejects.toMatchObject({
      reason: 'Unavailable',
      message: expect.stringContaining('its certificate is not trusted') as string,
    })
  }))

it('says that a proxy refused, and nothing of what it was told', () =>
  withProxy(async ({ target, ca, proxyPort }) => {
    const proxy = `http://me:canary@127.0.0.1:${proxyPort}`
    const thrown = await textThrough(target.url, proxy, { ca }).catch((fault: unknown) => fault)
    expect(thrown).toMatchObject({ reason: 'Unavailable' })
    expect((thrown as Error).message).toBe(`127.0.0.1:${target.port}: the proxy refused to connect`)
  }))
