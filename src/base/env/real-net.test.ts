import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
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
