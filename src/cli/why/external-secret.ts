/** Why an ExternalSecret's target is not what it should be, by what its condition and event say. */
import { confirmCommand, keyText, parseHeld, type ExternalSecret } from '#api'
import type { Store } from '../chain/chain.ts'
import { targetNameOf, textOf } from '../chain/chain.ts'
import {
  addProperty,
  createEntry,
  isItUp,
  showRights,
  showVersions,
  type WantedEntry,
} from './backend.ts'
import { firstSaid, type Finding, type Rule, type Said } from './finding.ts'

/** What the rules speak about. */
interface About {
  readonly es: ExternalSecret
  readonly store: Store | null
  /** What it asks for, where the text names one entry. */
  readonly entry: WantedEntry | undefined
  /** Which entry of dataFrom that is. */
  readonly index?: number
}

/** @param text Condition and cause, as they stand. @returns never nothing: what no rule knows is told as it is. */
export function whyExternalSecret(es: ExternalSecret, store: Store | null, text: string): Finding {
  const { namespace = '', name } = es.metadata
  const held = parseHeld(text.split('\n')[0] ?? '', namespace)
  if (held !== undefined) {
    return {
      about: textOf(es),
      reason: 'DeletionHeld',
      what: `Most of what ${held.store.kind} ${held.store.name} is asked for is absent at once, as after a restore. The Secret is kept until a person says that this is meant; if it is not, bring the backend back and all goes on by itself.`,
      fix: [confirmCommand(held.store)],
    }
  }
  const index = /spec\.dataFrom\[(\d+)\]/.exec(text)?.[1]
  const about: About = {
    es,
    store,
    entry: entryIn(es, text),
    ...(index === undefined ? {} : { index: Number(index) }),
  }
  const found = firstSaid(rules, text, about, textOf(es))
  if (found !== undefined) return reasonOf(found, about)
  return {
    about: textOf(es),
    reason: 'Failing',
    what: text,
    fix: [`kubectl -n ${namespace} describe externalsecret ${name}`],
  }
}

/** Whether an entry of `data` names a generator: such an object is left alone, without a condition. */
export function drawsOneValue({ spec }: ExternalSecret): boolean {
  return spec?.data?.some(({ sourceRef }) => sourceRef?.generatorRef !== undefined) === true
}

/** What {@link drawsOneValue} comes to. */
export function generatorInData(es: ExternalSecret): Finding {
  return {
    about: textOf(es),
    reason: 'GeneratorInData',
    what: 'An entry of spec.data names a generator, which only one of spec.dataFrom can. As External Secrets does, Lockstep leaves the whole object alone.',
    fix: [`kubectl -n ${es.metadata.namespace ?? ''} edit externalsecret ${es.metadata.name}`],
  }
}

function entryIn(es: ExternalSecret, text: string): WantedEntry | undefined {
  const found = /spec\.(data|dataFrom)\[(\d+)\]/.exec(text)
  if (found === null) return undefined
  const index = Number(found[2])
  return found[1] === 'data'
    ? es.spec?.data?.[index]?.remoteRef
    : es.spec?.dataFrom?.[index]?.extract
}

function edit({ es }: About): string {
  return `kubectl -n ${es.metadata.namespace ?? ''} edit externalsecret ${es.metadata.name}`
}

function lines(...all: readonly (string | undefined)[]): readonly string[] {
  return all.filter((line) => line !== undefined)
}

const lost = (about: About): string => {
  const { entry } = about
  if (entry === undefined) return 'What it asks for'
  const part = entry.property === undefined ? '' : `, property ${entry.property},`
  return `The entry ${entry.key}${part}`
}

const rules: readonly Rule<About>[] = [
  {
    reason: 'StoreMissing',
    matches: /could not get (ClusterSecretStore|SecretStore) "([^"]*)", .* not found/,
    say: ([, kind = '', name = ''], about) => ({
      what: `It reads from ${kind} ${name}, and there is no such store${kind === 'SecretStore' ? ` in the namespace ${about.es.metadata.namespace ?? ''}` : ''}.`,
      fix: [
        `kubectl ${kind === 'SecretStore' ? `-n ${about.es.metadata.namespace ?? ''} ` : ''}get ${kind.toLowerCase()}s`,
        edit(about),
      ],
    }),
  },
  {
    reason: 'StoreNotReady',
    matches: /(ClusterSecretStore|SecretStore) "([^"]*)" is not ready/,
    say: ([, kind = '', name = ''], { es }) => ({
      what: `Its store, ${kind} ${name}, cannot be used now.`,
      fix: [
        `lockstep why ${kind.toLowerCase()} ${kind === 'SecretStore' ? keyText({ namespace: es.metadata.namespace ?? '', name }) : name}`,
      ],
    }),
  },
  {
    reason: 'StoreNotAdmitted',
    matches: /using cluster store "([^"]*)" is not allowed from namespace "([^"]*)"/,
    say: ([, name = '', namespace = '']) => ({
      what: `ClusterSecretStore ${name} does not admit the namespace ${namespace} (spec.conditions).`,
      fix: [`kubectl edit clustersecretstore ${name}`],
    }),
  },
  {
    reason: 'GeneratorMissing',
    matches: /unable to get generator: (\w+)\.generators\.external-secrets\.io "([^"]*)" not found/,
    say: ([, kind = '', name = ''], about) => {
      const { namespace = '' } = about.es.metadata
      const isCluster = kind === 'ClusterGenerator'
      return {
        what: `It draws from ${kind} ${name}, and there is no such generator${isCluster ? '' : ` in the namespace ${namespace}`}.`,
        fix: [
          `kubectl ${isCluster ? '' : `-n ${namespace} `}get ${kind.toLowerCase()}s.generators.external-secrets.io`,
          edit(about),
        ],
      }
    },
  },
  {
    reason: 'GeneratorKindMissing',
    matches: /unable to get generator: no matches for kind "(\w+)"/,
    say: ([, kind = '']) => ({
      what: `It draws from a ${kind}, and the cluster has no definition of that kind.`,
      fix: ['kubectl apply --server-side -k crds'],
    }),
  },
  {
    reason: 'GeneratorNotBuilt',
    matches: /generators of kind (\w+) are not built/,
    say: ([, kind = '']) => ({
      what: `It draws from a ${kind}, which Lockstep does not make; Password, SSHKey, UUID and Fake it does. Keep this object with External Secrets for now.`,
      fix: [],
    }),
  },
  {
    reason: 'GeneratorWrong',
    matches: /(?:error using generator|unable to get generator: terminal error): (.*)/,
    say: ([, why = ''], about) => ({
      what: `Its generator, or the reference to it, cannot be used as it is written: ${why}.`,
      fix: [...generatorsOf(about).map(editGenerator), edit(about)],
    }),
  },
  {
    reason: 'TargetOwnedByAnother',
    matches: /owned by another (?:ExternalSecret:|\S+ controller) (\S+)/,
    say: ([, other], about) => ownedBy(other, about),
  },
  {
    reason: 'TargetOwnedByAnother',
    matches: /owned by another/,
    say: (_found, about) => ownedBy(undefined, about),
  },
  {
    reason: 'ForbiddenTarget',
    matches: /a target (?:of type|with the label) (\S+) is not allowed/,
    say: ([, what = ''], about) => ({
      what: `A Secret with ${what} hands out rights in the cluster, so no ExternalSecret may make one. Choose another type or label in spec.target.template.`,
      fix: [edit(about)],
    }),
  },
  {
    reason: 'TargetImmutable',
    matches: /immutable/,
    say: (_found, about) => ({
      what: 'The Secret is immutable, so its values cannot follow. Delete it to have it made anew, or drop spec.target.immutable.',
      fix: [
        `kubectl -n ${about.es.metadata.namespace ?? ''} delete secret ${targetNameOf(about.es)}`,
      ],
    }),
  },
  {
    reason: 'RateLimited',
    matches: /\b429\b|asks to wait|throttl|rate limit/i,
    say: () => ({
      what: 'The backend asks for fewer calls. It is tried again by itself; the Secret stays as it is.',
      fix: [],
    }),
  },
  {
    reason: 'Outage',
    matches:
      /connection refused|did not answer|unreachable|no route|reset|hung up|timed? ?out|in time|\b50[0234]\b|sealed|unavailable|ENOTFOUND|cannot be reached/i,
    say: (_found, { store }) => ({
      what: 'The backend cannot be reached. It is tried again by itself, with pauses of at most five minutes; the Secret stays as it is.',
      fix: lines(isItUp(store)),
    }),
  },
  {
    reason: 'Denied',
    matches: /denies permission|permission denied|denied|\b40[13]\b|forbidden|not authorized/i,
    say: (_found, about) => ({
      what: `The backend knows the store's identity and does not let it read ${about.entry?.key ?? 'what it asks for'}. Its policy there has to allow it.`,
      fix: lines(showRights(about.store, about.entry)),
    }),
  },
  {
    reason: 'NoSuchVersion',
    matches: /version.*(?:not|no such|does not exist)|no such version/i,
    say: (_found, about) => noSuchVersion(about),
  },
  {
    reason: 'PropertyAbsent',
    matches: /cannot find secret data for key: "([^"]*)"|property "?([^" ]*)"? .*(?:not|exist)/,
    say: ([, property = ''], about) => ({
      what: `The entry ${about.entry?.key ?? ''} is there, but it has no property ${about.entry?.property ?? property}.`,
      fix: lines(
        about.entry === undefined ? undefined : addProperty(about.store, about.entry),
        edit(about),
      ),
    }),
  },
  {
    reason: 'KeyAbsent',
    matches: /Secret does not exist|does not contain any secrets|not found/,
    say: (_found, about) => {
      if (about.entry?.version !== undefined && about.entry.version !== '') {
        return noSuchVersion(about)
      }
      return {
        what: `${lost(about)} is not in the backend: it says itself that there is no such secret.`,
        fix: lines(
          about.entry === undefined ? undefined : createEntry(about.store, about.entry),
          edit(about),
        ),
      }
    },
  },
  {
    reason: 'TemplateError',
    matches: /template|function "|map has no entry|executing/i,
    say: (found, about) => ({
      what: `Its template cannot be rendered: ${found.input.split('\n').at(-1) ?? ''}`,
      fix: [edit(about)],
    }),
  },
]

/** The generator of the entry that the text is about, as kubectl names it. */
function generatorsOf({ es, index }: About): readonly { kind: string; name: string; at: string }[] {
  const ref = es.spec?.dataFrom?.[index ?? -1]?.sourceRef?.generatorRef
  if (ref === undefined) return []
  const at = ref.kind === 'ClusterGenerator' ? '' : `-n ${es.metadata.namespace ?? ''} `
  return [{ kind: ref.kind, name: ref.name, at }]
}

function editGenerator({ kind, name, at }: { kind: string; name: string; at: string }): string {
  return `kubectl ${at}edit ${kind.toLowerCase()}s.generators.external-secrets.io ${name}`
}

function noSuchVersion(about: About): Said {
  const { entry } = about
  return {
    what: `The entry ${entry?.key ?? ''} has no version ${entry?.version ?? ''}: it was never written, or is destroyed.`,
    fix: lines(entry === undefined ? undefined : showVersions(about.store, entry), edit(about)),
  }
}

function ownedBy(other: string | undefined, about: About): Said {
  const whose = other === undefined ? 'another' : `another, ${other}`
  return {
    what: `The Secret ${targetNameOf(about.es)} belongs to ${whose}; two must not write one Secret. Give this one another spec.target.name.`,
    fix: [edit(about)],
  }
}

/** A pinned version that is absent is told in the same words as an absent key; the spec knows. */
function reasonOf(finding: Finding, { entry }: About): Finding {
  const isPinned = entry?.version !== undefined && entry.version !== ''
  return finding.reason === 'KeyAbsent' && isPinned
    ? { ...finding, reason: 'NoSuchVersion' }
    : finding
}
