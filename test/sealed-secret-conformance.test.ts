/**
 * What the Sealed Secrets controller 0.40 was seen to do, step by step, played against ours with
 * the embedded API server on virtual time.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import type { AnyObject } from '#api'
import type { SealedSecretOptions } from '#controllers/sealed-secret'
import {
  kindNamed,
  Lab,
  labEnv,
  testCertificates,
  type HttpAsk,
  type TestKey,
} from './sealed-secret/lab.ts'
import {
  difference,
  generatedKeys,
  observe,
  replyView,
  stateDifferences,
  type State,
} from './sealed-secret/observe.ts'
import { openSealed, sealedSecretCases, shown, testKeys } from './sealed-values.ts'

interface ObjectStep {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}
interface Step {
  readonly put?: AnyObject | readonly AnyObject[]
  readonly patch?: ObjectStep & { readonly change: unknown }
  readonly delete?: ObjectStep
  readonly key?: TestKey
  readonly wait?: number
  readonly restart?: { readonly flags?: readonly string[] }
  readonly http?: HttpAsk & { readonly as: string; readonly times?: number }
  readonly keys?: string
  readonly look?: string
  readonly times?: boolean
  readonly hold?: number
  readonly run?: unknown
}
interface Case {
  readonly namespaces: readonly string[]
  readonly controller?: {
    readonly namespace?: string
    readonly keys?: readonly (string | TestKey)[]
    readonly keyGap?: number
    readonly flags?: readonly string[]
    readonly bare?: boolean
    readonly env?: Readonly<Record<string, string>>
  }
  readonly steps: readonly Step[]
  readonly says?: readonly string[]
  readonly quirk?: boolean
}

/** What is known to differ, with the reason. This list may only become shorter. */
const notYet: ReadonlyMap<string, string> = new Map([
  ['cutoff-unreadable', 'flags of the process are played by the whole program'],
  ['flag-version', 'flags of the process are played by the whole program'],
  ['old-gc', '--old-gc-behavior is not built'],
])

const folder = new URL('controller/', sealedSecretCases)
const cases = readdirSync(folder).sort()
const read = (name: string, file: string): string =>
  readFileSync(new URL(`${name}/${file}`, folder), 'utf8')
const certificates = testCertificates()
const keys = testKeys()

/** The flags of the original that our options have a word for. */
function optionsOf(test: Case, home: string, flags: readonly string[]): SealedSecretOptions {
  const given = new Map<string, string>()
  for (const [name, value] of Object.entries(test.controller?.env ?? {})) {
    given.set(name.replace('SEALED_SECRETS_', '').toLowerCase().replaceAll('_', '-'), value)
  }
  for (const flag of flags) {
    const [name = '', ...value] = flag.replace(/^--/, '').split('=')
    given.set(name, value.join('='))
  }
  const cutoff = given.get('key-cutoff-time')
  const order = given.get('key-order-priority')
  const more = given.get('additional-namespaces')
  return {
    keyNamespace: home,
    keyRenewPeriodMs: given.get('key-renew-period') === '24h' ? 86_400_000 : 0,
    keySize: Number(given.get('key-size') ?? 4096),
    updateStatus: given.get('update-status') !== 'false',
    acceptDeprecatedV1Data: given.get('accept-deprecated-v1-data') !== 'false',
    ...(given.get('all-namespaces') === 'false' ? { namespaces: [home] } : {}),
    ...(more === undefined ? {} : { namespaces: [home, ...more.split(',')] }),
    ...(cutoff === undefined ? {} : { keyCutoffMs: Date.parse(cutoff) }),
    ...(order === 'SecretCreationTimestamp' ? { keyOrder: order } : {}),
  }
}

class Play {
  readonly wrong: string[] = []
  readonly #lab: Lab
  readonly #test: Case
  readonly #home: string
  readonly #then: Readonly<Record<string, unknown>>
  readonly #found: string[] = []

  constructor(lab: Lab, test: Case, home: string, then: Readonly<Record<string, unknown>>) {
    this.#lab = lab
    this.#test = test
    this.#home = home
    this.#then = then
  }

  async step(step: Step): Promise<void> {
    const lab = this.#lab
    if (step.put !== undefined) {
      for (const object of [step.put].flat()) await lab.put(object)
    } else if (step.patch !== undefined) {
      const { kind, namespace, name, change } = step.patch
      await lab.client.patch(kindNamed(kind), { namespace, name }, change, { type: 'merge' })
    } else if (step.delete !== undefined) {
      const { kind, namespace, name } = step.delete
      await lab.client.delete(kindNamed(kind), { namespace, name })
    } else if (step.key !== undefined) await lab.key(this.#home, step.key)
    else if (step.wait !== undefined) await lab.env.clock.sleep(step.wait)
    else if (step.restart !== undefined) {
      await lab.stopController()
      await lab.startController(optionsOf(this.#test, this.#home, step.restart.flags ?? []))
    } else if (step.http !== undefined) await this.#http(step.http)
    else if (step.keys !== undefined) await this.#keys(step.keys)
    else if (step.look !== undefined) await this.#look(step.look, step)
    else throw new Error(`a step that is not known: ${JSON.stringify(step)}`)
  }

  async #http(ask: HttpAsk & { readonly as: string; readonly times?: number }): Promise<void> {
    const replies: unknown[] = []
    for (let i = 0; i < (ask.times ?? 1); i++) {
      replies.push(replyView(await this.#lab.http(ask), certificates, this.#found))
    }
    const seen = ask.times === undefined ? replies[0] : replies
    this.wrong.push(...difference(this.#then[ask.as], JSON.parse(JSON.stringify(seen)), ask.as))
  }

  async #keys(as: string): Promise<void> {
    const expected = this.#then[as] as readonly unknown[]
    let seen = await generatedKeys(this.#lab, this.#home)
    for (let i = 0; seen.length !== expected.length && i < 100; i++) {
      await this.#lab.env.clock.sleep(150)
      seen = await generatedKeys(this.#lab, this.#home)
    }
    this.wrong.push(...difference(expected, JSON.parse(JSON.stringify(seen)), as))
  }

  async #look(as: string, step: Step): Promise<void> {
    const expected = this.#then[as] as State
    const look = async (): Promise<string[]> =>
      stateDifferences(
        expected,
        await observe(this.#lab, this.#test.namespaces, step.times === true),
        this.#test.says ?? [],
      )
    let wrong = await look()
    for (let i = 0; wrong.length > 0 && i < 120; i++) {
      await this.#lab.env.clock.sleep(100)
      wrong = await look()
    }
    for (let i = 0; wrong.length === 0 && i < (step.hold ?? 300) / 100; i++) {
      await this.#lab.env.clock.sleep(100)
      wrong = await look()
    }
    this.wrong.push(...wrong.map((text) => `${as}: ${text}`))
  }

  /** Values in replies open with the recorded key, label and text. */
  checkSealed(): void {
    const sealed = (this.#then['sealed'] ?? []) as {
      key: string
      label: string
      plaintext: string
    }[]
    if (sealed.length !== this.#found.length) {
      this.wrong.push(`${this.#found.length} sealed values in place of ${sealed.length}`)
    }
    for (const [i, { key, label, plaintext }] of sealed.entries()) {
      const plain = openSealed(keys.get(key)!, label, this.#found[i] ?? '')
      if (plain === undefined || shown(plain) !== plaintext) this.wrong.push(`SEALED(${i})`)
    }
  }
}

async function play(name: string, test: Case): Promise<string[]> {
  const env = labEnv()
  return await env.clock.run(async () => {
    const lab = await Lab.start(env)
    const home = test.controller?.namespace ?? (test.controller ? `home-${name}` : 'kube-system')
    try {
      for (const namespace of new Set([...test.namespaces, home])) await lab.namespace(namespace)
      for (const key of test.controller?.keys ?? (test.controller ? [] : ['a', 'b', 'c'])) {
        await lab.key(home, typeof key === 'string' ? { key } : key)
        await env.clock.sleep(test.controller?.keyGap ?? 0)
      }
      const given = existsSync(new URL(`${name}/given.yaml`, folder))
        ? read(name, 'given.yaml')
        : ''
      for (const document of parseAllDocuments(given)) {
        if (document.contents !== null) await lab.put(document.toJS() as AnyObject)
      }
      await lab.startController(optionsOf(test, home, test.controller?.flags ?? []))
      const played = new Play(lab, test, home, JSON.parse(read(name, 'then.json')) as {})
      for (const step of test.steps) await played.step(step)
      played.checkSealed()
      return played.wrong
    } finally {
      await lab.close()
    }
  })
}

describe('Sealed Secrets 0.40', () => {
  it('has 74 recorded cases', () => expect(cases.length).toBe(74))

  it.each(cases)('%s', async (name) => {
    const test = parse(read(name, 'steps.yaml')) as Case
    const wrong = await play(name, test).catch((error: unknown) => [String(error)])
    if (notYet.has(name)) expect(wrong, `${name} works now: take it off the list`).not.toEqual([])
    else if (test.quirk !== true) expect(wrong).toEqual([])
  })
})
