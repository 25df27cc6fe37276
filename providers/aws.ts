import { Fault } from '#base'
import type {
  Capabilities,
  EntryOutcome,
  EntryRef,
  Find,
  Provider,
  ProviderDeps,
  ProviderKind,
  Validation,
} from '#provider'
import { createAwsClient, type AwsClient } from './aws/client.ts'
import { awsConfig, awsKeys } from './aws/config.ts'
import { findNames } from './aws/find.ts'
import { batchSize, isBatchable, readBatch, readOne, type Batch } from './aws/read.ts'

const capabilities: Capabilities = {
  find: true,
  push: false,
  batch: batchSize,
  versions: true,
  events: false,
  access: 'ReadWrite',
}

/** Batches that a find has under way; the service takes 100 a second of an account. */
const findWidth = 4

/** For tests and for endpoints that stand in for AWS'. */
export interface AwsOptions {
  /** In place of AWS' own endpoint of a region: an origin, as `http://127.0.0.1:4566`. */
  readonly endpoint?: string
}

/**
 * AWS Secrets Manager.
 *
 * - `key`: name or ARN of the secret; the store's `prefix` stands in front of it
 * - `property`: a key of the JSON in it (dots and all), else a gjson path; absent, all of it
 * - `version`: a staging label, or `uuid/` and a version id; absent, AWSCURRENT
 * - Needs `secretsmanager:GetSecretValue`; `BatchGetSecretValue` makes it 20 times fewer calls,
 *   `DescribeSecret` is for tags, `ListSecrets` for find. See aws.md.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/
 */
export const aws: ProviderKind = createAws()

/** The provider with another endpoint than AWS' own. */
export function createAws(options: AwsOptions = {}): ProviderKind {
  return {
    name: 'aws',
    capabilities,
    open: (config, deps, signal) => open(config, deps, signal, options),
  }
}

async function open(
  config: unknown,
  deps: ProviderDeps,
  signal: AbortSignal,
  { endpoint }: AwsOptions,
): Promise<Provider> {
  const { region, prefix } = awsConfig(config)
  const keys = await awsKeys(config, deps.cluster, signal)
  const { allowAddress, env } = deps
  const pool = env.net.pool(allowAddress === undefined ? {} : { allowAddress })
  const to = endpoint === undefined ? {} : { endpoint }
  try {
    const client = await createAwsClient({ env, pool, region, keys, ...to })
    return new AwsProvider(client, prefix, () => pool.close())
  } catch (thrown) {
    await pool.close()
    throw thrown
  }
}

class AwsProvider implements Provider {
  readonly capabilities: Capabilities = capabilities
  readonly #client: AwsClient
  readonly #prefix: string
  readonly #closePool: () => Promise<void>
  /** A batch of a find was refused once. For reads the planner remembers it. */
  #findsSingly = false

  constructor(client: AwsClient, prefix: string, closePool: () => Promise<void>) {
    this.#client = client
    this.#prefix = prefix
    this.#closePool = closePool
  }

  async read(refs: readonly EntryRef[], signal: AbortSignal): Promise<readonly EntryOutcome[]> {
    signal.throwIfAborted()
    const asked = refs.map((ref) => ({ ref, id: `${this.#prefix}${ref.key}` }))
    const ids = [...new Set(asked.flatMap(({ ref, id }) => (isBatchable(ref, id) ? [id] : [])))]
    const batch = ids.length > 1 ? await readBatch(this.#client, ids, signal) : undefined
    return await Promise.all(
      asked.map(async ({ ref, id }) =>
        batch !== undefined && isBatchable(ref, id)
          ? batch.outcome(ref, id)
          : await readOne(this.#client, ref, id, signal),
      ),
    )
  }

  async find(find: Find, signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>> {
    signal.throwIfAborted()
    const names = await findNames(this.#client, find, signal)
    const found = new Map<string, Uint8Array>()
    const step = batchSize * findWidth
    for (let from = 0; from < names.length; from += step) {
      const outcomes = await this.#readAtOnce(names.slice(from, from + step), signal)
      for (const [i, outcome] of outcomes.entries()) {
        if (outcome.kind === 'failed') throw outcome.fault
        const bytes = outcome.kind === 'entry' ? outcome.entry.value() : null
        if (bytes !== null) found.set(names[from + i] as string, bytes) // else deleted meanwhile
      }
    }
    return found
  }

  async #readAtOnce(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly EntryOutcome[]> {
    const batches: (readonly string[])[] = []
    for (let from = 0; from < names.length; from += batchSize) {
      batches.push(names.slice(from, from + batchSize))
    }
    return (await Promise.all(batches.map((some) => this.#readNames(some, signal)))).flat()
  }

  /** Listed names are whole: no prefix stands in front of them. */
  async #readNames(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly EntryOutcome[]> {
    const batch = names.length > 1 ? await this.#batchUnlessRefused(names, signal) : undefined
    if (batch !== undefined) return names.map((name) => batch.outcome({ key: name }, name))
    const outcomes: EntryOutcome[] = []
    for (const name of names) {
      outcomes.push(await readOne(this.#client, { key: name }, name, signal))
    }
    return outcomes
  }

  async #batchUnlessRefused(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<Batch | undefined> {
    if (this.#findsSingly) return undefined
    try {
      return await readBatch(this.#client, names, signal)
    } catch (thrown) {
      const reason = thrown instanceof Fault ? thrown.reason : undefined
      if (reason !== 'AccessDenied' && reason !== 'Unsupported') throw thrown
      this.#findsSingly = true
      return undefined
    }
  }

  /** As the peer: keys that are there are keys that are right; the first read tells more. */
  validate(): Promise<Validation> {
    return Promise.resolve({ kind: 'ready' })
  }

  async close(): Promise<void> {
    this.#client.close()
    await this.#closePool()
  }
}
