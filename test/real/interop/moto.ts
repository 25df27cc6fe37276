/** moto in AWS' place, with a record of what it was asked. */
import { mkdirSync } from 'node:fs'
import { request as ask } from 'node:http'
import { join } from 'node:path'
import type { Env, ServerRequest, ServerResponse } from '#base'
import { freePort, start, untilReady } from '../children.ts'

/** A moto that runs. */
export interface Moto {
  /** Where it is asked by those whose calls are counted. */
  readonly url: string
  /** `GetSecretValue`, `BatchGetSecretValue` …, in order, of what came by `url`. */
  readonly calls: string[]
  /** An action of Secrets Manager, as somebody who may do all of it. @throws Error for a refusal. */
  secrets(action: string, body: object): Promise<Record<string, unknown>>
  /** An action of IAM's; its XML. */
  iam(action: string, fields: Readonly<Record<string, string>>): Promise<string>
  /** From now on requests are held to what their keys may do. */
  enforce(): Promise<void>
  close(): Promise<void>
}

/** Starts it on loopback. */
export async function startMoto(env: Env, program: string, folder: string): Promise<Moto> {
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const own = `http://127.0.0.1:${port}`
  const running = start(
    program,
    ['-H', '127.0.0.1', '-p', String(port)],
    join(folder, 'moto.log'),
    { HOME: process.env['HOME'] ?? folder },
  )
  await untilReady('moto', running, async () => (await fetch(`${own}/moto-api/`)).ok)
  const calls: string[] = []
  const relay = await env.net.listen(async (request) => {
    const target = request.headers['x-amz-target']
    calls.push(String(target).replace('secretsmanager.', ''))
    const parts: Uint8Array[] = []
    for await (const part of request.body) parts.push(part)
    return await passOn(port, request, Buffer.concat(parts))
  })
  const credential = (service: string): string =>
    `AWS4-HMAC-SHA256 Credential=root/20260101/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=0`
  const post = async (headers: Record<string, string>, body: string): Promise<string> => {
    const answer = await fetch(own, { method: 'POST', headers, body })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`moto: ${answer.status} ${text}`)
    return text
  }
  return {
    url: relay.url,
    calls,
    secrets: async (action, body) =>
      JSON.parse(
        await post(
          {
            'content-type': 'application/x-amz-json-1.1',
            'x-amz-target': `secretsmanager.${action}`,
            authorization: credential('secretsmanager'),
          },
          JSON.stringify(body),
        ),
      ) as Record<string, unknown>,
    iam: (action, fields) =>
      post(
        {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: credential('iam'),
        },
        new URLSearchParams({ Action: action, Version: '2010-05-08', ...fields }).toString(),
      ),
    enforce: async () => {
      await fetch(`${own}/moto-api/reset-auth`, { method: 'POST', body: '0' })
    },
    close: async () => {
      await relay.close()
      await running.kill()
    },
  }
}

/** Passes a request on as it came: its signature is over the host's name, too. */
function passOn(port: number, request: ServerRequest, body: Buffer): Promise<ServerResponse> {
  return new Promise((resolve, reject) => {
    const { method, target: path } = request
    const headers = request.headers as Record<string, string>
    const passed = ask({ port, method, path, headers }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.once('end', () =>
        resolve({
          status: answer.statusCode ?? 502,
          headers: { 'content-type': answer.headers['content-type'] ?? 'application/json' },
          body: Buffer.concat(parts),
        }),
      )
    })
    passed.once('error', reject)
    passed.end(body)
  })
}
