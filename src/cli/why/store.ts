/** Why a store cannot be used, by what its event says. */
import { at, isObject } from '#base'
import { textOf, type Store } from '../chain/chain.ts'
import { isItUp, showRights } from './backend.ts'
import { firstSaid, inNamespace, quoted, type Finding, type Rule } from './finding.ts'

/** @param text Condition and cause, as they stand. */
export function whyStore(store: Store, text: string): Finding {
  const found = firstSaid(rules, text, store, textOf(store))
  if (found !== undefined) return found
  const { namespace, name } = store.metadata
  const kind = store.kind.toLowerCase()
  return {
    about: textOf(store),
    reason: 'StoreInvalid',
    what: text,
    fix: [`kubectl ${inNamespace(namespace)}edit ${kind} ${name}`],
  }
}

const rules: readonly Rule<Store>[] = [
  {
    reason: 'AuthSecretMissing',
    matches: /cannot get Kubernetes secret "([^"]*)" from namespace "([^"]*)"/,
    say: ([, name = '', namespace = ''], store) => ({
      what: `It logs in with the Secret ${namespace}/${name}, and there is no such Secret.`,
      fix: [
        `kubectl -n ${namespace} create secret generic ${name} --from-file=${quoted(keyFor(store, name) ?? 'KEY')}=/dev/stdin`,
      ],
    }),
  },
  {
    reason: 'AuthKeyMissing',
    matches: /cannot find secret data for key: "([^"]*)"/,
    say: ([, key = ''], store) => {
      const { name, namespace } = secretWith(store, key)
      return {
        what: `It logs in with the key ${key} of the Secret ${name}, and that Secret has no such key.`,
        fix: [
          `kubectl -n ${namespace} create secret generic ${name} --from-file=${quoted(key)}=/dev/stdin --dry-run=client -o yaml | kubectl apply --server-side -f -`,
        ],
      }
    },
  },
  {
    reason: 'ServiceAccountMissing',
    matches: /serviceaccounts "([^"]*)" not found/,
    say: ([, name = ''], { metadata: { namespace } }) => ({
      what: `It logs in as the ServiceAccount ${name}, and there is none.`,
      fix: [`kubectl ${inNamespace(namespace)}create serviceaccount ${name}`],
    }),
  },
  {
    reason: 'Outage',
    matches:
      /connection refused|did not answer|unreachable|no route|reset|hung up|timed? ?out|in time|\b50[0234]\b|unavailable|ENOTFOUND|cannot be reached/i,
    say: (_found, store) => ({
      what: 'Its backend cannot be reached. It is tried again by itself.',
      fix: [isItUp(store)].filter((line) => line !== undefined),
    }),
  },
  {
    reason: 'Denied',
    matches: /denies permission|refuses the login|permission denied|denied|\b40[013]\b/i,
    say: (_found, store) => ({
      what: 'Its backend refuses the login: the token or role is wrong, has expired, or is not allowed.',
      fix: [showRights(store)].filter((line) => line !== undefined),
    }),
  },
]

/** Every selector of a Secret below `spec.provider`. */
function selectors(value: unknown): readonly { name: string; key?: string; namespace?: string }[] {
  if (Array.isArray(value)) return value.flatMap(selectors)
  if (!isObject(value)) return []
  const { name, key, namespace } = value
  const own =
    typeof name === 'string'
      ? [
          {
            name,
            ...(typeof key === 'string' ? { key } : {}),
            ...(typeof namespace === 'string' ? { namespace } : {}),
          },
        ]
      : []
  return [...own, ...Object.values(value).flatMap(selectors)]
}

function keyFor(store: Store, name: string): string | undefined {
  return selectors(at(store, 'spec', 'provider')).find((found) => found.name === name)?.key
}

function secretWith(store: Store, key: string): { name: string; namespace: string } {
  const found = selectors(at(store, 'spec', 'provider')).find((one) => one.key === key)
  return {
    name: found?.name ?? 'NAME',
    namespace: found?.namespace ?? store.metadata.namespace ?? 'NAMESPACE',
  }
}

/** The Secrets a store logs in with, as far as it says where they lie. */
export function credentialsOf(store: Store): readonly { namespace: string; name: string }[] {
  return selectors(at(store, 'spec', 'provider')).flatMap(({ name, key, namespace }) => {
    const where = namespace ?? store.metadata.namespace
    return key === undefined || where === undefined ? [] : [{ namespace: where, name }]
  })
}
