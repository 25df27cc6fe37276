import { createServer, type Server } from 'node:http'
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net'
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
  readonly socksPort: number
}

/** A TLS server, and two proxies, of http and of socks, that want to know who asks. */
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
  const tunnel = (socket: Socket, greeting: string | Uint8Array): void => {
    const onward = connect(target.port, '127.0.0.1', () => {
      socket.write(greeting)
      onward.pipe(socket).pipe(onward)
    })
    for (const one of [socket, onward]) {
      sockets.add(one)
      one.on('error', () => {})
    }
  }
  proxy.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '')
    if (request.headers['proxy-authorization'] !== `Basic ${btoa('me:pass word')}`) {
      return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    }
    tunnel(socket, 'HTTP/1.1 200 OK\r\n\r\n')
  })
  const socks = socksProxy((socket, address) => {
    asked.push(address)
    tunnel(socket, Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0))
  })
  for (const one of [proxy, socks]) {
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
  }
  try {
    await work({
      target,
      ca: cert,
      asked,
      proxyPort: (proxy.address() as AddressInfo).port,
      socksPort: (socks.address() as AddressInfo).port,
    })
  } finally {
    for (const socket of sockets) socket.destroy()
    proxy.close()
    socks.close()
    await target.close()
  }
}

/** SOCKS version 5 (RFC 1928, 1929) as far as a connection to an IPv4 address needs it. */
function socksProxy(opened: (socket: Socket, address: string) => void): TcpServer {
  const login = Buffer.from('\x01\x02me\x09pass word', 'latin1')
  return createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (greeting) => {
      if (greeting[0] !== 5) return socket.destroy()
      socket.once('data', (given) => {
        if (!login.equals(given)) return socket.end(Uint8Array.of(1, 1))
        socket.once('data', (wanted) => {
          opened(socket, `${[...wanted.subarray(4, 8)].join('.')}:${wanted.readUInt16BE(8)}`)
        })
        socket.write(Uint8Array.of(1, 0))
      })
      socket.write(Uint8Array.of(5, 2))
    })
  })
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

it('speaks to a server through a socks proxy', () =>
  withProxy(async ({ target, ca, asked, socksPort }) => {
    const proxy = `socks5://me:pass%20word@127.0.0.1:${socksPort}`
    const text = await textThrough(`${target.url}/secret`, proxy, { ca })
    expect(text).toBe('you asked for /secretyou asked for /secret')
    expect(asked).toEqual([`127.0.0.1:${target.port}`, `127.0.0.1:${target.port}`])
    await expect(textThrough(target.url, proxy, {})).rejects.toMatchObject({
      reason: 'Unavailable',
      message: expect.stringContaining('its certificate is not trusted') as string,
    })
  }))

it('trusts a server behind a proxy no more than one before it', () =>
  withProxy(async ({ target, proxyPort }) => {
    const proxy = `http://me:pass%20word@127.0.0.1:${proxyPort}`
    await expect(textThrough(target.url, proxy, {})).rejects.toMatchObject({
      reason: 'Unavailable',
      message: expect.stringContaining('its certificate is not trusted') as string,
    })
  }))

it.each([
  ['http', (bench: Bench) => bench.proxyPort],
  ['socks5', (bench: Bench) => bench.socksPort],
])('says that a proxy of %s refused, and nothing of what it was told', (scheme, portOf) =>
  withProxy(async (bench) => {
    const { target, ca } = bench
    const proxy = `${scheme}://me:canary@127.0.0.1:${portOf(bench)}`
    const thrown = await textThrough(target.url, proxy, { ca }).catch((fault: unknown) => fault)
    expect(thrown).toMatchObject({ reason: 'Unavailable' })
    expect((thrown as Error).message).toBe(
      `127.0.0.1:${target.port} through the proxy 127.0.0.1:${portOf(bench)}: the proxy refused to connect`,
    )
  }),
)

it('tells the failures of a proxy as its own, not as those of the server', () =>
  withProxy(async ({ target, ca }) => {
    const closed = createTcpServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    await expect(
      textThrough(target.url, `http://me:canary@127.0.0.1:${port}`, { ca }),
    ).rejects.toMatchObject({
      reason: 'Unavailable',
      message: `the proxy 127.0.0.1:${port} for 127.0.0.1:${target.port}: connection refused`,
    })
  }))
