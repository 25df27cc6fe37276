/** Answers that go on and on, as watches are, over TLS on the machine's own network. */
import { realEnv, silentLog } from '#base/env'
import { expect, it } from 'vitest'
import { createAuthority } from './real/authority.ts'

const chunkBytes = 16_384

it('what a watch has to say at once leaves at once, and a reader that stands still holds it up', async () => {
  const env = realEnv({ log: silentLog })
  const authority = await createAuthority(env, 'long-answers')
  const server = await authority.issue({ use: 'server', commonName: 'api', names: ['127.0.0.1'] })
  let turns = 0
  let isOver = false
  const count = (): void => {
    turns++
    if (!isOver) setImmediate(count)
  }
  const turnOf: number[] = []
  async function* events(): AsyncGenerator<Uint8Array> {
    for (;;) {
      turnOf.push(turns)
      yield new Uint8Array(chunkBytes)
    }
  }
  const listener = await env.net.listen(() => Promise.resolve({ status: 200, body: events() }), {
    tls: server,
  })
  const pool = env.net.pool({ tls: { ca: authority.certificate } })
  try {
    count()
    const answer = await pool.request({ method: 'GET', url: listener.url, dedicated: true })
    // Nobody reads: some time the server, the sockets and we hold all that they may.
    let before = -1
    while (before !== turnOf.length) {
      before = turnOf.length
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    // Fifty events of 16 KiB: as many as writers may be told of in one turn of the server's loop.
    expect(new Set(turnOf.slice(0, 50)).size).toBe(1)
    expect(turnOf.length).toBeGreaterThan(50)
    expect(turnOf.length * chunkBytes).toBeLessThan(32_000_000)
    for await (const _ of answer.body) if (turnOf.length > before) break
  } finally {
    isOver = true
    await pool.close()
    await listener.close()
  }
})
