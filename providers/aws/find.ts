import { Fault } from '#base'
import { nameMatcher, type Find } from '#provider'
import type {
  Filter,
  ListSecretsCommandOutput,
  SecretListEntry,
} from '@aws-sdk/client-secrets-manager'
import type { AwsClient } from './client.ts'
import { awsFault } from './faults.ts'
import { pagesOf } from './pages.ts'

/** Secrets that one find may look at. */
const mostSecrets = 50_000
/** Filters that one list may have are ten. */
const mostTagFilters = 9

/**
 * Names of all secrets that fit, from a list read to its end.
 *
 * @throws Fault whenever a page is missing: half a list is none.
 */
export async function findNames(
  client: AwsClient,
  find: Find,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (find.nameRegexp === undefined && Object.keys(find.tags ?? {}).length === 0) {
    // The peer's words. A path alone would be easily mistaken for the whole account.
    throw new Fault('InvalidSpec', 'unexpected find operator', {
      at: 'find',
      hint: 'Give find a name or tags.',
    })
  }
  const matches = find.nameRegexp === undefined ? () => true : nameMatcher(find.nameRegexp)
  const wanted = Object.entries(find.tags ?? {})
  const names: string[] = []
  let seen = 0
  for await (const secret of listed(client, filtersOf(find), signal)) {
    if (++seen > mostSecrets) throw tooMany()
    const name = secret.Name
    if (typeof name !== 'string') {
      throw new Fault('InvalidAnswer', 'AWS listed a secret without a name')
    }
    // Filters match beginnings, in any combination of tag and value.
    if (find.path !== undefined && !name.startsWith(find.path)) continue
    if (matches(name) && wanted.every(([key, value]) => hasTag(secret, key, value))) {
      names.push(name)
    }
  }
  return names
}

async function* listed(
  client: AwsClient,
  filters: readonly Filter[],
  signal: AbortSignal,
): AsyncGenerator<SecretListEntry> {
  for await (const page of pagesOf((token) => pageOf(client, filters, token, signal))) {
    yield* page.SecretList ?? []
  }
}

async function pageOf(
  client: AwsClient,
  filters: readonly Filter[],
  next: string | undefined,
  signal: AbortSignal,
): Promise<ListSecretsCommandOutput> {
  try {
    const page = await client.list(filters, next, signal)
    // An answer without a list is no empty list.
    if (Array.isArray(page.SecretList)) return page
    throw new Fault('InvalidAnswer', 'AWS answered a list without secrets')
  } catch (thrown) {
    signal.throwIfAborted()
    throw awsFault(thrown).within('list secrets of AWS Secrets Manager')
  }
}

/** What the service can narrow the list by. The rest is looked at here. */
function filtersOf({ path, tags }: Find): readonly Filter[] {
  const keys = Object.keys(tags ?? {}).filter(canFilterBy)
  return [
    ...(path === undefined || !canFilterBy(path) ? [] : [{ Key: 'name' as const, Values: [path] }]),
    ...keys.slice(0, mostTagFilters).map((key) => ({ Key: 'tag-key' as const, Values: [key] })),
  ]
}

// A leading exclamation mark turns a filter round.
function canFilterBy(text: string): boolean {
  return text !== '' && !text.startsWith('!')
}

function hasTag(secret: SecretListEntry, key: string, value: string): boolean {
  return (secret.Tags ?? []).some((tag) => tag.Key === key && (tag.Value ?? '') === value)
}

function tooMany(): Fault {
  return new Fault('TooLarge', `find would look at more than ${mostSecrets} secrets`, {
    at: 'find.path',
    hint: 'Give a path or tags that fewer have.',
  })
}
