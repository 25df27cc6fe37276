import { at, Fault, type Env } from '#base'
import type { Mount } from './path.ts'
import type { VaultAnswer } from './client.ts'

/** How long a mount that was seen to be as the store says counts as being so. */
const freshMs = 600_000
/** Failures that pass: then it is not known yet whether anything is absent. */
const passing: ReadonlySet<string> = new Set(['Unavailable', 'RateLimited', 'Timeout', 'Cancelled'])

/**
 * Makes "nothing there" a proof. To version 1 of the engine `data/` and `metadata/` are folders like any
 * other, so a store that says v2 over a mount that is v1 finds everything absent: after a restore or a
 * mount made anew that would empty Secrets. Asked only when something is absent, and seldom.
 *
 * Source: https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts
 */
export class MountCheck {
  readonly #clock: Env['clock']
  readonly #mount: Mount
  readonly #checkedMs = new Map<string, number>()

  constructor(clock: Env['clock'], mount: Mount) {
    this.#clock = clock
    this.#mount = mount
  }

  /**
   * @param path API path of what was absent.
   * @param read Asks Vault.
   * @throws Fault InvalidSpec when the mount is of the other version; whatever passes.
   */
  async assertVersion(path: string, read: (path: string) => Promise<VaultAnswer>): Promise<void> {
    const given = this.#mount.path?.split('/').map(encodeURIComponent).join('/')
    const mount = given ?? path.split('/data/')[0] ?? path
    const now = this.#clock.monotonic()
    const checkedMs = this.#checkedMs.get(mount)
    if (checkedMs !== undefined && now - checkedMs < freshMs) return
    const found = await versionOf(mount, read)
    if (found !== undefined && found !== this.#mount.version) {
      throw new Fault(
        'InvalidSpec',
        `the engine mounted there is KV ${found}, the store says ${this.#mount.version}`,
        {
          at: 'spec.provider.vault.version',
          retry: { kind: 'backoff' },
          hint: 'Compare path and version of the store with `vault secrets list -detailed`.',
        },
      )
    }
    this.#checkedMs.set(mount, now)
  }
}

/** Of the KV engine mounted there; undefined: another engine, or Vault does not tell. */
async function versionOf(
  mount: string,
  read: (path: string) => Promise<VaultAnswer>,
): Promise<'v1' | 'v2' | undefined> {
  let answer: VaultAnswer
  try {
    answer = await read(`sys/internal/ui/mounts/${mount}`)
  } catch (thrown) {
    if (thrown instanceof Fault && !passing.has(thrown.reason)) return undefined
    throw thrown
  }
  const data = at(answer.body, 'data')
  if (answer.status !== 200 || at(data, 'type') !== 'kv') return undefined
  return at(data, 'options', 'version') === '2' ? 'v2' : 'v1'
}
