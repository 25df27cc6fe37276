/**
 * What a real Vault answered (test/vault/answers.json), held against the embedded one; by
 * `npm run test:real` against a real one, which proves that the recording is true, and with
 * `LOCKSTEP_TEST_RECORD=1` writes it anew (`npm run fmt` lays it out).
 */
import { request } from 'node:http'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { at, isObject } from '#base'
import { realEnv, simEnv } from '#base/env'
import { createVault } from '#embedded/vault'
import { generateKeyTask, makeSelfSigned } from '#x509'
import { noteUse } from './real/uses.ts'
import { vaultRequests, type VaultRequest } from './vault/requests.ts'

interface Answered {
  readonly request: string
  readonly status: number
  readonly body: unknown
}

const path = join(import.meta.dirname, 'vault/answers.json')
const url = process.env['LOCKSTEP_TEST_VAULT']
const recorded = JSON.parse(readFileSync(path, 'utf8')) as readonly Answered[]

/** What is different here, and why. */
const known: Readonly<Record<string, string>> = {}

/** Values that differ from run to run. */
const passing =
  /^(request_id|accessor|client_token|entity_id|role_id|secret_id|secret_id_accessor|uuid|id|.*_time)$/
/** Who wrote a version: told since 1.21 alone, and looked at by nobody here. */
const unread: readonly string[] = ['created_by', 'deleted_by', 'last_updated_by']

/** A real run without a Vault: the embedded one proves nothing there. */
const isMissing = url === undefined && process.env['LOCKSTEP_TEST_SERVERS'] !== undefined

describe.skipIf(isMissing)(url === undefined ? 'the embedded Vault' : 'a real Vault', () => {
  let answers: readonly Answered[] = []

  beforeAll(async () => {
    answers = url === undefined ? await playEmbedded() : await playReal(url)
    if (process.env['LOCKSTEP_TEST_RECORD'] === undefined) return
    writeFileSync(path, `${JSON.stringify(answers, null, 1)}\n`)
  })

  it('is asked everything that was recorded', () => {
    expect(recorded.length).toBeGreaterThan(100)
    expect(answers.map((one) => one.request)).toEqual(recorded.map((one) => one.request))
  })

  it.each(recorded.map((one, i) => [i, one.request, one] as const))(
    'answers %i: %s',
    (i, text, expected) => {
      noteUse('vault')
      if (known[text] !== undefined && url === undefined) {
        expect(answers[i], `${text} is equal now: take it out of known`).not.toEqual(expected)
        return
      }
      expect(answers[i]).toEqual(expected)
    },
  )
})

type Send = (request: VaultRequest) => Promise<{ readonly status: number; readonly text: string }>

async function playEmbedded(): Promise<readonly Answered[]> {
  const env = simEnv(1)
  const vault = createVault({ env, rootToken: 'root', tokenReviewer: () => Promise.resolve(null) })
  return await play(async (asked) => {
    const body = bodyOf(asked)
    const answer = await vault.handler({
      method: asked.method,
      target: `/v1/${asked.path}`,
      headers: headersOf(asked, 'root'),
      body: (async function* () {
        if (body !== undefined) yield Buffer.from(body)
      })(),
      signal: new AbortController().signal,
    } as never)
    return { status: answer.status, text: typeof answer.body === 'string' ? answer.body : '' }
  })
}

async function playReal(at: string): Promise<readonly Answered[]> {
  const root = process.env['LOCKSTEP_TEST_VAULT_TOKEN'] ?? ''
  return await play(
    (asked) =>
      new Promise((resolve, reject) => {
        // By hand: it sends the method LIST, and a path as it stands.
        const sent = request(
          `${at}/v1/`,
          { method: asked.method, path: `/v1/${asked.path}`, headers: headersOf(asked, root) },
          (answer) => {
            let text = ''
            answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
            answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
          },
        )
        sent.on('error', reject)
        sent.end(bodyOf(asked))
      }),
  )
}

async function play(send: Send): Promise<readonly Answered[]> {
  const kept = new Map([['ca', await certificate()]])
  const fill = (text: string): string =>
    text.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => kept.get(name) ?? whole)
  const answers: Answered[] = []
  for (const asked of vaultRequests) {
    const filled = JSON.parse(
      JSON.stringify(asked).replaceAll(/\{([a-z]+)\}/g, (whole, name: string) =>
        JSON.stringify(fill(`{${name}}`) === whole ? whole : fill(`{${name}}`)).slice(1, -1),
      ),
    ) as VaultRequest
    const { status, text } = await send(filled)
    const body: unknown = text === '' ? '' : JSON.parse(text)
    if (asked.keep !== undefined) {
      const [name, ...steps] = asked.keep
      kept.set(name, String(at(body, ...steps)))
    }
    answers.push({ request: told(asked), status, body: neutral(body) })
  }
  return answers
}

function told({ method, path: where, token, body, text }: VaultRequest): string {
  const sent = text ?? (body === undefined ? '' : JSON.stringify(body))
  const as = token === undefined ? '' : ` as ${token === '' ? 'nobody' : token}`
  return `${method} ${where}${as}${sent === '' ? '' : ` ${sent}`}`
}

function bodyOf({ body, text }: VaultRequest): string | undefined {
  return text ?? (body === undefined ? undefined : JSON.stringify(body))
}

function headersOf(asked: VaultRequest, root: string): Record<string, string> {
  const token = asked.token ?? root
  return {
    ...(token === '' ? {} : { 'x-vault-token': token }),
    ...(asked.type === undefined ? {} : { 'content-type': asked.type }),
  }
}

/** An answer without what differs from run to run: whether it is filled or empty stays. */
function neutral(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(neutral)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !unread.includes(key))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, neutralOf(key, inner)]),
  )
}

function neutralOf(key: string, value: unknown): unknown {
  if (passing.test(key) && value !== '' && value !== null) return '~'
  return secondsOf(key, value) ?? neutral(value)
}

/** What is left of a life: a second may have gone by. */
function secondsOf(key: string, value: unknown): number | undefined {
  return key === 'ttl' && typeof value === 'number' ? Math.round(value / 60) * 60 : undefined
}

async function certificate(): Promise<string> {
  const env = realEnv()
  const pair = await env.compute.run(generateKeyTask, { type: 'ec' })
  const notBeforeMs = Date.UTC(2026, 0, 1)
  const lifetime = { notBeforeMs, notAfterMs: notBeforeMs + 86_400_000 * 3_650 }
  return await makeSelfSigned(env, { use: 'ca', commonName: 'test', ...lifetime }, pair)
}
